import numpy as np
import pytest

from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.gestures import GESTURES, HANGING, MOVEMENTS
from gesturelrcn.synthesis.motion import Timeline, minimum_jerk
from gesturelrcn.vocabulary import GESTURES as VOCABULARY
from gesturelrcn.vocabulary import mirrored

FRAME_S = 1 / 15


def still(seed=0):
    return Timeline(np.random.default_rng(seed), {"left": HANGING, "right": HANGING}, liveliness=0.0)


def wrist(timeline, hand, time):
    return getattr(timeline.pose(time), hand).wrist


def test_minimum_jerk_starts_and_ends_at_rest():
    assert [minimum_jerk(share) for share in (-1, 0, 0.5, 1, 2)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert minimum_jerk(0.01) < 1e-4


@pytest.mark.parametrize("gesture", GESTURES)
def test_the_truth_is_in_order_and_the_hand_comes_back(gesture):
    timeline = still()
    timeline.pause(1.0)
    done = timeline.perform(gesture, "right")
    timeline.pause(1.0)

    assert 1.0 < done.onset < done.stroke_end < done.offset < done.rested
    assert done.rested == pytest.approx(timeline.length - 1.0)
    assert np.allclose(wrist(timeline, "right", 0.9), HANGING.wrist)
    assert np.allclose(wrist(timeline, "right", timeline.length), HANGING.wrist, atol=0.002)
    assert np.allclose(wrist(timeline, "left", done.stroke_end), HANGING.wrist)


@pytest.mark.parametrize("gesture", GESTURES)
def test_onset_and_offset_are_within_one_frame_of_the_motion(gesture):
    timeline = still(1)
    timeline.pause(1.0)
    done = timeline.perform(gesture, "right")
    path = max(
        np.linalg.norm(wrist(timeline, "right", t) - HANGING.wrist)
        for t in np.arange(0, timeline.length, 0.02)
    )

    def moved(since, until):
        return np.linalg.norm(wrist(timeline, "right", until) - wrist(timeline, "right", since)) / path

    assert moved(0.0, done.onset) < 0.02 < moved(0.0, done.onset + FRAME_S)
    assert moved(done.offset, done.offset + 2 * FRAME_S) > 0.005


@pytest.mark.parametrize("gesture", GESTURES)
def test_gesture_and_its_mirror_are_mirror_pictures(gesture):
    other = mirrored(gesture)

    assert gesture in VOCABULARY
    assert GESTURES[gesture]["right"] == GESTURES[other]["left"]
    assert GESTURES[gesture]["left"] == GESTURES[other]["right"]


def test_right_is_the_person_s_own_right():
    """Arm coordinates point outwards: to the right for the right hand, to the left for the left one."""
    outwards = MOVEMENTS[GESTURES["point_right"]["right"][0]].keys[-1].pose.wrist
    across = MOVEMENTS[GESTURES["point_right"]["left"][0]].keys[-1].pose.wrist
    swipe = MOVEMENTS[GESTURES["swipe_right"]["right"][0]].keys

    assert outwards[0] > 0.5
    assert across[0] < -0.3
    assert swipe[-1].pose.wrist[0] - swipe[0].pose.wrist[0] > 0.6


def test_classes_last_from_onset_to_offset():
    timeline = still()
    timeline.pause(1.0)
    done = timeline.perform("stop", "left")

    names = [timeline.gesture_at(t) for t in (0.5, done.onset, done.offset, done.offset + 0.1)]
    assert names == ["none", "stop", "stop", "none"]


def test_a_lively_person_never_stands_still_but_is_the_same_with_the_same_seed():
    first, second, other = (
        Timeline(np.random.default_rng(seed), {"left": HANGING, "right": HANGING}) for seed in (1, 1, 2)
    )
    now, later = wrist(first, "left", 1.0), wrist(first, "left", 1.5)

    assert 0 < np.linalg.norm(later - now) < 0.05
    assert np.array_equal(now, wrist(second, "left", 1.0))
    assert not np.array_equal(now, wrist(other, "left", 1.0))


def test_an_unknown_gesture_is_named():
    with pytest.raises(SynthesisError, match=r"'moonwalk'.*known are .*raise_hand"):
        still().perform("moonwalk")
