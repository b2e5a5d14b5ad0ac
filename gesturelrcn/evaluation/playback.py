"""One clip on its way through a stream: pause, forward, return."""

from collections.abc import Iterator
from contextlib import closing
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import Frame
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.system.opencv import cv2
from gesturelrcn.vocabulary import GESTURES, NONE

HEAD_MARGIN = 0.2
"""Seconds before the onset at which the idle head ends; an onset is good to about 0.15 s."""
COMMITTED = (0.3, 1.5)
"""Seconds after the onset between which the stroke ends and holding begins."""
KEPT = 6.0
"""Seconds from the beginning of a clip that are kept for playing back, at most."""
KEPT_BYTES = 2**29
"""The same in bytes of pictures."""
AT_REST = 0.4
"""A clip that goes on this much longer than its gesture returns to rest by itself."""
AS_AT_FIRST = 0.2
"""A clip of which nobody has said when its gesture begins is at rest again where its last picture is so much
less unlike the first than the most unlike one (mean squared difference)."""
LARGEST = 1920
"""Longer side in pixels above which pictures are made smaller, so that clips of any size fit into memory."""
_THUMBNAIL = (80, 60)
Picture = NDArray[np.uint8]
Step = tuple[float, Picture, int, bool]
"""Seconds since the frame before, picture, its number in the clip, whether played forward as recorded."""


class ClipPlayback:
    """One clip on its way through a stream: pause, forward, return.

    Attributes:
        start, end: stream times of its first and last frame when played forward.
    """

    def __init__(self, clip: Clip, pause: float, *, alone: bool) -> None:
        self._clip = clip
        self._pause = pause
        self._alone = alone
        self._kept: list[Picture] = []
        self._times: list[float] = []
        self.start = self.end = -1.0

    def forward_at(self, at: float) -> None:
        """A frame was played forward at this time of the stream."""
        self.start = at if self.start < 0 else self.start
        self.end = at

    def steps(self) -> Iterator[Step]:
        """The pictures of the clip, in the order in which the stream shows them.

        Raises:
            CaptureError: the clip does not decode.
        """
        with closing(frames_of(self._clip.path)) as frames:
            ahead = self._read_ahead(frames)
            period = self._period()
            at = 0
            for index in self._pausing(period):
                yield self._apart(at, index, period), self._kept[index], index, False
                at = index
            for index, image in enumerate(self._kept):
                yield self._apart(at, index, period), image, index, True
                at = index
            last, length = self._kept[-1], self._times[-1]
            at_time = length
            for number, frame in enumerate(chain(ahead, frames), start=len(self._kept)):
                last = _bounded(frame.image)
                length = frame.captured_at - self._first
                yield max(length - at_time, 1e-3), last, number, True
                at_time = length
        yield from self._returning(last, length, period)

    def _read_ahead(self, frames: Iterator[Frame]) -> list[Frame]:
        """Keep the beginning; returns the frame that was read beyond it, if there is more."""
        room = KEPT_BYTES
        for frame in frames:
            if not self._kept:
                self._first = frame.captured_at
            if frame.captured_at - self._first > KEPT or room < frame.image.nbytes:
                return [frame]
            self._kept.append(_bounded(frame.image))
            room -= self._kept[-1].nbytes
            self._times.append(frame.captured_at - self._first)
        return []

    def _period(self) -> float:
        return float(np.median(np.diff(self._times))) if len(self._times) > 1 else 0.1

    def _apart(self, one: int, other: int, period: float) -> float:
        return abs(self._times[other] - self._times[one]) or period

    def _head(self) -> int:
        """Number of the last picture of the idle head."""
        if self._clip.gesture == NONE:
            until = KEPT
        elif self._clip.onset is None:
            until = 0.0
        else:
            until = self._clip.onset - HEAD_MARGIN
        return max(0, int(np.searchsorted(self._times, until, side="right")) - 1)

    def _pausing(self, period: float) -> Iterator[int]:
        """Numbers of pictures: the head forth and back until the pause is over and it is at its first."""
        head = self._head()
        if self._alone or self._clip.gesture == NONE:
            return  # the latter is idle itself
        passed, at, way = 0.0, 0, 1
        while passed < self._pause or at != 0:
            yield at
            if head == 0:
                passed += period
                continue
            way = 1 if at == 0 else -1 if at == head else way
            passed += self._apart(at, at + way, period)
            at += way

    def _returning(self, last: Picture, length: float, period: float) -> Iterator[Step]:
        clip = self._clip
        if self._alone or (clip.offset is not None and clip.offset < length - AT_REST):
            return
        start = self._way_back_from(last)
        step = period
        for index in range(start, -1, -1):
            if index < start:
                step = self._apart(index, index + 1, period)
            elif index == len(self._times) - 1 and length == self._times[-1]:
                continue  # the last picture itself was just shown
            yield step, self._kept[index], index, False

    def _way_back_from(self, last: Picture) -> int:
        """The kept picture from which the stream goes back to rest."""
        goal = _thumbnail(last)
        unlike = {i: float(np.square(_thumbnail(self._kept[i]) - goal).mean()) for i in self._ways_back()}
        if self._clip.onset is None and unlike[0] < AS_AT_FIRST * max(unlike.values()):
            return 0  # it has come to rest by itself: backwards it would show its gesture once more
        return min(unlike, key=unlike.__getitem__)

    def _ways_back(self) -> list[int]:
        """Pictures of the idle head, for a clip that is at rest again, and, but for strokes, held ones."""
        clip = self._clip
        head = list(range(self._head() + 1))
        if clip.gesture == NONE or _is_stroke(clip.gesture):
            return head
        if clip.onset is None:
            return list(range(len(self._times)))
        low, high = clip.onset + COMMITTED[0], clip.onset + COMMITTED[1]
        holding = [i for i, at in enumerate(self._times) if low <= at <= high]
        return head + (holding or [len(self._times) - 1])


def _is_stroke(gesture: str) -> bool:
    """Whether the gesture is a movement that is another gesture when it is played backwards."""
    return gesture in GESTURES and GESTURES[gesture].kind == "stroke"


def _bounded(image: Picture) -> Picture:
    longer = max(image.shape[:2])
    if longer <= LARGEST:
        return image
    scale = LARGEST / longer
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _thumbnail(image: Picture) -> NDArray[np.float32]:
    return cv2.resize(image, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
