"""A window that shows what the camera sees and what is recognised in it."""

import contextlib
import io
import math
import os
import sys
import textwrap
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn import GestureLrcnError
from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.opencv import cv2
from gesturelrcn.cli.board import Status
from gesturelrcn.recognizer import View

_TITLE = "gesturelrcn (q ends)"
_QUIT_KEYS = (ord("q"), ord("Q"), 27)
_GREEN, _GREY = (80, 220, 80), (160, 160, 160)
_AMBER, _RED, _BLACK = (60, 180, 250), (60, 60, 220), (0, 0, 0)
_LEADING = 1.5
_BANNER = 0.2
"""Share of the picture's height below it, so that the words can be read from across a room."""


class PreviewError(GestureLrcnError):
    """There is no screen to show a preview on."""


class Preview:
    """Draws frames as in a mirror, with the region and what is recognised; all calls from one thread."""

    def __init__(
        self,
        on_close: Callable[[], None],
        status: Callable[[], Status | None] = lambda: None,
        on_choice: Callable[[float, float], None] = lambda x, y: None,
    ) -> None:
        """Set up the preview; the window opens with the first frame.

        Args:
            on_close: called when the user presses q or Esc, or closes the window.
            status: what to show in a banner below the picture; None for no banner.
            on_choice: called with a place in the frame, pixels, when the user clicks there.

        Raises:
            PreviewError: there is no screen.
        """
        _require_screen()
        self._on_close = on_close
        self._status = status
        self._on_choice = on_choice
        self._size = (0, 0)
        self._shown = False

    def draw(self, frame: Frame, view: View) -> None:
        """Show one frame and what was made of it."""
        if self._shown and cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._on_close()
            return
        self._size = frame.image.shape[1], frame.image.shape[0]
        cv2.imshow(_TITLE, picture_of(frame, view, self._status()))
        if not self._shown:
            cv2.setMouseCallback(_TITLE, self._mouse)
        self._shown = True
        if cv2.waitKey(1) & 0xFF in _QUIT_KEYS:
            self._on_close()

    def _mouse(self, event: int, x: int, y: int, _flags: int, _data: object) -> None:
        if event != cv2.EVENT_LBUTTONDOWN:
            return
        place = place_in_frame(x, y, self._size)
        if place is not None:
            self._on_choice(*place)

    def __enter__(self) -> "Preview":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cv2.destroyAllWindows()


def place_in_frame(x: int, y: int, size: tuple[int, int]) -> tuple[float, float] | None:
    """Where in the frame, (x, y) in pixels, a pixel of its mirror picture is; None for the banner below it.

    Args:
        x: from the left of the shown picture.
        y: from its top.
        size: width and height of the frame.
    """
    width, height = size
    return (float(width - 1 - x), float(y)) if 0 <= x < width and 0 <= y < height else None


def picture_of(frame: Frame, view: View, status: Status | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR: the frame mirrored, with the region and the gesture drawn into it.

    With a status a banner of a fifth of its height is added below.
    """
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
    return picture if status is None else np.vstack([picture, banner_of(status, width, height)])


def banner_of(status: Status, width: int, height: int) -> NDArray[np.uint8]:
    """(height / 5, width, 3) uint8 BGR: green for ready or armed, grey for not armed, else red.

    What was just done stands there in green, what was nearly done in amber.
    """
    state = status.state
    colour = _GREEN
    if state.inhibitor:
        colour = _GREY if state.armed_for == 0.0 and state.inhibitor.startswith("not armed") else _RED
    if status.news and not status.good and not state.inhibitor:
        colour = _AMBER
    banner = np.full((round(height * _BANNER), width, 3), colour, np.uint8)
    _write(banner, (status.news or str(state)).capitalize())
    return banner


def _write(banner: NDArray[np.uint8], text: str) -> None:
    """As large as it fits on one to three lines, in the middle."""
    height, width = banner.shape[:2]
    layouts = [textwrap.wrap(text, max(1, math.ceil(len(text) / lines) + 4)) for lines in (1, 2, 3)]

    def scale_of(lines: list[str]) -> float:
        wide, high = np.max([_size(line) for line in lines], axis=0)
        return float(min(0.95 * width / wide, 0.9 * height / (len(lines) * high * _LEADING)))

    lines = max(layouts, key=scale_of)
    scale = scale_of(lines)
    step = height / (len(lines) + 0.4)
    for number, line in enumerate(lines):
        wide, high = _size(line)
        place = (round((width - wide * scale) / 2), round((number + 0.7) * step + high * scale / 2))
        thickness = max(1, round(2 * scale))
        cv2.putText(banner, line, place, cv2.FONT_HERSHEY_SIMPLEX, scale, _BLACK, thickness, cv2.LINE_AA)


def _size(text: str) -> tuple[int, int]:
    """Width and height at scale 1, pixels."""
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
    return wide, high


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
