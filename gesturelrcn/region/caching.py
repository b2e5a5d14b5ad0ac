"""Do not look again at what has been looked at: an empty room, or somebody who sits still."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import FollowsJoints, Forgets, Locator, PersonChooser
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.system.opencv import cv2

LONGEST_EMPTY = 3.0
"""Seconds for which a picture that stays the same is taken to be empty still."""
LONGEST = 1.5
"""Seconds for which somebody in such a picture is taken to be there. A locator that is not asked for `STAYS`
seconds would think them gone, and choose anew."""
NOISE = 2.0
"""Grey levels by which the average of a block may differ; the noise of a sensor averages out to less."""
FEW = 10
"""Blocks of 1200 that may change: a clock, a lamp. Who comes in at six metres changes dozens."""
_BLOCKS = (40, 30)


class CachingLocator:
    """A `Locator` that answers as before while the picture stays the same, and asks another one if not."""

    def __init__(self, make: Callable[[], Locator]) -> None:
        """Args: make: makes the other one."""
        self._locator = make()
        self._blocks: NDArray[np.uint8] | None = None
        self._shape: tuple[int, ...] = ()
        self._looked_at = -math.inf
        self._region: Region | None = None

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the picture, from the next call on."""
        if isinstance(self._locator, PersonChooser):
            self._locator.choose(x, y)
        self._blocks = None

    def forget(self) -> None:
        """See `Forgets`."""
        if isinstance(self._locator, Forgets):
            self._locator.forget()
        self._blocks = None

    def see_joints(self, region: Region | None) -> None:
        """See `FollowsJoints`."""
        if isinstance(self._locator, FollowsJoints):
            self._locator.see_joints(region)

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the person in `image` ((H, W, 3) uint8 BGR), or None.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        blocks = np.asarray(cv2.resize(image, _BLOCKS, interpolation=cv2.INTER_AREA), np.uint8)
        longest = LONGEST_EMPTY if self._region is None else LONGEST
        if 0 <= at - self._looked_at < longest and self._is_the_same(image, blocks):
            return None if self._region is None else replace(self._region, located_at=at)
        self._blocks = None  # where the other one raises, its last answer is void
        self._region = self._locator.locate(image, at)
        self._blocks, self._shape, self._looked_at = blocks, image.shape, at
        return self._region

    def _is_the_same(self, image: NDArray[np.uint8], blocks: NDArray[np.uint8]) -> bool:
        # The same in another size may show somebody who was too small before, and moves every place.
        if self._blocks is None or image.shape != self._shape:
            return False
        changed = cv2.absdiff(blocks, self._blocks).max(axis=2) > NOISE
        return int(np.count_nonzero(changed)) <= FEW

    def close(self) -> None:
        """Free the other one."""
        self._locator.close()
