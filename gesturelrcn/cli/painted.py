"""Sees to it that the window of the preview is painted (X11).

On a busy machine the Qt of OpenCV's wheels sometimes takes a window that is on the screen for a hidden one:
it hears keys and clicks, and stays black for ever. Taken off the screen and put up again, it is painted.
"""

import contextlib
import io
import logging
import os
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_FIRST_LOOK = 1.0
"""Seconds after the first picture by which a window is painted; the next looks are as far apart."""
_LOOKS = 5


class PaintedWindow:
    """Looks a few times whether a window of this program is painted, and puts it up anew if not."""

    def __init__(self, title: str) -> None:
        """Name the window; nothing is asked of the display yet.

        Args:
            title: of the window, or its beginning.
        """
        self._title = title
        self._looks = _LOOKS if sys.platform not in ("win32", "darwin") and os.environ.get("DISPLAY") else 0
        self._next = time.monotonic() + _FIRST_LOOK

    def look(self, shown: NDArray[np.uint8]) -> None:
        """To be called after each picture; most calls do nothing.

        Args:
            shown: (H, W, 3) picture that should be seen.
        """
        if not self._looks or time.monotonic() < self._next or _is_plain(shown):
            return
        self._looks -= 1
        # What cannot be looked at is left alone: a display that goes away is told elsewhere.
        with contextlib.suppress(Exception):
            if self._is_painted_now():
                self._looks = 0
        self._next = time.monotonic() + _FIRST_LOOK

    def _is_painted_now(self) -> bool:
        """Whether there is something in the window; an empty one is put up anew."""
        from Xlib import X
        from Xlib.display import Display

        # The X library may print a warning to stdout, where a program's own lines go.
        with contextlib.redirect_stdout(io.StringIO()):
            display: Any = Display()
        try:
            window = _own_window(display, self._title)
            if window is None or window.get_attributes().map_state != X.IsViewable:
                return False
            size = window.get_geometry()
            raw = window.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
            if not _is_plain(np.frombuffer(raw, np.uint8).reshape(size.height, -1, 4)[..., :3]):
                return True
            logger.info("the preview stayed empty: its window is put up anew")
            window.unmap()
            display.sync()
            window.map()
            display.sync()
            return False
        finally:
            display.close()


def _is_plain(picture: NDArray[np.uint8]) -> bool:
    """Whether all of it has one colour."""
    return bool((picture == picture[:1, :1]).all())


def _own_window(display: Any, title: str) -> Any:
    """The window of this process whose title begins so, or None."""
    from Xlib.error import XError
    from Xlib.Xatom import CARDINAL

    owner = display.intern_atom("_NET_WM_PID")
    waiting = list(display.screen().root.query_tree().children)
    while waiting:
        window = waiting.pop()
        try:
            of = window.get_full_property(owner, CARDINAL)
            if (
                of is not None
                and of.value[0] == os.getpid()
                and (window.get_wm_name() or "").startswith(title)
            ):
                return window
            waiting += window.query_tree().children
        except XError:  # gone in between
            continue
    return None
