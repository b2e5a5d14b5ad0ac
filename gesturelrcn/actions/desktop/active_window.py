"""Which window is in front: title, program, whether it covers the screen.

X11 is asked through EWMH, Windows and macOS through their own calls. Wayland tells nobody.
"""

import os
import sys

from gesturelrcn.actions.desktop.window import ActiveWindow
from gesturelrcn.errors import InjectionError


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
