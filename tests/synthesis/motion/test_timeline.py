from itertools import pairwise

import numpy as np
import pytest

from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.arm_limits import (
    FARTHEST_REACH,
    MOST_ROLL,
    MOST_WRIST_BEND,
)
from gesturelrcn.synthesis.motion.shipped import GESTURES, HANGING, MOVEMENTS, RESTS, SHIPPED
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import wrist_angles
from gesturelrcn.vocabulary import GESTURES as VOCABULARY
from gesturelrcn.vocabulary import mirrored

FRAME_S = 1 / 15
SIDES = ("left", "right")


def still(seed=0, rest="hanging", **more):
    return MotionTimeline(np.random.default_rng(seed), rest, liveliness=0.0, **more)


def wrist(timeline, hand, time):
    return getattr(timeline.pose(time), hand).wrist


def leading(done):
    return "right" if done.hand == "both" else done.hand


def test_every_gesture_of_the_vocabulary_can_be_performed_with_either_hand():
    assert set(GESTURES) == set(VOCABULARY)
    assert all(set(hands) == set(SIDES) for hands in GESTURES.values())


@pytest.mark.parametrize("gesture", GESTURES)
def test_the_truth_is_in_order_and_the_hand_comes_back(gesture):
    timeline = still()
    timeline.pause(1.0)
    done = timeline.perform(gesture, "right")
    timeline.pause(1.0)

    assert 1.0 < done.onset < done.stroke_end < done.offset < done.rested
    assert done.rested == pytest.approx(timeline.length - 1.0)
    assert (done.hand == "both") == MOVEMENTS[done.movement].both
    assert np.allclose(wrist(timeline, "right", 0.9), HANGING.wrist)
    for hand in SIDES:
        assert np.allclose(wrist(timeline, hand, timeline.length), HANGING.wrist, atol=0.002)
    away = np.linalg.norm(wrist(timeline, "left", done.stroke_end) - HANGING.wrist)
    assert (away > 0.2) == (done.hand == "both")


@pytest.mark.parametrize("name", [name for name in MOVEMENTS if name not in SHIPPED.negatives])
@pytest.mark.parametrize("seed", [1, 2])
def test_onset_and_offset_are_within_one_frame_of_the_motion(name, seed):
    movement = MOVEMENTS[name]
    timeline = still(seed)
    timeline.pause(1.0)
    done = timeline.perform(movement.gesture, "left", name)
    path = max(
        np.linalg.norm(wrist(timeline, "left", t) - HANGING.wrist)
        for t in np.arange(0, timeline.length, 0.02)
    )

    def moved(since, until):
        return np.linalg.norm(wrist(timeline, "left", until) - wrist(timeline, "left", since)) / path

    assert moved(0.0, done.onset) < 0.02 < moved(0.0, done.onset + 1.5 * FRAME_S)
    assert moved(0.0, done.onset - FRAME_S) < 0.005
    assert moved(done.offset, done.offset + 2 * FRAME_S) > 0.005
    # What is there at the end of the stroke is where it stays, unless it goes to and fro.
    if movement.swing is None and movement.repeat == (1, 1):
        assert moved(done.stroke_end, done.offset) < 0.03


@pytest.mark.parametrize("gesture", GESTURES)
def test_gesture_and_its_mirror_are_mirror_pictures(gesture):
    other = mirrored(gesture)

    assert set(GESTURES[gesture]["right"]) == set(GESTURES[other]["left"])
    assert set(GESTURES[gesture]["left"]) == set(GESTURES[other]["right"])


def test_classes_last_from_onset_to_offset():
    timeline = still()
    timeline.pause(1.0)
    done = timeline.perform("stop", "left")

    names = [timeline.gesture_at(t) for t in (0.5, done.onset, done.offset, done.offset + 0.1)]
    assert names == ["none", "stop", "stop", "none"]


def test_a_lively_person_never_stands_still_but_is_the_same_with_the_same_seed():
    first, second, other = (MotionTimeline(np.random.default_rng(seed), "hanging") for seed in (1, 1, 2))
    for timeline in (first, second, other):
        timeline.everyday(60.0)
    now, later = wrist(first, "left", 1.0), wrist(first, "left", 1.5)

    assert np.linalg.norm(later - now) > 0
    assert first.performed == second.performed != other.performed
    for time in (0.3, 20.0, 55.0):
        assert np.array_equal(wrist(first, "left", time), wrist(second, "left", time))
        assert not np.array_equal(wrist(first, "left", time), wrist(other, "left", time))


def test_idle_people_look_around_and_keep_their_hands_down():
    timeline = MotionTimeline(np.random.default_rng(3), "hanging")
    timeline.pause(90.0)
    poses = [timeline.pose(time) for time in np.arange(0, 90, 0.1)]

    assert np.ptp([pose.trunk.head[1] for pose in poses]) > 0.4
    assert np.ptp([pose.trunk.shift[0] for pose in poses]) > 0.015
    assert max(np.abs(pose.left.wrist - HANGING.wrist).max() for pose in poses) < 0.1
    assert timeline.performed == []


def test_a_gesture_is_never_performed_twice_alike():
    timeline = still()
    done = [timeline.perform("thumbs_up", "right", "thumb_up") for _ in range(6)]
    poses = [timeline.pose((d.stroke_end + d.offset) / 2).right for d in done]

    for one, other in pairwise(poses):
        assert np.linalg.norm(one.wrist - other.wrist) > 0.005
        assert np.abs(one.hand - other.hand).max() > 0.01
        assert np.abs(one.fingers - other.fingers).max() > 0.01
    assert np.ptp([d.stroke_end - d.onset for d in done]) > 0.05


