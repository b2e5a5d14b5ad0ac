"""Which frames need no step: those in which nobody moves, while no gesture is near.

The network's memory settles where the picture stays the same: another step on the same picture tells what the
one before told. So nothing is lost where such steps are left out, and somebody who sits still costs little.
"""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.region import Region
from gesturelrcn.system.opencv import cv2

SETTLES_IN = 1.0
"""Seconds for which nothing must have moved before the first step is left out."""
LONGEST = 1.0
"""Seconds without a step at most."""
NOISE = 4.0
"""Grey levels, on average over a block; what differs less is the noise of the sensor."""
_SAMPLES = 56  # pixels looked at along a side of the person region
_BLOCKS = 8  # along a side; a hand is larger than one
_MOVED = 0.01  # shares of the region's side by which it may drift


class MotionGate:
    """Remembers the picture of the last step and compares the next ones with it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next frame needs its step."""
        self._region: Region | None = None
        self._sample: NDArray[np.uint8] | None = None
        self._still_since: float | None = None
        self._stepped_at = 0.0

    def skips(self, image: NDArray[np.uint8], region: Region, at: float, quiet: bool) -> bool:
        """Whether this frame needs no step.

        Args:
            image: (H, W, 3) uint8, of the same shape as before.
            region: where the person is.
            at: seconds.
            quiet: no gesture goes on or is about to begin.
        """
        if not (quiet and self._same(image, region)):
            self._still_since = None
        elif self._still_since is None:
            self._still_since = at
        settled = self._still_since is not None and at - self._still_since >= SETTLES_IN
        if settled and at - self._stepped_at < LONGEST:
            return True
        self._region, self._stepped_at = region, at
        self._sample = _sampled(image, region)
        return False

    def _same(self, image: NDArray[np.uint8], region: Region) -> bool:
        """Whether nothing but noise has changed since the last step."""
        before, sample = self._region, self._sample
        if before is None or sample is None:
            return False
        drift = max(abs(region.x - before.x), abs(region.y - before.y), abs(region.side - before.side))
        if drift > _MOVED * before.side:
            return False
        changed = cv2.absdiff(_sampled(image, before), sample)
        return float(cv2.resize(changed, (_BLOCKS, _BLOCKS), interpolation=cv2.INTER_AREA).max()) < NOISE


def _sampled(image: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    """The green of some pixels of the region, at even distances; never empty."""
    step = max(1, round(region.side / _SAMPLES))
    height, width = image.shape[:2]
    left, right = _span(region.x, region.side, width)
    top, bottom = _span(region.y, region.side, height)
    return np.ascontiguousarray(image[top:bottom:step, left:right:step, 1])


def _span(middle: float, side: float, limit: int) -> tuple[int, int]:
    begin = min(max(0, int(middle - side / 2)), limit - 1)
    return begin, max(begin + 1, min(limit, int(middle + side / 2)))
