"""A window that shows what the camera sees and what is recognised in it."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from gesturelrcn import GestureLrcnError
from gesturelrcn.capture.frame import Frame
from gesturelrcn.cli.painted import PaintedWindow
from gesturelrcn.overlay import Known, draw_overlay
from gesturelrcn.system.environment import for_native_code
from gesturelrcn.system.opencv import WINDOWS, cv2

_TITLE = "gesturelrcn (p pauses, q ends)"
_QUIT_KEYS = (ord("q"), ord("Q"), 27)
_PAUSE_KEYS = (ord("p"), ord("P"))
_NO_KEY = 0xFF


class PreviewError(GestureLrcnError):
    """There is no screen to show a preview on."""


class Preview:
    """Shows frames as in a mirror, with the overlay; all calls from one thread."""

    def __init__(
        self,
        on_close: Callable[[], None],
        on_choice: Callable[[float, float], None] = lambda x, y: None,
        on_pause: Callable[[], None] = lambda: None,
        *,
        on_key: Callable[[int], None] = lambda key: None,
        title: str = _TITLE,
    ) -> None:
        """Set up the preview; the window opens with the first frame.

        Args:
            on_close: called when the user presses q or Esc, or closes the window.
            on_choice: called with a place in the frame, pixels, when the user clicks there.
            on_pause: called when the user presses p.
            on_key: called with the code of any other key.
            title: of the window.

        Raises:
            PreviewError: there is no screen, or OpenCV is one without windows.
        """
        _require_screen()
        _require_windows()
        self._on_close = on_close
        self._on_choice = on_choice
        self._on_pause = on_pause
        self._on_key = on_key
        self._title = title
        self._size = (0, 0)
        self._shown = False
        self._painted: PaintedWindow | None = None
        self._own_qt = contextlib.ExitStack()

    def show(self, frame: Frame, known: Known) -> None:
        """Show one frame and what is known about it."""
        if self._shown and not self._is_open():
            self._on_close()
            return
        self._size = frame.image.shape[1], frame.image.shape[0]
        if not self._shown:
            self._own_qt.enter_context(for_native_code(**WINDOWS))
            cv2.namedWindow(self._title, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)  # without a tool bar
        picture = draw_overlay(frame.image, known, mirrored=True)
        cv2.imshow(self._title, picture)
        if self._painted is None:
            cv2.setMouseCallback(self._title, self._mouse)
            self._painted = PaintedWindow(self._title)
        self._shown = True
        self.look_up()
        self._painted.look(picture)

    def look_up(self) -> None:
        """See to the keys and the mouse; `show` does it each time."""
        if not self._shown:
            return
        key = cv2.waitKey(1) & 0xFF
        if key in _QUIT_KEYS:
            self._on_close()
        elif key in _PAUSE_KEYS:
            self._on_pause()
        elif key != _NO_KEY:
            self._on_key(key)

    def _is_open(self) -> bool:
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # OpenCV 5, where it was the last window
            return False

    def _mouse(self, event: int, x: int, y: int, _flags: int, _data: object) -> None:
        # The second of two quick clicks comes as a double one, wherever it is.
        if event not in (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONDBLCLK):
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
        self._own_qt.close()


def place_in_frame(x: int, y: int, size: tuple[int, int]) -> tuple[float, float] | None:
    """Where in the frame, (x, y) in pixels, a pixel of its mirror picture is; None for a place beside it.

    Args:
        x: from the left of the shown picture.
        y: from its top.
        size: width and height of the frame.
    """
    width, height = size
    return (float(width - 1 - x), float(y)) if 0 <= x < width and 0 <= y < height else None


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


def _require_windows() -> None:
    """Another OpenCV may have been installed over ours."""
    gui = [line.split() for line in cv2.getBuildInformation().splitlines() if line.strip().startswith("GUI:")]
    if gui and gui[0][-1] == "NONE":
        raise PreviewError(
            "This OpenCV cannot open a window (it is a headless one): leave --preview out, or do what"
            " `gesturelrcn doctor` says."
        )
