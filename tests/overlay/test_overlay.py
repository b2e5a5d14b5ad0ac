"""What the overlay knows after which frames."""

import time

import numpy as np
import pytest

from gesturelrcn import Phase
from gesturelrcn.actions import ActionState, Decision, Fact
from gesturelrcn.capture import Frame
from gesturelrcn.decoding import Evidence
from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.observation import Observation
from gesturelrcn.overlay import Overlay, draw_overlay
from gesturelrcn.region import Region

CLASSES = ("none", "point_right", "wave")
LIMITS = {"point_right": Thresholds(0.62, 0.3, 0.1, 0.2), "wave": Thresholds(0.5, 0.3, 0.1, 0.2)}
CARD = ModelCard("two", "Sees two things.", CLASSES, 64, 4, KEYPOINTS, 8, 60, LIMITS)
REGION = Region(320, 240, 200, 1.0, 0.0)


def frame(at, media=True):
    image = np.full((480, 640, 3), 128, np.uint8)
    return Frame(image, at, 0, "test", at if media else None)


def observed(point=0.1, wave=0.1, active=None, hand=None):
    joints = np.full((len(KEYPOINTS), 3), 0.5, np.float32)
    scores = np.array([1 - point - wave, point, wave])
    evidence = Evidence(scores, 0.0, 0.0, hand)
    return Observation((), REGION, keypoints=joints, evidence=evidence, scores=scores, active=active)


def decision(at, inhibitor=""):
    return Decision(at, "point_right", Phase.START, 1, "key Right", "next slide", None, inhibitor)


def played(overlay, *steps, rate=20.0, begin=0.0):
    """What is known after observations that last so many seconds each."""
    known, number = None, 0
    for seconds, shown in steps:
        for _ in range(round(seconds * rate)):
            known = overlay.see(frame(begin + number / rate), shown)
            number += 1
    return known


def test_the_strongest_gesture_is_the_one_nearest_to_its_threshold():
    known = Overlay(CARD).see(frame(0.0), observed(point=0.30, wave=0.28))
    assert (known.gesture, known.score, known.start, known.active) == ("wave", 0.28, 0.5, False)
    known = Overlay(CARD).see(frame(0.0), observed(point=0.30, wave=0.1))
    assert (known.gesture, known.start) == ("point_right", 0.62)


def test_where_there_is_hardly_a_sign_of_a_gesture_none_is_named():
    known = Overlay(CARD).see(frame(0.0), observed(point=0.02, wave=0.03))
    assert (known.gesture, known.region) == (None, REGION)
    assert Overlay(CARD).see(frame(0.0), observed(point=0.02, wave=0.03, active="wave")).gesture == "wave"


def test_a_gesture_that_goes_on_stays_whatever_is_stronger():
    known = Overlay(CARD).see(frame(0.0), observed(point=0.4, wave=0.6, active="point_right"))
    assert (known.gesture, known.score, known.active) == ("point_right", 0.4, True)


def test_joints_and_regions_are_in_pixels_of_the_frame():
    joints = np.zeros((len(KEYPOINTS), 3), np.float32)
    joints[KEYPOINTS.index("right_wrist")] = 0.25, 0.5, 0.9
    joints[KEYPOINTS.index("left_index_tip")] = 1.0, 0.0, 0.8
    look = Region(100, 120, 40, 1.0, 0.0)
    known = Overlay(CARD).see(frame(0.0), Observation((), REGION, look, joints, scores=np.ones(3) / 3))
    assert known.joints[1] == pytest.approx((270, 240, 0.9))
    assert known.joints[2] == pytest.approx((420, 140, 0.8))
    assert (known.region, known.look) == (REGION, look)


@pytest.mark.parametrize("hand", ["left", "both", None])
def test_the_hand_is_the_one_that_the_recogniser_says(hand):
    assert Overlay(CARD).see(frame(0.0), observed(hand=hand)).hand == hand


def test_nobody():
    known = Overlay(CARD).see(frame(0.0), Observation())
    assert (known.region, known.gesture, known.joints, known.hand) == (None, None, None, None)


