"""Poses are brought back within what arms and wrists can do."""

import numpy as np
import pytest

from gesturelrcn.synthesis.motion.arm_limits import (
    HAND_ARM_LENGTHS,
    LOWEST_RAISE,
    MOST_ROLL,
    MOST_WRIST_BEND,
    placed,
    turned,
    under,
)
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.synthesis.pose import finger_direction, wrist_angles

RAISED = MOVEMENTS["raise_straight"].keys[-1].pose


@pytest.mark.parametrize("ceiling", [0.6, 0.9, 1.2])
def test_a_raised_hand_is_lowered_under_the_ceiling_with_the_elbow_out(ceiling):
    lower = under(RAISED, ceiling)

    assert lower.wrist[1] + HAND_ARM_LENGTHS * finger_direction(lower)[1] < ceiling + 0.1
    assert LOWEST_RAISE <= lower.wrist[1] < RAISED.wrist[1]
    assert lower.wrist[0] >= 0.22


def test_what_is_under_the_ceiling_stays_as_it_is():
    assert under(RAISED, float("inf")) is RAISED
    assert under(HANGING, 0.0) is HANGING


@pytest.mark.parametrize("turn", [(3.0, 0, 0), (0, 2.0, 0), (0, 0, -2.5), (0.2, 0.1, 0.1)])
def test_a_hand_is_turned_as_far_as_its_wrist_allows(turn):
    before, after = wrist_angles(RAISED), wrist_angles(turned(RAISED, np.array(turn)))

    assert after[0] <= max(before[0], MOST_WRIST_BEND)
    assert abs(after[1]) <= max(abs(before[1]), MOST_ROLL)


def test_a_small_turn_is_taken_whole():
    small = turned(RAISED, np.array([0.1, 0.0, 0.0]))

    assert abs(wrist_angles(small)[1] - wrist_angles(RAISED)[1]) == pytest.approx(0.1, abs=0.02)


def test_a_wrist_that_goes_elsewhere_keeps_its_limits():
    for way in np.random.default_rng(0).normal(0, 0.5, (50, 3)):
        bend, roll = wrist_angles(placed(RAISED, RAISED.wrist + way))
        assert bend < MOST_WRIST_BEND or bend == pytest.approx(wrist_angles(RAISED)[0])
        assert abs(roll) < MOST_ROLL or roll == pytest.approx(wrist_angles(RAISED)[1])
