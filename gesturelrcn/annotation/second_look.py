"""Once more through a video for pictures: key frames and clips of the moments that were found."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.annotation.timeline import Span
from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.system.opencv import cv2

KEY_FRAME_WIDTH = 320
"""Pixels; narrower videos are not enlarged."""
_JPEG_QUALITY = 80


class Taker(Protocol):
    """Wants some of the pictures of a video."""

    @property
    def until(self) -> float:
        """Seconds after which it wants nothing more."""

    def take(self, image: NDArray[np.uint8], at: float) -> None:
        """One picture after the other; (H, W, 3) uint8 BGR as filmed, media time in seconds."""


def look_again(video: Path, takers: Iterable[Taker]) -> None:
    """Show every picture to the takers until none wants more.

    Raises:
        CaptureError: the video cannot be read any more.
    """
    takers = list(takers)
    if not takers:
        return
    until = max(taker.until for taker in takers)
    for frame in frames_of(video):
        if frame.captured_at > until:
            return
        for taker in takers:
            taker.take(frame.image, frame.captured_at)


class KeyFrames:
    """The picture in which each gesture was surest, as JPEG. See `Taker`."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._peaks = {span.peak: span.id for span in spans}
        self.until = max(self._peaks, default=0.0) + 1e-6  # peaks are rounded
        self.jpegs: dict[int, bytes] = {}

    def take(self, image: NDArray[np.uint8], at: float) -> None:
        """See `Taker`."""
        number = self._peaks.get(round(at, 6))
        if number is not None:
            self.jpegs[number] = _jpeg(image)


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    height, width = image.shape[:2]
    if width > KEY_FRAME_WIDTH:
        size = (KEY_FRAME_WIDTH, max(1, round(height * KEY_FRAME_WIDTH / width)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise CaptureError("A key frame could not be written as JPEG; OpenCV was built without it.")
    return encoded.tobytes()
