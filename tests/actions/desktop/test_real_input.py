"""What the user does with keyboard and mouse, told from what this program presses."""

import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from gesturelrcn import InjectionError
from gesturelrcn.actions import KeyName, X11Injector, parse_chord
from gesturelrcn.actions.desktop.real_input import RealInput, in_corner
from gesturelrcn.actions.desktop.watch import start_watching, watch_real_input
from tests.actions.conftest import no_display
from tests.hardware import Hardware
from tests.waiting import wait_until
from tests.xvfb import XServer


class Heard:
    """A real input that notes what it is told."""

    def __init__(self, *hot_keys: str, corner="top-left") -> None:
        self.what: list[str] = []
        self.real = RealInput(
            typed=lambda: self.what.append("typed"),
            mouse_used=lambda: self.what.append("mouse"),
            cornered=lambda: self.what.append("corner"),
            hot_keys={parse_chord(key): (lambda key=key: self.what.append(key)) for key in hot_keys},
            corner=corner,
        )


def test_the_real_keyboard_is_told_from_our_own_keys(display: Display) -> None:
    heard = Heard("ctrl+F9", "F10")
    watcher = watch_real_input(heard.real)
    try:
        hardware = Hardware(display)
        injector = X11Injector()
        for key in ("Right", "MouseLeft"):
            injector.press(KeyName(key))
            injector.release(KeyName(key))
        injector.scroll(1, -2)
        injector.move(0.5, 0.5)
        hardware.tap("a")
        wait_until(lambda: heard.what)
        assert heard.what == ["typed"]
        hardware.tap("F10")
        hardware.tap("F9")
        hardware.tap("Control_L", "F9")
        wait_until(lambda: len(heard.what) == 5)
        assert heard.what == ["typed", "F10", "typed", "typed", "ctrl+F9"]
        hardware.click()
        wait_until(lambda: "mouse" in heard.what)
        assert "corner" not in heard.what
    finally:
        watcher.close()
        watcher.close()


def test_the_mouse_in_the_corner(display: Display) -> None:
    heard = Heard()
    watcher = watch_real_input(heard.real)
    try:
        xtest.fake_input(display, X.MotionNotify, x=0, y=0)
        display.sync()
        Hardware(display).click()
        wait_until(lambda: "corner" in heard.what)
    finally:
        watcher.close()
        xtest.fake_input(display, X.MotionNotify, x=200, y=200)
        display.sync()


@pytest.mark.parametrize(
    ("corner", "place"),
    [("top-left", (1, 0)), ("top-right", (99, 0)), ("bottom-left", (0, 49)), ("bottom-right", (98, 49))],
)
def test_corners(corner, place: tuple[int, int]) -> None:
    assert in_corner(place, (100, 50), corner)
    assert not in_corner((50, 25), (100, 50), corner)
    assert not in_corner(place, (100, 50), "none")
    others = {"top-left", "top-right", "bottom-left", "bottom-right"} - {corner}
    assert not any(in_corner(place, (100, 50), other) for other in others)


def test_a_mouse_that_moves_fast_is_told_now_and_then() -> None:
    heard = Heard(corner="none")
    for _ in range(100):
        heard.real.mouse((0, 0), (100, 100))
    assert heard.what == ["mouse"]
    heard.real.key(None, down=True)
    heard.real.key(None, down=False)
    assert heard.what == ["mouse", "typed"]


@no_display
def test_without_a_display_nobody_tells(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert start_watching(Heard().real) is None
    assert "nobody tells when the real keyboard and mouse are used" in caplog.text
    monkeypatch.setenv("DISPLAY", ":32123")
    with pytest.raises(InjectionError, match="they pause no gesture"):
        watch_real_input(Heard().real)


def test_a_display_that_goes_away_ends_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        watcher = watch_real_input(Heard().real)
    watcher.close()
