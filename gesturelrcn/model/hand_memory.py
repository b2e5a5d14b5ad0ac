"""What a model remembers of the hand that it saw last, in the words of `gesturelrcn.keypoints`.

A network with `motion` keeps what it observed last in the last row of its state, so that it can tell speeds:
joints and landmarks as `LRCN.body_coordinates` and `LRCN.hand_coordinates` give them, then 1. That is all its
temporal heads ever read of a picture. Here it is said backwards.
"""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS
from gesturelrcn.model.card import ModelCard

_JOINTS = 3 * len(KEYPOINTS)
_LANDMARKS = 3 * HAND_LANDMARKS
_FINGERS = 5
_APART, _STRAIGHT, _STRAIGHTNESS = 5.0, 0.7, 4.0
"""How `LRCN.hand_coordinates` scales them."""
_LEAST = 1e-6
"""Presence below which nothing is known of how the hand is held."""


def remembered_hand(memory: NDArray[np.float32], card: ModelCard) -> NDArray[np.float32] | None:
    """(HAND_VALUES,) of the hand that was seen last, landmarks relative to the wrist, or None.

    Read again by `LRCN.hand_coordinates`, it is what was observed.

    Args:
        memory: (rows, 1, width) state of the model.
        card: of the model.
    """
    observed = _JOINTS + HAND_VALUES
    has_last = card.rows % 2 == 1  # beside the two rows of each temporal head
    if not card.hand_size or not has_last or memory.shape[-1] <= observed or memory[-1, 0, observed] != 1:
        return None
    seen = memory[-1, 0, _JOINTS:observed].astype(np.float64)
    presence = seen[-2] + 0.5
    told = seen[:-2] / presence if presence > _LEAST else np.zeros(_LANDMARKS + HAND_SHAPE)
    landmarks, straight = told[:_LANDMARKS] / _APART, told[_LANDMARKS : _LANDMARKS + _FINGERS]
    facing = told[_LANDMARKS + _FINGERS :]
    hand = np.concatenate([landmarks, straight / _STRAIGHTNESS + _STRAIGHT, facing, [presence, seen[-1]]])
    return np.asarray(hand, np.float32)
