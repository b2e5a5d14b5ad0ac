"""Windows that are painted, and some that only are when they are put up anew, on a real X server."""

import os
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.Xatom import CARDINAL

from gesturelrcn.cli import painted
from gesturelrcn.cli.painted import PaintedWindow
from tests.waiting import wait_until
from tests.xvfb import XServer

PICTURE = np.zeros((60, 80, 3), np.uint8)
PICTURE[10:20, 10:20] = 255


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Display]:
    monkeypatch.setattr(painted, "_FIRST_LOOK", 0.0)
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        display = Display(server.display)
        yield display
        display.close()


def opened(display: Display, title: str = "a preview (p pauses)", owner: int | None = None):
    """An empty black window of 80 x 60."""
    screen = display.screen()
    window = screen.root.create_window(
        0,
        0,
        80,
        60,
        0,
        screen.root_depth,
        background_pixel=screen.black_pixel,
        event_mask=X.StructureNotifyMask,
    )
    window.set_wm_name(title)
    pid = display.intern_atom("_NET_WM_PID")
    window.change_property(pid, CARDINAL, 32, [os.getpid() if owner is None else owner])
    window.map()
    display.sync()
    wait_until(lambda: window.get_attributes().map_state == X.IsViewable)
    return window


def paint(window, display: Display) -> None:
    gc = window.create_gc(foreground=display.screen().white_pixel)
    window.fill_rectangle(gc, 10, 10, 10, 10)
    display.sync()


def happened(display: Display) -> list[str]:
    """What happened to windows since the last time."""
    display.sync()
    events = [display.next_event() for _ in range(display.pending_events())]
    return [type(event).__name__ for event in events if type(event).__name__ in ("UnmapNotify", "MapNotify")]


def looked(title: str = "a preview", times: int = 1, picture: np.ndarray = PICTURE) -> PaintedWindow:
    window = PaintedWindow(title)
    for _ in range(times):
        window.look(picture)
    return window


def test_a_window_that_stays_empty_is_put_up_anew_until_it_is_painted(display: Display) -> None:
    window = opened(display)
    assert happened(display) == ["MapNotify"]
    looks = looked()
    assert happened(display) == ["UnmapNotify", "MapNotify"]
    paint(window, display)
    looks.look(PICTURE)
    window.clear_area(0, 0, 80, 60)
    looks.look(PICTURE)  # it was painted, so it works
    assert happened(display) == []


def test_it_is_not_tried_for_ever(display: Display) -> None:
    opened(display)
    looked(times=20)
    assert happened(display).count("UnmapNotify") == painted._LOOKS


def nothing_to_do(display: Display) -> None:
    paint(opened(display), display)


def of_another_program(display: Display) -> None:
    opened(display, owner=os.getpid() + 1)


def of_another_title(display: Display) -> None:
    opened(display, title="something else")


def hidden(display: Display) -> None:
    opened(display).unmap()


@pytest.mark.parametrize("make", [nothing_to_do, of_another_program, of_another_title, hidden])
def test_other_windows_are_left_alone(make: Callable[[Display], None], display: Display) -> None:
    make(display)
    happened(display)
    looked()
    assert happened(display) == []


def test_a_plain_picture_says_nothing(display: Display) -> None:
    opened(display)
    happened(display)
    looked(picture=np.zeros((60, 80, 3), np.uint8))
    assert happened(display) == []


def test_a_window_gets_its_time_to_be_painted(display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(display)
    happened(display)
    monkeypatch.setattr(painted, "_FIRST_LOOK", 60.0)
    looked()
    assert happened(display) == []


def test_without_a_display_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted, "_FIRST_LOOK", 0.0)
    monkeypatch.delenv("DISPLAY", raising=False)
    looked()
