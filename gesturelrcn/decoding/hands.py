"""Which hand acts? Read off the keypoints."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.model.keypoints import KEYPOINTS

_SIDES: tuple[Hand, Hand] = ("left", "right")
_WRISTS = [KEYPOINTS.index(f"{side}_wrist") for side in _SIDES]
_TIPS = [KEYPOINTS.index(f"{side}_index_tip") for side in _SIDES]
_SHOULDERS = [KEYPOINTS.index(f"{side}_shoulder") for side in _SIDES]

_LIFTED = 0.22
"""A hanging wrist is about 0.35 of the region below the shoulders, a lifted one less than this."""

_STRETCHED = 0.26
"""A hanging wrist is at most this share of the region to the side of the middle of the shoulders."""

_VISIBLE = 0.4


def acting_hand(keypoints: NDArray[np.float32]) -> tuple[Hand | None, tuple[float, float] | None]:
    """The hand that is lifted or stretched out, and where its index tip is.

    Args:
        keypoints: (J, 3) x, y in shares of the person region and visibility.

    Returns:
        `left`, `right`, `both` or None, and (x, y) of the higher acting hand, 0 to 1, or None.
    """
    middle = keypoints[_SHOULDERS, :2].mean(axis=0)
    acting = [
        wrist[2] > _VISIBLE and (wrist[1] - middle[1] < _LIFTED or abs(wrist[0] - middle[0]) > _STRETCHED)
        for wrist in keypoints[_WRISTS]
    ]
    if not any(acting):
        return None, None
    if all(acting):
        tip = min(keypoints[_TIPS, :2], key=lambda xy: float(xy[1]))
        return "both", _inside(tip)
    which = acting.index(True)
    tip = keypoints[_TIPS[which]]
    return _SIDES[which], _inside(tip)


def _inside(tip: NDArray[np.float32]) -> tuple[float, float]:
    """The network may see more than the region: a tip beyond its edge is reported at the edge."""
    return min(max(float(tip[0]), 0.0), 1.0), min(max(float(tip[1]), 0.0), 1.0)
