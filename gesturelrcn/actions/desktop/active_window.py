"""Which window is in front: title, program, whether it covers the screen.

X11 is asked through EWMH, Windows and macOS through their own calls. Wayland tells nobody.
"""

import os
import sys
from dataclasses import dataclass
from typing import Protocol

from gesturelrcn.errors import InjectionError


@dataclass(frozen=True)
class Window:
    """A window as far as profiles look at it.

    Attributes:
        title: what stands in its title bar.
        program: what the program calls itself: the class on X11, else the name of its file or application.
        full_screen: it covers the whole screen.
    """

    title: str
    program: str = ""
    full_screen: bool = False

    def __str__(self) -> str:
        return f"'{self.title or self.program or 'without a name'}'"


class ActiveWindow(Protocol):
    """Tells which window is in front. Write one for a system that is not here."""

    def __call__(self) -> Window | None:
        """The window that gets the keys now; None for none or where that cannot be told.

        Must not raise, and take a few milliseconds at most: it is asked before every action.
        """


def active_window() -> ActiveWindow:
    """What tells the window in front on this system.

    Raises:
        InjectionError: nothing tells it here, for example under Wayland or without a display.
    """
    if sys.platform == "win32":
        from gesturelrcn.actions.desktop.other_windows import windows_active_window

        return windows_active_window
    if sys.platform == "darwin":
        from gesturelrcn.actions.desktop.other_windows import macos_active_window

        return macos_active_window
    if not os.environ.get("DISPLAY"):
        what = (
            "Wayland tells no program"
            if os.environ.get("WAYLAND_DISPLAY")
            else "without DISPLAY nobody tells"
        )
        raise InjectionError(
            f"{what} which window is in front: use bindings without profiles, or an X11 session"
        )
    from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow

    return X11ActiveWindow()
