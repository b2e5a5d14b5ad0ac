"""What arms and wrists cannot do: poses are brought back within it."""

from dataclasses import replace

import numpy as np

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.pose import ArmPose, bent, carried, finger_direction, wrist_angles

HAND_ARM_LENGTHS = 0.40
"""From the wrist to the finger tips."""
MOST_WRIST_BEND, MOST_ROLL = np.radians(85), np.radians(105)
"""How far a hand is bent and rolled against its forearm: people can hardly do more."""
FARTHEST_REACH = 1.06
"""Arm lengths; the shoulder gives a little where the arm is stretched."""
LOWEST_RAISE = 0.10
"""Arm lengths above the shoulder: a hand that is kept in the picture is still held up this high."""


def placed(pose: ArmPose, wrist: Floats) -> ArmPose:
    """The arm with its wrist elsewhere; the hand stays as it is seen, or else as it is on its forearm."""
    moved = carried(pose, wrist, pose.elbow)
    bend, roll = wrist_angles(moved)
    return moved if bend < MOST_WRIST_BEND and abs(roll) < MOST_ROLL else replace(pose, wrist=wrist)


def turned(pose: ArmPose, turn: Floats) -> ArmPose:
    """The hand turned by (3,) roll, tilt, flex, or by as much of that as a wrist allows."""
    before = wrist_angles(pose)
    for share in (1.0, 0.6, 0.3):
        tried = bent(pose, *(share * turn))
        after = wrist_angles(tried)
        if after[0] < max(before[0], MOST_WRIST_BEND) and abs(after[1]) < max(abs(before[1]), MOST_ROLL):
            return tried
    return pose


def under(pose: ArmPose, ceiling: float) -> ArmPose:
    """The pose with its finger tips at most at `ceiling`, the elbow out where that lowers the hand."""
    top = pose.wrist[1] + HAND_ARM_LENGTHS * max(0.0, float(finger_direction(pose)[1]))
    if top <= ceiling or pose.wrist[1] <= LOWEST_RAISE:
        return pose
    wrist = pose.wrist.copy()
    wrist[1] = max(LOWEST_RAISE, wrist[1] - (top - ceiling))
    # A bent arm is not held over the shoulder but beside the head.
    wrist[0] = max(wrist[0], 0.22)
    return carried(pose, wrist, np.array([1.0, -0.6, -0.1]))
