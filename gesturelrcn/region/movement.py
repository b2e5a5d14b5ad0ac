"""Where a picture has changed since the one before: people move, furniture does not."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.motion_gate import NOISE
from gesturelrcn.region.region import Region
from gesturelrcn.system.opencv import cv2

_WIDEST = 320  # pixels of a row that are looked at
_BLOCKS = 8  # along a side of the region; a hand is larger than one
_OVER_NOISE = 3.0  # times by which a block must differ more than half of the picture does


class Movement:
    """Remembers the picture before."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._changed: NDArray[np.uint8] | None = None
        self._step = 1

    def take(self, image: NDArray[np.uint8]) -> None:
        """Take in the next picture, (H, W, 3) uint8."""
        self._step = max(1, round(image.shape[1] / _WIDEST))
        now = np.ascontiguousarray(image[:: self._step, :: self._step, 1])
        before, self._before = self._before, now
        self._changed = None
        if before is not None and before.shape == now.shape:
            self._changed = np.asarray(cv2.absdiff(now, before), np.uint8)

    def within(self, region: Region) -> bool:
        """Whether something moved there between the last two pictures, more than the picture as a whole."""
        if self._changed is None:
            return False
        high, wide = self._changed.shape
        half = region.side / 2
        left, right = (int((region.x + end) / self._step) for end in (-half, half))
        top, bottom = (int((region.y + end) / self._step) for end in (-half, half))
        part = self._changed[max(0, top) : min(high, bottom), max(0, left) : min(wide, right)]
        if not part.size:
            return False
        noise = max(NOISE, _OVER_NOISE * float(np.median(_blocks(self._changed))))
        return float(_blocks(part).max()) >= noise


def _blocks(changed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(changed, (_BLOCKS, _BLOCKS), interpolation=cv2.INTER_AREA), np.uint8)
