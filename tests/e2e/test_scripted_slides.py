"""Ten gestures with return strokes and idle talk between them turn exactly ten slides of real programs."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from demos.presentation import Presentation
from gesturelrcn.actions import (
    Bindings,
    Decision,
    Dispatcher,
    Window,
    X11Injector,
    load_bindings,
)
from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from gesturelrcn.model import ModelCard, assets, shipped_models
from gesturelrcn.vocabulary import GESTURES
from tests.e2e.impress import Impress
from tests.e2e.scripted import Act, perform
from tests.e2e.watch import Watch, keys_down
from tests.e2e.zathura import Zathura
from tests.waiting import wait_until
from tests.xvfb import XServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

Look = Callable[[], int | None]
BLACK = 0

TURNS = [*["point_right"] * 4, *["point_left"] * 2, *["point_right"] * 2, *["point_left"] * 2]
PAGES = [1, 2, 3, 4, 5, 4, 3, 4, 5, 4, 3]


@pytest.fixture
def card() -> ModelCard:
    return next(card for card in shipped_models() if {"point_left", "raise_hand"} <= set(card.gestures))


@pytest.fixture
def bindings(card: ModelCard) -> Bindings:
    return load_bindings(assets() / "slides.toml", list(GESTURES)).only(card.gestures)


@contextmanager
def reveal(display: str, folder: Path) -> Iterator[Look]:
    with Presentation(display) as deck:

        def look() -> int | None:
            shown = deck.shown()
            if shown is None:
                return None
            return BLACK if shown.black else shown.number

        yield look


@contextmanager
def impress(display: str, folder: Path) -> Iterator[Look]:
    with Impress(display, folder) as show:
        yield show.shown


@contextmanager
def zathura(display: str, folder: Path) -> Iterator[Look]:
    with Zathura(display, folder) as viewer:
        yield viewer.shown


PROGRAMS = {
    "reveal": (reveal, ("chromium",)),
    "impress": (impress, ("soffice", "openbox")),
    "zathura": (zathura, ("zathura", "openbox", "dbus-run-session")),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_slide_per_gesture(
    program: str,
    server: XServer,
    require: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    card: ModelCard,
    bindings: Bindings,
) -> None:
    opened, needed = PROGRAMS[program]
    require(*needed)
    monkeypatch.setenv("DISPLAY", server.display)
    decisions: list[Decision] = []
    with (
        opened(server.display, tmp_path) as look,
        Watch(look) as watch,
        closing(X11ActiveWindow()) as window,
        Dispatcher(bindings, X11Injector(), active_window=window) as dispatcher,
    ):
        dispatcher.add_listener(lambda news: decisions.append(news) if isinstance(news, Decision) else None)
        perform([Act(gesture) for gesture in TURNS], card, dispatcher)
        watch.wait_until_seen(PAGES)
    fired = [(each.gesture, each.meaning) for each in decisions if each.fired]
    meanings = {"point_right": "next slide", "point_left": "previous slide"}
    assert fired == [(gesture, meanings[gesture]) for gesture in TURNS], decisions
    assert watch.seen == PAGES
    assert keys_down(server.display) == []


def test_a_raised_hand_starts_the_show_blackens_it_and_ends_it(
    server: XServer,
    require: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    card: ModelCard,
    bindings: Bindings,
) -> None:
    require("soffice", "openbox")
    monkeypatch.setenv("DISPLAY", server.display)
    with (
        Impress(server.display, tmp_path, presenting=False) as show,
        closing(X11ActiveWindow()) as window,
        Dispatcher(bindings, X11Injector(), active_window=window) as dispatcher,
    ):
        wait_for_title(window, "deck.odp - LibreOffice Impress")
        perform([Act("point_right"), Act("raise_hand", 2.5)], card, dispatcher)
        wait_for_title(window, "Presenting: deck")
        show.wait_for(1)
        perform([Act("raise_hand", 1.0)], card, dispatcher)
        show.wait_for(BLACK)
        perform([Act("raise_hand", 1.0)], card, dispatcher)
        show.wait_for(1)
        perform([Act("raise_hand", 3.5)], card, dispatcher)
        wait_for_title(window, "deck.odp - LibreOffice Impress")


def wait_for_title(window: X11ActiveWindow, title: str) -> None:
    def in_front() -> bool:
        front = window()
        return front is not None and front.title == title

    wait_until(in_front, what=lambda: f"that {title} is in front, while {window()} is,", every=0.05)


def test_other_windows_get_no_keys(
    server: XServer, monkeypatch: pytest.MonkeyPatch, card: ModelCard, bindings: Bindings
) -> None:
    monkeypatch.setenv("DISPLAY", server.display)
    decisions: list[Decision] = []
    editor = Window("letter.odt - LibreOffice Writer", "Soffice")
    with Dispatcher(bindings, X11Injector(), active_window=lambda: editor) as dispatcher:
        dispatcher.add_listener(lambda news: decisions.append(news) if isinstance(news, Decision) else None)
        perform([Act("point_right")], card, dispatcher)
    said = "the window 'letter.odt - LibreOffice Writer' is in front, and no profile fits it"
    assert [each.inhibitor for each in decisions if each.gesture == "point_right"] == [said]
    assert not any(each.fired for each in decisions)
