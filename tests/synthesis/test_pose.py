import numpy as np
import pytest

from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS, POSTURES
from gesturelrcn.synthesis.pose import between, reach


@pytest.mark.parametrize("wrist", [(0.3, 0.2, 0.5), (0.0, -0.9, 0.1), (-0.4, 0.0, 0.4)])
def test_the_reach_ends_at_the_wrist(wrist):
    upper, lower, axis = reach(np.array(wrist), np.array([0.5, -1.0, -0.3]), 0.55, 0.5)

    assert np.allclose(0.55 * upper + 0.5 * lower, wrist)
    assert np.allclose([upper @ axis, lower @ axis], 0, atol=1e-9)


def test_the_elbow_bends_to_the_side_that_is_asked_for():
    upper, lower, _ = reach(np.array([0.0, 0.0, 0.6]), np.array([0.0, -1.0, 0.0]), 0.5, 0.5)

    assert upper[1] < -0.3 < 0.3 < lower[1]


def test_what_is_too_far_is_reached_for_with_a_straight_arm():
    upper, lower, _ = reach(np.array([3.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0]), 0.5, 0.5)

    assert upper @ lower > 0.95
    assert (upper + lower)[0] > 1.95


def test_half_way_up_the_hand_keeps_off_the_shoulder():
    raised = MOVEMENTS["raise_straight"].keys[-1].pose
    way = [np.linalg.norm(between(HANGING, raised, share).wrist) for share in np.linspace(0, 1, 20)]

    assert min(way) > 0.45
    assert np.allclose(between(HANGING, raised, 1.0).wrist, raised.wrist)


def test_wrists_turn_no_further_than_wrists_turn():
    """No hand that is described is turned by more than 120 degrees against its forearm."""
    described = {**POSTURES, **{name: movement.keys[-1].pose for name, movement in MOVEMENTS.items()}}
    turned = {
        name: 2 * np.degrees(np.arccos(min(1.0, abs(pose.hand[0])))) for name, pose in described.items()
    }

    assert max(turned.values()) < 120, turned