@pytest.mark.parametrize("name", MOVEMENTS)
def test_whatever_the_dice_say_stays_within_what_arms_can_do(name):
    movement = MOVEMENTS[name]
    side = movement.sides[-1]
    for seed in range(4):
        timeline = still(seed, movement.starts[0] if movement.starts else "hanging")
        gesture = "none" if name in SHIPPED.negatives else _meaning(name, side)
        done = timeline.perform(gesture, side, name)
        for time in np.linspace(0, min(done.rested, 12.0), 30):
            arm = getattr(timeline.pose(time), side)
            bend, roll = wrist_angles(arm)
            # Swings go a little beyond what is held.
            assert bend < MOST_WRIST_BEND + np.radians(35), f"{time:.2f} s: bent by {np.degrees(bend):.0f}"
            assert abs(roll) < MOST_ROLL + np.radians(15), f"{time:.2f} s: rolled by {np.degrees(roll):.0f}"
            assert 0.12 < np.linalg.norm(arm.wrist) < FARTHEST_REACH + 0.08
            assert (arm.fingers[:4] >= -0.05).all()
            assert (arm.fingers[:4] <= 1.05).all()


def _meaning(name, side):
    return next(gesture for gesture, hands in GESTURES.items() if name in hands[side])


def test_hands_do_not_jump_from_one_frame_to_the_next():
    timeline = MotionTimeline(np.random.default_rng(4), "desk")
    for gesture in GESTURES:
        timeline.perform(gesture)
    timeline.everyday(40.0)
    times = np.arange(0, timeline.length, 0.02)
    poses = [timeline.pose(time) for time in times]
    steps = [np.linalg.norm(a.right.wrist - b.right.wrist) for a, b in pairwise(poses)]
    heads = [np.abs(a.trunk.head - b.trunk.head).max() for a, b in pairwise(poses)]

    # 0.16 arm lengths in 20 ms are 4 m a second.
    assert max(steps) < 0.16
    assert max(heads) < 0.15


@pytest.mark.parametrize("gesture", ["raise_hand", "swipe_left", "stop"])
def test_what_is_abandoned_comes_nowhere_near_the_gesture(gesture):
    for seed in range(8):
        timeline = still(seed)
        done = timeline.abandon(gesture, "right")
        goal = MOVEMENTS[done.movement.split(" ")[0]].keys[0].pose.wrist
        whole = np.linalg.norm(goal - HANGING.wrist)
        nearest = min(
            np.linalg.norm(wrist(timeline, "right", time) - goal) for time in np.arange(0, done.rested, 0.05)
        )

        assert done.gesture == "none"
        assert nearest > 0.25 * whole
        assert np.allclose(wrist(timeline, "right", done.rested), HANGING.wrist, atol=0.002)


def test_everyday_life_is_long_enough_various_and_always_none():
    timeline = MotionTimeline(np.random.default_rng(0), "desk")
    timeline.everyday(600.0)
    names = {done.movement for done in timeline.performed}

    assert timeline.length >= 600
    assert {done.gesture for done in timeline.performed} == {"none"}
    assert len(names & set(SHIPPED.negatives)) > 15
    assert any("abandoned" in name for name in names)
    for done in timeline.performed:
        assert done.onset < done.stroke_end <= done.offset < done.rested
        starts = MOVEMENTS[done.movement.split(" ")[0]].starts
        assert not starts or "desk" in starts


def test_two_hands_do_what_two_hands_do():
    timeline = still()
    clap = timeline.perform("none", movement="clapping", hold=3.0)
    gap = [2 * wrist(timeline, "right", t)[0] for t in np.arange(clap.stroke_end, clap.offset, 0.02)]

    assert clap.hand == "both"
    assert clap.offset - clap.onset == pytest.approx(3.0, abs=1.2)
    assert np.ptp(gap) > 0.15


def test_leaving_and_coming_back_leaves_and_comes_back():
    timeline = still(3)
    done = timeline.perform("none", "left", "leaving_and_coming_back")
    places = [timeline.pose(time).trunk.shift[0] for time in np.arange(0, done.rested, 0.1)]

    assert max(places) > 2.5
    assert abs(timeline.pose(done.rested).trunk.shift[0]) < 1e-6


@pytest.mark.parametrize("rest", RESTS)
def test_a_person_may_rest_anywhere(rest):
    timeline = still(rest=rest)
    done = timeline.perform("wave", "right")

    assert np.allclose(wrist(timeline, "left", done.stroke_end), RESTS[rest].wrist)
    assert np.allclose(wrist(timeline, "right", done.rested), RESTS[rest].wrist, atol=0.002)


def test_errors_name_what_is_wrong():
    with pytest.raises(SynthesisError, match=r"'moonwalk'.*known are .*raise_hand"):
        still().perform("moonwalk")
    with pytest.raises(SynthesisError, match=r"No movement 'moonwalk' is described"):
        still().perform("wave", movement="moonwalk")
    with pytest.raises(SynthesisError, match=r"called 'stop' of the left hand .* 'wave'"):
        still().perform("wave", "left", "stop")
    with pytest.raises(SynthesisError, match=r"No rest 'hammock'.*desk, hanging, lap"):
        still(rest="hammock")
    assert "none" in SHIPPED.gestures
