"""Which hand acts? Read off the keypoints."""

from collections.abc import Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS

_SIDES: tuple[Hand, Hand] = ("left", "right")
_WRISTS = [KEYPOINTS.index(f"{side}_wrist") for side in _SIDES]
_TIPS = [KEYPOINTS.index(f"{side}_index_tip") for side in _SIDES]
_SHOULDERS = [KEYPOINTS.index(f"{side}_shoulder") for side in _SIDES]

_LIFTED = 0.22
"""A hanging wrist is about 0.35 of the region below the shoulders, a lifted one less than this."""

_STRETCHED = 0.26
"""A hanging wrist is at most this share of the region to the side of the middle of the shoulders."""

_VISIBLE = 0.3
"""From here on a wrist is as often in sight as not; an arm stretched out to the edge may say 0.35."""


def acting_hand(keypoints: NDArray[np.float32]) -> tuple[Hand | None, tuple[float, float] | None]:
    """The hand that is lifted or stretched out, and where its index tip is.

    Args:
        keypoints: (J, 3) x, y in shares of the person region and visibility.

    Returns:
        `left`, `right`, `both` or None, and (x, y) of the higher acting hand, 0 to 1, or None.
    """
    joints = keypoints.tolist()  # for six joints numbers are quicker than arrays
    left, right = (joints[shoulder] for shoulder in _SHOULDERS)
    middle_x, middle_y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    acting = [
        seen > _VISIBLE and (y - middle_y < _LIFTED or abs(x - middle_x) > _STRETCHED)
        for x, y, seen in (joints[wrist] for wrist in _WRISTS)
    ]
    if not any(acting):
        return None, None
    if all(acting):
        return "both", _inside(min((joints[tip] for tip in _TIPS), key=itemgetter(1)))
    which = acting.index(True)
    return _SIDES[which], _inside(joints[_TIPS[which]])


def _inside(tip: Sequence[float]) -> tuple[float, float]:
    """The network may see more than the region: a tip beyond its edge is reported at the edge."""
    return min(max(tip[0], 0.0), 1.0), min(max(tip[1], 0.0), 1.0)
