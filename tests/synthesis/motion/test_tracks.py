from itertools import pairwise

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.shipped import HANGING
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.motion.tracks import joint_track
from gesturelrcn.synthesis.pose import HAND_SHAPES

AT = {name: index for index, name in enumerate(KEYPOINTS)}
FPS = 15


@pytest.fixture(scope="module")
def rig(person):
    return Rig(person)


@pytest.fixture(scope="module")
def other_rig(body_data):
    """A quite different body."""
    return Rig(random_person(np.random.default_rng(4)))


def joints_of(rig, motion, times):
    return np.array([rig.landmarks(rig.transforms(motion.pose(time))) for time in times])


def seen_from_the_front(joints):
    """(T, J, 3) world places as a camera far away sees them: shares of a square, all visible."""
    flat = np.stack([0.5 + joints[:, :, 0] / 3, 0.9 - joints[:, :, 1] / 3, np.ones(joints.shape[:2])], axis=2)
    return flat.astype(np.float32)


def performed(rig, gesture, hand, movement, seed=0):
    timeline = MotionTimeline(np.random.default_rng(seed), "hanging", 0.0)
    timeline.pause(0.5)
    done = timeline.perform(gesture, hand, movement, hold=1.0)
    times = np.arange(0, timeline.length, 1 / FPS)
    joints = joints_of(rig, timeline, times)
    return done, times, joints, seen_from_the_front(joints)


def played(track):
    """The track as a film of its own."""
    start = {side: arms[0] for side, arms in track.arms.items()}
    timeline = MotionTimeline(np.random.default_rng(1), start, liveliness=0.3)
    timeline.play(track)
    return timeline


CASES = [
    ("raise_hand", "right", "raise_bent"),
    ("point_right", "right", "point_outwards"),
    ("point_right", "left", "point_across"),
    ("stop", "right", "stop_both"),
    ("wave", "left", "wave"),
    ("shrug", "right", "shrug_wide"),
]


@pytest.mark.parametrize(("gesture", "hand", "movement"), CASES)
def test_the_same_body_is_found_again_in_the_picture(rig, gesture, hand, movement):
    done, times, joints, keypoints = performed(rig, gesture, hand, movement)
    track = joint_track(keypoints, times, gesture)
    motion = played(track)
    begins = motion.performed[0].onset - track.truth.onset
    again = joints_of(rig, motion, begins + times)
    width = np.linalg.norm(joints[0, AT["left_shoulder"]] - joints[0, AT["right_shoulder"]])

    for joint, most in (("wrist", 0.12), ("elbow", 0.20)):
        for side in ("left", "right"):
            ours, theirs = (
                places[:, AT[f"{side}_{joint}"], :2] - places[:, AT[f"{side}_shoulder"], :2]
                for places in (again, joints)
            )
            errors = np.linalg.norm(ours - theirs, axis=1) / width
            assert np.median(errors) < most, (side, joint)
            assert np.percentile(errors, 95) < 3 * most, (side, joint)
    assert track.truth.hand == done.hand
    assert track.truth.onset == pytest.approx(done.onset, abs=0.2)
    assert track.truth.gesture == gesture


def test_another_body_does_the_same_with_its_own_arms(rig, other_rig):
    done, times, joints, keypoints = performed(rig, "point_right", "right", "point_outwards")
    track = joint_track(keypoints, times, "point_right")
    motion = played(track)
    holding = motion.performed[0].stroke_end + 0.5
    (theirs,) = joints_of(other_rig, motion, [holding])
    mine = joints[np.argmin(np.abs(times - done.stroke_end - 0.5))]

    ways = [(places[AT["right_wrist"]] - places[AT["right_shoulder"]])[:2] for places in (mine, theirs)]
    lengths = [np.linalg.norm(way) for way in ways]
    assert ways[0] @ ways[1] / np.prod(lengths) > 0.97
    assert abs(lengths[0] - lengths[1]) > 0.01
    assert theirs[AT["right_index_tip"]][0] < theirs[AT["right_shoulder"]][0] - 0.3


