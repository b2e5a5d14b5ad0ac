import numpy as np
import pytest

from gesturelrcn.decoding import acting_hand
from gesturelrcn.keypoints import KEYPOINTS


def hands(left, right):
    keypoints = np.ones((len(KEYPOINTS), 3), np.float32)
    for side, at in (("left", left), ("right", right)):
        keypoints[KEYPOINTS.index(f"{side}_wrist"), :2] = at
        keypoints[KEYPOINTS.index(f"{side}_index_tip"), :2] = at
    keypoints[KEYPOINTS.index("left_shoulder"), :2] = (0.6, 0.46)
    keypoints[KEYPOINTS.index("right_shoulder"), :2] = (0.4, 0.46)
    return keypoints


@pytest.mark.parametrize(
    ("left", "right", "hand"),
    [
        ((0.65, 0.82), (0.35, 0.82), None),
        ((0.65, 0.82), (0.35, 0.2), "right"),
        ((0.95, 0.75), (0.35, 0.82), "left"),
        ((0.65, 0.4), (0.35, 0.42), "both"),
    ],
)
def test_acting_hand(left, right, hand):
    which, position = acting_hand(hands(left, right))
    assert which == hand
    expected = {"left": left, "right": right, "both": left, None: None}[hand]
    assert position == (pytest.approx(expected) if expected else None)


def test_a_hand_that_is_not_seen_does_not_act():
    keypoints = hands((0.65, 0.2), (0.35, 0.82))
    keypoints[KEYPOINTS.index("left_wrist"), 2] = 0.1
    assert acting_hand(keypoints) == (None, None)
    # An arm stretched out to the edge of the region: its wrist may be in sight or not.
    keypoints[KEYPOINTS.index("left_wrist")] = (0.97, 0.5, 0.35)
    assert acting_hand(keypoints)[0] == "left"
