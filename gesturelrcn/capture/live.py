"""Cameras and network streams."""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.newest import NewestFrameReader
from gesturelrcn.capture.opencv import cv2
from gesturelrcn.errors import CaptureError

logger = logging.getLogger(__name__)

OPEN_TIMEOUT = 4.0
"""Seconds in which a network stream must answer."""
READ_TIMEOUT = 3.0
"""Seconds without data after which a network stream counts as lost."""
FIRST_FRAME_TIMEOUT = {"camera": 10.0, "stream": 5.0}
"""Seconds from opening to the first frame; some cameras take several to wake."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between attempts to open a lost source again; doubled from attempt to attempt."""
_LOOK_UP = 0.25
"""Seconds; how often a waiting iteration looks up, so that Ctrl-C is never far."""


class LiveSource:
    """A camera or a network stream: the newest frame only, opened again when it is lost.

    It ends only by `close()`. An address is always taken as live, also that of a video file on a web
    server, which would start again and again; download such a file and play it as a recording.

    Args:
        address: number of a camera, or an address that begins with http://, https:// or rtsp://.
        mirrored: the pictures are mirrored; flip them back.
        fps: frames a second to ask of a camera; not every driver listens. Streams have their own.

    Raises:
        CaptureError: it cannot be opened, or opens and delivers no picture.
    """

    live = True

    def __init__(self, address: int | str, *, mirrored: bool = False, fps: float | None = None) -> None:
        if isinstance(address, int):
            self.name = f"camera {address}"
            kind, refusal = "camera", _camera_refusal(address)
        else:
            self.name = _without_password(address)
            kind = "stream"
            refusal = (
                f"The stream {self.name} does not answer or carries no video; "
                "check the address and the network."
            )
        self._closing = threading.Event()
        frames = _frames(lambda: _open(address, fps), self.name, refusal, mirrored, self._closing)
        self._reader = NewestFrameReader(frames, self._closing)
        try:
            if not self._reader.wait_for_first(FIRST_FRAME_TIMEOUT[kind]):
                raise CaptureError(refusal)
        except BaseException:
            self._reader.close()
            raise

    def newest(self, timeout: float) -> Frame | None:
        """The newest frame, each at most once; None if none came in `timeout` seconds or after close()."""
        return self._reader.newest(timeout)

    def __iter__(self) -> Iterator[Frame]:
        while not self._closing.is_set():
            frame = self.newest(_LOOK_UP)
            if frame is not None:
                yield frame

    @property
    def frames_dropped(self) -> int:
        """Frames that were replaced by a newer one before anyone asked for them."""
        return self._reader.frames_dropped

    @property
    def frame_age(self) -> float | None:
        """Seconds since the newest frame was captured; grows while a source is stalled or lost."""
        return self._reader.frame_age

    def close(self) -> None:
        """End every iteration and let go of the camera, within 1 s even if a read hangs; from any thread."""
        self._reader.close()

    def __enter__(self) -> "LiveSource":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(address: int | str, fps: float | None) -> cv2.VideoCapture:
    if isinstance(address, str):
        limits = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_TIMEOUT * 1000)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_TIMEOUT * 1000)),
        ]
        return cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
    capture = cv2.VideoCapture(address)
    if fps and capture.isOpened():
        capture.set(cv2.CAP_PROP_FPS, fps)
    return capture


def _frames(
    open_capture: Callable[[], cv2.VideoCapture],
    name: str,
    refusal: str,
    mirrored: bool,
    closing: threading.Event,
) -> Generator[Frame, None, None]:
    """Frames as they come; opens again after a loss, with back-off. Raises `refusal` if none ever came."""
    index = 0
    pause = FIRST_PAUSE
    while not closing.is_set():
        capture = open_capture()
        try:
            # isOpened() stays true after a loss; only a grab that fails tells.
            while not closing.is_set() and capture.grab():
                captured_at = time.monotonic()
                whole, image = capture.retrieve()
                if not whole:  # one damaged picture is no loss of the camera
                    continue
                if pause > FIRST_PAUSE:
                    logger.info("%s is back", name)
                    pause = FIRST_PAUSE
                if mirrored:
                    image = cv2.flip(image, 1)
                yield Frame(np.asarray(image, dtype=np.uint8), captured_at, index, name)
                index += 1
        finally:
            capture.release()
        if index == 0:
            raise CaptureError(refusal)
        if pause == FIRST_PAUSE and not closing.is_set():
            logger.warning("%s is lost; it is opened again as soon as it answers", name)
        closing.wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _camera_refusal(number: int) -> str:
    known = ""
    if sys.platform == "linux":
        cameras = sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
        known = f" (the system has {', '.join(cameras) or 'none'})"
    return (
        f"Camera {number} cannot be opened{known}; check the number, the plug, "
        "the permission, and that no other program uses it."
    )


def _without_password(url: str) -> str:
    return re.sub(r"//[^/]*@", "//", url)
