"""Cameras see what people do, as far as the distance allows."""

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.motion.arm_limits import HAND_ARM_LENGTHS
from gesturelrcn.synthesis.motion.shipped import GESTURES, HANGING, MOVEMENTS
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose, finger_direction
from gesturelrcn.synthesis.rendering.camera import PinholeCamera
from gesturelrcn.synthesis.scene.framing import (
    ceiling_of,
    outside,
    person_square,
    random_camera,
    reach_of,
    window,
)


@pytest.fixture(scope="module")
def chest(person):
    return np.array([0.0, person.crown - person.ground - 0.3, 0.0])


def cameras(person, chest, nearest, farthest, count=150):
    reach = reach_of(person)
    return [
        random_camera(np.random.default_rng(seed), chest, nearest, farthest, reach) for seed in range(count)
    ]


def test_reach_is_where_the_finger_tips_of_a_raised_arm_are(person):
    reach, rig = reach_of(person), Rig(person)
    pose = Pose(left=MOVEMENTS["raise_straight"].keys[-1].pose, right=HANGING)
    tip = rig.landmarks(rig.transforms(pose))[KEYPOINTS.index("left_index_tip")]

    assert reach.raised[0, 1] == pytest.approx(tip[1], abs=0.08)
    assert reach_of(person, lowered=0.4).raised[0, 1] == pytest.approx(reach.raised[0, 1] - 0.4)


def test_raised_arms_are_in_the_picture_where_it_is_far_enough_away(person, chest):
    reach = reach_of(person)
    raised = [reach.fits(camera)[0] for camera in cameras(person, chest, 1.5, 6.0)]
    stretched = [reach.fits(camera)[1] for camera in cameras(person, chest, 2.2, 6.0)]

    assert np.mean(raised) >= 0.95
    assert np.mean(stretched) >= 0.95
    # Now and then nobody cares.
    assert not np.all(raised)


def test_a_laptop_s_camera_sees_the_head_and_crops_the_raised_arm(person, chest):
    reach, near = reach_of(person), cameras(person, chest, 0.5, 0.75)
    crown = chest + np.array([0.0, 0.3, 0.08])

    assert np.mean([camera.project(crown[None])[0, 1] >= 0 for camera in near]) >= 0.95
    assert not any(all(reach.fits(camera)) for camera in near)


@pytest.mark.parametrize("name", [*GESTURES["raise_hand"]["right"], "wave_high"])
def test_under_a_ceiling_raised_hands_stay_in_the_picture(name, person):
    rig = Rig(person)
    joints = rig.landmarks(rig.transforms(Pose(left=HANGING, right=HANGING)))
    crown = person.crown - person.ground
    camera = PinholeCamera(np.array([0, crown - 0.1, 1.0]), np.array([0, crown - 0.25, 0]), 60.0, 640, 480)
    ceiling = ceiling_of(camera, joints)
    gesture = MOVEMENTS[name].gesture
    free, kept = (
        MotionTimeline(np.random.default_rng(5), "hanging", 0.0, ceiling=most) for most in (np.inf, ceiling)
    )
    raised = [timeline.perform(gesture, "right", name) for timeline in (free, kept)]
    poses = [t.pose((d.stroke_end + d.offset) / 2) for t, d in zip((free, kept), raised, strict=True)]
    tips = [camera.project(rig.landmarks(rig.transforms(pose)))[3, 1] for pose in poses]

    assert 0.5 < ceiling < 1.2
    assert tips[1] > max(0.0, tips[0] - 0.01)
    assert tips[0] < 0.0 or name not in ("raise_straight", "wave_high")
    assert poses[1].right.wrist[1] > 0.25
    assert finger_direction(poses[1].right)[1] > 0.7
    assert poses[1].right.wrist[1] + HAND_ARM_LENGTHS * 0.7 < ceiling + 0.3


def test_outside_is_what_a_window_sees_beyond_the_picture():
    camera = PinholeCamera(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 60.0, 640, 480)
    beyond = outside(PinholeCamera(camera.eye, camera.target, 60.0, 640, 480, (-0.5, 0.0, 0.5, 1.0)), 8, 4)

    assert beyond.shape == (4, 8)
    assert np.array_equal(beyond, np.tile([True] * 4 + [False] * 4, (4, 1)))


def test_the_square_is_around_the_shoulders(person, chest):
    camera = PinholeCamera(chest + np.array([0.0, 0.0, 2.0]), chest, 60.0, 640, 480)
    rig = Rig(person)
    joints = rig.landmarks(rig.transforms(Pose(left=HANGING, right=HANGING)))
    x, y, side = person_square(camera, joints)
    left, top, right, bottom = window(camera, x, y, side)
    shoulders = camera.project(joints)[[KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]]

    assert ((shoulders[:, 0] > left) & (shoulders[:, 0] < right)).all()
    assert ((shoulders[:, 1] > top) & (shoulders[:, 1] < bottom)).all()
    assert (right - left) * 640 == pytest.approx((bottom - top) * 480)
