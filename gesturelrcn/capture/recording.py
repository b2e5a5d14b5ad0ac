"""Recordings: every picture in order, timed by the recording and not by the clock on the wall."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.frame import Frame
from gesturelrcn.system.opencv import cv2

Decoded = tuple[int, float, NDArray[np.uint8]]
"""Index, media time in seconds, and the (height, width, 3) uint8 BGR picture."""

Decoder = Callable[[], Generator[Decoded, None, str]]
"""Begins at the first picture each time, and returns why the recording breaks off, or ""; raises CaptureError
if there is no picture that can be decoded."""

_NAP = 0.05
"""Seconds; the longest that a paced recording sleeps before it looks whether it was closed."""


class Recording:
    """A recording as a source of frames; each iteration starts at its beginning.

    Args:
        name: for messages.
        decode: delivers the pictures; the first one is decoded at once, so that a recording which
            cannot be read is refused here.
        mirrored: the pictures are mirrored; flip them back.
        realtime: deliver each frame when its media time has come, not as fast as it is decoded.

    Attributes:
        breaks_off: where and why it ends early, once an iteration came to its end; "" for a whole one.

    Raises:
        CaptureError: no picture can be decoded.
    """

    live = False

    def __init__(self, name: str, decode: Decoder, *, mirrored: bool = False, realtime: bool = False) -> None:
        self.name = name
        self._decode = decode
        self._mirrored = mirrored
        self._realtime = realtime
        self._closed = False
        self.breaks_off = ""
        with closing(decode()) as pictures:
            next(pictures)

    def __iter__(self) -> Iterator[Frame]:
        with closing(self._decode()) as pictures:
            starts_at: float | None = None
            for index, media_time, image in self._to_the_end(pictures):
                if starts_at is None:
                    starts_at = time.monotonic() - media_time
                if self._realtime:
                    self._sleep_until(starts_at + media_time)
                if self._closed:
                    return
                if self._mirrored:
                    image = np.asarray(cv2.flip(image, 1), dtype=np.uint8)
                yield Frame(image, media_time, index, self.name, media_time)

    def _to_the_end(self, pictures: Generator[Decoded, None, str]) -> Iterator[Decoded]:
        self.breaks_off = yield from pictures

    def _sleep_until(self, due: float) -> None:
        while not self._closed and (left := due - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))

    def close(self) -> None:
        """End every iteration before its next frame; may be called from any thread."""
        self._closed = True

    def __enter__(self) -> "Recording":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
