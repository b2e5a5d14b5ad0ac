"""Which window is in front, asked of real X servers."""

import pytest
from Xlib import X, Xatom
from Xlib.display import Display

from gesturelrcn import InjectionError
from gesturelrcn.actions import Window
from gesturelrcn.actions.desktop.active_window import active_window
from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from tests.actions.conftest import no_display
from tests.waiting import wait_until
from tests.xvfb import XServer


def new_window(display: Display, width: int, height: int):
    screen = display.screen()
    window = screen.root.create_window(0, 0, width, height, 0, screen.root_depth)
    window.map()
    display.sync()
    return window


def test_the_window_with_the_focus_where_no_window_manager_runs(display: Display) -> None:
    front = active_window()
    assert isinstance(front, X11ActiveWindow)
    assert front() is None
    window = new_window(display, 300, 200)
    window.set_wm_name("plain")
    window.set_wm_class("prog", "Program")
    inner = window.create_window(0, 0, 10, 10, 0, display.screen().root_depth)
    inner.map()
    display.sync()
    inner.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    wait_until(lambda: front() is not None)
    assert front() == Window("plain", "Program")
    window.destroy()
    display.sync()
    assert front() is None
    front.close()
    front.close()


def test_the_window_that_the_window_manager_tells(display: Display) -> None:
    root = display.screen().root
    utf8 = display.intern_atom("UTF8_STRING")
    window = new_window(display, 300, 200)
    window.change_property(display.intern_atom("_NET_WM_NAME"), utf8, 8, "Präsentation".encode())
    root.change_property(display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window.id])
    display.sync()
    front = X11ActiveWindow()
    try:
        assert front() == Window("Präsentation")
        full = display.intern_atom("_NET_WM_STATE_FULLSCREEN")
        window.change_property(display.intern_atom("_NET_WM_STATE"), Xatom.ATOM, 32, [full])
        display.sync()
        assert front() == Window("Präsentation", full_screen=True)
        large = new_window(display, 1280, 720)
        root.change_property(display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [large.id])
        display.sync()
        assert front() == Window("", full_screen=True)
        assert str(front()) == "'without a name'"
    finally:
        root.delete_property(display.intern_atom("_NET_ACTIVE_WINDOW"))
        display.sync()
        front.close()


@no_display
def test_a_display_that_goes_away_shows_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        front = X11ActiveWindow()
    assert front() is None
    front.close()
    with pytest.raises(InjectionError, match="the display cannot be asked which window is in front"):
        X11ActiveWindow()


@pytest.mark.parametrize(
    ("wayland", "said"), [("wayland-0", "Wayland tells no program"), ("", "without DISPLAY")]
)
def test_nothing_tells_the_window_in_front(monkeypatch: pytest.MonkeyPatch, wayland: str, said: str) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    with pytest.raises(InjectionError, match=said):
        active_window()