def test_depth_is_guessed_towards_the_camera(rig):
    _, times, joints, keypoints = performed(rig, "stop", "right", "stop")
    track = joint_track(keypoints, times, "stop")
    farthest = max((pose.wrist for pose in track.arms["right"]), key=lambda wrist: wrist[2])

    assert farthest[2] > 0.5
    assert joints[:, AT["right_wrist"], 2].max() > 0.25


def test_the_truth_is_handed_through_and_moves_with_the_timeline(rig):
    _, times, _, keypoints = performed(rig, "wave", "right", "wave")
    track = joint_track(keypoints, times + 7.0, "wave", hand="right", onset=7.6, stroke_end=8.1, offset=9.0)
    timeline = MotionTimeline(np.random.default_rng(0), "hanging", 0.0)
    timeline.pause(2.0)
    played = timeline.play(track)
    timeline.pause(1.0)
    timeline.perform("stop", "left")

    truth = track.truth
    assert (truth.onset, truth.stroke_end, truth.offset) == pytest.approx((0.6, 1.1, 2.0))
    assert (played.gesture, played.hand, played.movement) == ("wave", "right", "track")
    assert played.onset > 2.0 + truth.onset
    assert played.stroke_end - played.onset == pytest.approx(0.5)
    assert timeline.gesture_at((played.onset + played.offset) / 2) == "wave"
    assert timeline.performed[1].onset > played.rested
    assert np.allclose(timeline.pose(played.rested).right.wrist, HANGING.wrist, atol=0.01)


def test_a_track_without_fingers_takes_them_from_the_gesture(rig):
    _, times, _, keypoints = performed(rig, "point_right", "right", "point_outwards")
    for name in KEYPOINTS:
        if name.endswith("tip"):
            keypoints[:, AT[name]] = 0
    pointing = joint_track(keypoints, times, "point_right").arms["right"]
    nothing = joint_track(keypoints, times, "none").arms["right"]
    index, middle = (np.array([pose.fingers[finger] for pose in pointing]) for finger in (0, 1))

    assert index.min() < 0.1
    assert middle.max() > 0.85
    assert np.allclose([pose.fingers for pose in nothing], HAND_SHAPES["relaxed"])


def test_gaps_and_tremble_are_bridged(rig):
    _, times, _, keypoints = performed(rig, "raise_hand", "right", "raise_bent")
    rng = np.random.default_rng(2)
    shaky = keypoints.copy()
    shaky[:, :, :2] += rng.normal(0, 0.004, shaky[:, :, :2].shape)
    shaky[rng.random(shaky.shape[:2]) < 0.2] = 0
    clean, mended = (joint_track(k, times, "raise_hand").arms["right"] for k in (keypoints, shaky))
    apart = [np.linalg.norm((a.wrist - b.wrist)[:2]) for a, b in zip(clean, mended, strict=True)]
    steps = [np.linalg.norm(a.wrist - b.wrist) for a, b in pairwise(mended)]

    assert np.median(apart) < 0.05
    assert max(steps) < 0.5


def test_what_is_no_track_is_one_sentence(rig):
    _, times, _, keypoints = performed(rig, "stop", "right", "stop")
    blind = keypoints.copy()
    blind[:, AT["left_shoulder"], 2] = 0

    for track, clock, said in (
        (keypoints[:, :12], times, r"\(T, 13, 3\) joints and T times, not"),
        (keypoints, times[:-1], r"\(T, 13, 3\) joints and T times, not"),
        (keypoints[:3], times[:3], r"at least 4 frames"),
        (keypoints, times[::-1], r"rising times"),
        (np.full_like(keypoints, np.nan), times, r"finite joints"),
        (blind, times, r"'left_shoulder' is seen in fewer than two frames"),
    ):
        with pytest.raises(SynthesisError, match=said):
            joint_track(track, clock, "stop")