def test_a_near_miss_is_shown_for_three_seconds():
    overlay = Overlay(CARD)
    assert played(overlay, (0.5, observed()), (0.4, observed(point=0.58))).near_miss is None
    known = played(overlay, (0.1, observed()), begin=0.9)
    assert known.near_miss.text == "point_right 0.58 of 0.62"
    assert known.near_miss.age == pytest.approx(0.05, abs=0.01)
    assert not known.near_miss.good
    assert played(overlay, (2.8, observed()), begin=1.0).near_miss.text == "point_right 0.58 of 0.62"
    assert played(overlay, (0.4, observed()), begin=3.8).near_miss is None


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ((0.05, observed(point=0.9)), "point_right for 0.00 of 0.10 s"),
        ((0.3, observed(wave=0.55, point=0.2)), "wave, too soon after the one before"),
    ],
)
def test_what_a_gesture_lacked(step, told):
    assert played(Overlay(CARD), (0.5, observed()), step, (0.1, observed())).near_miss.text == told


def test_a_gesture_that_was_recognised_is_no_near_miss_nor_is_its_shadow():
    overlay = Overlay(CARD)
    known = played(
        overlay,
        *(
            (0.5, observed()),
            (0.2, observed(point=0.7)),
            (0.3, observed(point=0.7, wave=0.28, active="point_right")),
        ),
        *((0.2, observed(wave=0.31, active="point_right")), (0.1, observed(wave=0.4)), (0.3, observed())),
    )
    assert known.near_miss is None
    known = played(overlay, (0.3, observed(point=0.5)), (0.1, observed()), begin=1.6)
    assert known.near_miss.text == "point_right 0.50 of 0.62", "once more, and now it is one"


def test_what_was_done_last():
    overlay = Overlay(CARD, lambda: ActionState(None, ""))
    assert overlay.see(frame(0.0), observed()).action is None
    overlay.heard(decision(0.0))
    overlay.heard(Fact(0.0, "typed"))
    known = overlay.see(frame(0.5), observed())
    assert (known.action.text, known.action.age, known.action.good) == ("next slide", 0.5, True)
    overlay.heard(decision(1.0, "paused"))
    known = overlay.see(frame(1.5), observed())
    assert (known.action.text, known.action.good) == ("no next slide: paused", False)
    assert overlay.see(frame(10.9), observed()).action is not None
    assert overlay.see(frame(11.1), observed()).action is None


def test_the_state_is_asked_for_with_each_frame():
    states = [ActionState(None, ""), ActionState(None, "paused"), None]
    overlay = Overlay(CARD, lambda: states[0])
    for number in range(3):
        assert overlay.see(frame(number / 20), observed()).state is states[0]
        states.append(states.pop(0))


@pytest.mark.parametrize("rate", [10.0, 29.97, 60.0])
def test_the_frame_rate_whatever_it_is(rate):
    assert played(Overlay(CARD), (3.0, observed()), rate=rate).fps == pytest.approx(rate)
    assert played(Overlay(CARD), (1 / rate, observed()), rate=rate).fps is None


def test_the_rate_begins_anew_after_a_silence_and_where_time_goes_back():
    for begin in (60.0, -30.0):
        overlay = Overlay(CARD)
        played(overlay, (2.0, observed()), rate=30.0)
        assert played(overlay, (2.0, observed()), rate=10.0, begin=begin).fps == pytest.approx(10.0)


def test_recordings_have_no_latency_unless_it_is_given():
    assert Overlay(CARD).see(frame(0.0), observed()).latency is None
    assert Overlay(CARD).see(frame(0.0), observed(), latency=0.02).latency == 0.02


def test_the_latency_of_a_camera_is_the_time_since_the_capture():
    known = Overlay(CARD).see(frame(time.monotonic() - 2.0, media=False), observed())
    assert 2.0 <= known.latency < 60.0


def test_drawing_is_seeing_and_drawing():
    one, other = Overlay(CARD), Overlay(CARD)
    for number in range(3):
        drawn = one.draw(frame(number / 20), observed(point=0.4), latency=0.01, mirrored=True)
        known = other.see(frame(number / 20), observed(point=0.4), latency=0.01)
        assert np.array_equal(drawn, draw_overlay(frame(0.0).image, known, mirrored=True))
