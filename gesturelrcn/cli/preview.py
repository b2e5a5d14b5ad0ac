"""A window that shows what the camera sees and what is recognised in it."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn import GestureLrcnError
from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.opencv import cv2
from gesturelrcn.recognizer import View

_TITLE = "gesturelrcn (q ends)"
_QUIT_KEYS = (ord("q"), ord("Q"), 27)
_GREEN, _GREY = (80, 220, 80), (160, 160, 160)


class PreviewError(GestureLrcnError):
    """There is no screen to show a preview on."""


class Preview:
    """Draws frames as in a mirror, with the region and what is recognised; all calls from one thread."""

    def __init__(self, on_close: Callable[[], None]) -> None:
        """Set up the preview; the window opens with the first frame.

        Args:
            on_close: called when the user presses q or Esc, or closes the window.

        Raises:
            PreviewError: there is no screen.
        """
        _require_screen()
        self._on_close = on_close
        self._shown = False

    def draw(self, frame: Frame, view: View) -> None:
        """Show one frame and what was made of it."""
        if self._shown and cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._on_close()
            return
        cv2.imshow(_TITLE, picture_of(frame, view))
        self._shown = True
        if cv2.waitKey(1) & 0xFF in _QUIT_KEYS:
            self._on_close()

    def __enter__(self) -> "Preview":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cv2.destroyAllWindows()


def picture_of(frame: Frame, view: View) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR: the frame mirrored, with the region and the gesture drawn into it."""
    picture = np.ascontiguousarray(frame.image[:, ::-1])
    height, width = picture.shape[:2]
    thickness = max(1, width // 320)
    if view.region is not None:
        x, y, half = width - view.region.x, view.region.y, view.region.side / 2
        corners = (int(x - half), int(y - half)), (int(x + half), int(y + half))
        cv2.rectangle(picture, *corners, _GREEN if view.active else _GREY, thickness)
    text = view.active or ("nobody" if view.region is None else "")
    place = (width // 40, height // 10)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, width / 640, _GREEN, thickness)
    return picture


def _require_screen() -> None:
    """OpenCV's window library ends the whole process if it finds no display, so one is looked for first."""
    if sys.platform in ("win32", "darwin"):
        return
    display = os.environ.get("DISPLAY")
    if not display:
        raise PreviewError("There is no screen for --preview (DISPLAY is not set); leave it out.")
    try:
        from Xlib.display import Display

        # The X library may print a warning to stdout, where a program's own lines go.
        with contextlib.redirect_stdout(io.StringIO()):
            connection: Any = Display(display)
        connection.close()
    except Exception as error:
        raise PreviewError(
            f"There is no screen for --preview (the display {display!r} cannot be reached); leave it out."
        ) from error
