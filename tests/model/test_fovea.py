import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS, MIRRORED
from gesturelrcn.model.fovea import SIDE, Fovea, hand_picture, place_fovea
from gesturelrcn.region import Region


def person(left_wrist, right_wrist):
    joints = np.full((len(KEYPOINTS), 3), 0.5, np.float32)
    for side, wrist in (("left", left_wrist), ("right", right_wrist)):
        for part in ("wrist", "index_tip", "pinky_tip", "thumb_tip"):
            joints[KEYPOINTS.index(f"{side}_{part}"), :2] = wrist
    return joints


def test_the_hand_that_is_raised_is_looked_at():
    fovea = place_fovea(person((0.7, 0.3), (0.3, 0.9)), None)
    assert (fovea.x, fovea.y, fovea.side) == (pytest.approx(0.7), pytest.approx(0.3), -1)
    assert place_fovea(person((0.7, 0.9), (0.3, 0.3)), None).side == 1


@pytest.mark.parametrize("side", [-1, 1])
def test_the_look_stays_with_a_hand_until_the_other_is_clearly_higher(side):
    before = Fovea(0.5, 0.5, side)
    assert place_fovea(person((0.7, 0.50), (0.3, 0.51)), before).side == side
    assert place_fovea(person((0.7, 0.51), (0.3, 0.50)), before).side == side
    higher = person((0.7, 0.6), (0.3, 0.5)) if side < 0 else person((0.7, 0.5), (0.3, 0.6))
    assert place_fovea(higher, before).side == -side


def test_the_square_lies_in_the_frame_where_the_joints_say():
    square = Fovea(0.75, 0.25, 1).square(Region(320, 240, 400, 0.9, 1.5))
    assert (square.x, square.y, square.side) == (420, 140, SIDE * 400)


def test_a_left_hand_is_mirrored_and_no_hand_is_black():
    image = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    body = Region(320, 240, 400, 0.9, 0.0)
    right = hand_picture(image, body, Fovea(0.5, 0.5, 1), 48)
    left = hand_picture(image, body, Fovea(0.5, 0.5, -1), 48)
    assert right.shape == (48, 48, 3)
    assert (left == right[:, ::-1]).all()
    assert not hand_picture(image, body, None, 48).any()


def test_a_mirror_image_is_looked_at_in_the_same_way():
    joints = person((0.7, 0.3), (0.3, 0.9))
    mirror = joints[list(MIRRORED)].copy()
    mirror[:, 0] = 1 - mirror[:, 0]
    one, other = place_fovea(joints, None), place_fovea(mirror, None)
    assert (one.x, one.y, one.side) == (pytest.approx(1 - other.x), pytest.approx(other.y), -other.side)
