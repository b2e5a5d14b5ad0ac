"""Video files."""

import logging
from collections.abc import Generator
from pathlib import Path

import numpy as np

from gesturelrcn.capture.opencv import cv2
from gesturelrcn.capture.recording import Decoded
from gesturelrcn.errors import CaptureError

logger = logging.getLogger(__name__)

_PLAUSIBLE_FPS = (1.0, 240.0)
_FPS_UNKNOWN = 30.0
_LONGEST_GAP = 10.0
"""Seconds between two frames above which the container's time stamps are not believed."""
_CLAIMED_BUT_MISSING = 0.02
"""Share of the frames that the header may promise too much; some containers only estimate their number."""


def decode_video(path: Path, *, fps: float | None = None) -> Generator[Decoded, None, None]:
    """The pictures of a video file, in order.

    Media time is the container's own; where that does not advance plausibly, a frame follows the one
    before it by one period of the frame rate. If `fps` (frames a second) is given, it alone counts.

    Raises:
        CaptureError: the file is missing, empty, or no frame in it can be decoded.
    """
    _must_have_content(path)
    # An absolute path, or FFmpeg would take a file called "concat:a" for one of its protocols.
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        claimed = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        clock = _MediaClock(fps) if fps else _MediaClock(capture.get(cv2.CAP_PROP_FPS), container=capture)
        index = 0
        while True:
            decoded, image = capture.read()
            if not decoded:
                break
            yield index, clock.next(), np.asarray(image, dtype=np.uint8)
            index += 1
    finally:
        capture.release()
    if index == 0:
        raise CaptureError(
            f"No picture can be decoded from {path}: it is not a video, or it is damaged; "
            "play it in a video player to see which."
        )
    if claimed - index > max(1.0, _CLAIMED_BUT_MISSING * claimed):
        logger.warning("%s ends early: %d of %d frames could be read", path, index, claimed)


def _must_have_content(path: Path) -> None:
    try:
        with path.open("rb") as file:
            has_content = bool(file.read(1))
    except OSError as error:
        raise CaptureError(f"The video {path} cannot be opened: {error.strerror}.") from error
    if not has_content:
        raise CaptureError(f"The video {path} is empty (0 bytes); copy or record it again.")


class _MediaClock:
    """Media time of one frame after the other, in seconds, strictly increasing."""

    def __init__(self, fps: float, container: cv2.VideoCapture | None = None) -> None:
        slowest, fastest = _PLAUSIBLE_FPS
        trusted = container is None or slowest <= fps <= fastest
        self._period = 1.0 / (fps if trusted else _FPS_UNKNOWN)
        self._container = container
        self._last: float | None = None

    def next(self) -> float:
        """The time of the frame that was read last."""
        stamp = self._container.get(cv2.CAP_PROP_POS_MSEC) / 1000.0 if self._container else None
        if self._last is None:
            now = stamp if stamp is not None and 0.0 <= stamp <= _LONGEST_GAP else 0.0
        elif stamp is not None and self._last < stamp <= self._last + _LONGEST_GAP:
            now = stamp
        else:
            now = self._last + self._period
        self._last = now
        return now
