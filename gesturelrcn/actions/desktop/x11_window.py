"""The window in front on X11, as its window manager tells it (EWMH).

https://specifications.freedesktop.org/wm-spec/latest/
"""

import contextlib
import io
import threading
from typing import Any

from gesturelrcn.actions.desktop.window import Window
from gesturelrcn.errors import InjectionError

_MOST_PARENTS = 20
_ALMOST = 2
"""Pixels that may be missing: Chromium's kiosk leaves one out where there is no window manager."""


class X11ActiveWindow:
    """Asks the X server that DISPLAY names. Without a window manager the window with the focus counts."""

    def __init__(self) -> None:
        """Raises: InjectionError: the display cannot be reached."""
        from Xlib.display import Display

        try:
            # The X library may print a warning to stdout, where a program's own lines go.
            with contextlib.redirect_stdout(io.StringIO()):
                self._display: Any = Display()
        except Exception as error:
            raise InjectionError("the display cannot be asked which window is in front") from error
        self._root = self._display.screen().root
        self._lock = threading.Lock()

    def __call__(self) -> Window | None:
        """The window that gets the keys now, or None."""
        try:
            with self._lock:
                window = self._managed() or self._focused()
                return None if window is None else self._described(window)
        except Exception:  # the window has closed in between, or the display has gone
            return None

    def close(self) -> None:
        """Leave the display."""
        with contextlib.suppress(Exception):
            self._display.display.socket.close()

    def _managed(self) -> Any:
        active = self._property(self._root, "_NET_ACTIVE_WINDOW")
        return (
            self._display.create_resource_object("window", active[0])
            if active is not None and active[0]
            else None
        )

    def _focused(self) -> Any:
        """The window with the focus, or the parent of it that has a name."""
        window = self._display.get_input_focus().focus
        if isinstance(window, int):  # none, or whatever is under the mouse
            return None
        for _ in range(_MOST_PARENTS):
            if window.id == self._root.id:
                return None
            if window.get_wm_name() or window.get_wm_class():
                return window
            window = window.query_tree().parent
        return None

    def _described(self, window: Any) -> Window:
        name = self._property(window, "_NET_WM_NAME")
        title = bytes(name).decode("utf-8", "replace") if name is not None else window.get_wm_name() or ""
        if isinstance(title, bytes):
            title = title.decode("latin-1")
        classes = window.get_wm_class() or ("", "")
        return Window(title, classes[1] or classes[0], self._covers_screen(window))

    def _covers_screen(self, window: Any) -> bool:
        states = self._property(window, "_NET_WM_STATE")
        if states is not None and self._display.get_atom("_NET_WM_STATE_FULLSCREEN") in states:
            return True
        size, screen = window.get_geometry(), self._display.screen()
        width, height = screen.width_in_pixels - _ALMOST, screen.height_in_pixels - _ALMOST
        return bool(size.width >= width and size.height >= height)

    def _property(self, window: Any, name: str) -> Any:
        from Xlib import X

        answer = window.get_full_property(self._display.get_atom(name), X.AnyPropertyType)
        return None if answer is None or not len(answer.value) else answer.value
