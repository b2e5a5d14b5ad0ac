"""Where the person is, as the joints tell that the model points at in every frame."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region.locator import FACE_UNITS, region_around
from gesturelrcn.region.region import Region

VISIBLE = 0.85
"""Least visibility of both shoulders. On people it is more in 99 frames of 100; on squares with nobody in it,
about 0.7."""
GROWTH = 1.2
"""Times by which shoulders may look wider or narrower than when the locator looked."""
_NOSE_UNITS = 1.05 * FACE_UNITS  # the middle of a face lies so much farther from the shoulders than its nose
_LEFT, _RIGHT, _NOSE = (KEYPOINTS.index(name) for name in ("left_shoulder", "right_shoulder", "nose"))


def region_from_joints(keypoints: NDArray[np.float32], region: Region, at: float) -> Region | None:
    """The square around the shoulders that the model sees, or None where it does not clearly see both.

    Args:
        keypoints: (J, 3) x, y in shares of `region`, and visibility 0 to 1.
        region: in which the model looked.
        at: seconds, when the picture was taken.
    """
    left, right, nose = keypoints[[_LEFT, _RIGHT, _NOSE]].tolist()
    confidence = min(left[2], right[2])
    if not confidence >= VISIBLE:
        return None
    x, y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    wide = math.hypot(left[0] - right[0], left[1] - right[1])
    long = math.hypot(nose[0] - x, nose[1] - y)
    middle = region.x + (x - 0.5) * region.side, region.y + (y - 0.5) * region.side
    return region_around(middle, max(wide, _NOSE_UNITS * long) * region.side, confidence, at)


class AnchoredJoints:
    """Where somebody has gone since the locator looked.

    Joints and locator see the same person at places a little apart. So the joints give the way and not the
    place: what the locator said is moved by as much as they have moved since. Its size stays: shoulders look
    narrower in many a gesture. Where they look much narrower or wider than before, the joints say nothing.

    Attributes:
        looked_at: seconds, when the locator looked.
        place: the region as of the last joints; None while they say nothing.
    """

    def __init__(self, look: Region) -> None:
        """Args: look: what the locator said."""
        self.looked_at = look.located_at
        self.place: Region | None = None
        self._look = look
        self._first: Region | None = None
        self._lost = False

    def see(self, joints: Region | None) -> None:
        """Take in the region around the joints of one frame, or None where they are not clearly seen.

        The first ones after the look are taken to show the person as it was then: no frame is passed over in
        which anything moves.
        """
        self.place = None
        if joints is None:
            self._lost = self._first is None
        if joints is None or self._lost:
            return
        first = self._first = self._first or joints
        if abs(math.log(joints.side / first.side)) > math.log(GROWTH):
            return
        self.place = replace(
            joints,
            x=self._look.x + joints.x - first.x,
            y=self._look.y + joints.y - first.y,
            side=self._look.side,
        )
