"""Several people: one is chosen and followed. The pictures show synthetic people, two beside each other."""

import json
import math

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.region.mediapipe import MediaPipeLocator
from gesturelrcn.region.mediapipe.faces import Face
from gesturelrcn.region.mediapipe.people import _share_of

pytestmark = pytest.mark.mediapipe

LEFT, RIGHT = 160, 480
"""Where in the picture of two the people are, in pixels."""
NEAR = 90
"""Pixels within which it is this person and not the other."""


@pytest.fixture(scope="module")
def sample():
    """One person with the hands down, and the same one raising a hand: (480, 320, 3) each."""
    path = assets() / "sample.mp4"
    truth = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    raised = next(t for t in truth if t.get("gesture") == "raise_hand")
    moment = (raised["stroke_end_s"] + raised["offset_s"]) / 2
    with open_source(path) as source:
        frames = {}
        for frame in source:
            frames.setdefault("idle", frame.image[:, 160:480])
            if frame.captured_at >= moment:
                frames["raised"] = frame.image[:, 160:480]
                break
    return frames


def side_by_side(left, right):
    return np.ascontiguousarray(np.concatenate([left, right], axis=1))


@pytest.fixture(scope="module")
def shared():
    locator = MediaPipeLocator(look_around=0.5)
    yield locator
    locator.close()


@pytest.fixture
def locate(shared):
    """Locates at so many seconds after everybody before was forgotten."""
    begin = shared._looked_at + 100 if math.isfinite(shared._looked_at) else 0.0
    return lambda image, at: shared.locate(image, begin + at)


def test_who_raises_a_hand_is_chosen_and_stays_chosen(sample, locate):
    two = side_by_side(sample["idle"], sample["raised"])
    assert locate(two, 0.0).x == pytest.approx(RIGHT, abs=NEAR)
    other = side_by_side(sample["raised"], sample["idle"])
    for number in range(1, 5):
        assert locate(other, 0.4 * number).x == pytest.approx(RIGHT, abs=NEAR)


def test_when_the_chosen_one_leaves_the_other_is_followed_after_two_seconds(sample, locate):
    two = side_by_side(sample["raised"], sample["idle"])
    left = side_by_side(np.zeros_like(sample["idle"]), sample["idle"])
    assert locate(two, 0.0).x == pytest.approx(LEFT, abs=NEAR)
    assert [locate(left, at) for at in (0.6, 1.2, 1.8)] == [None] * 3
    assert locate(left, 2.4).x == pytest.approx(RIGHT, abs=NEAR)
    for at in (2.8, 3.2, 3.6):
        found = locate(two, at)
    assert found.x == pytest.approx(RIGHT, abs=NEAR), "who comes back does not take over"


def test_a_click_chooses(sample, locate, shared):
    two = side_by_side(sample["raised"], sample["idle"])
    assert locate(two, 0.0).x == pytest.approx(LEFT, abs=NEAR)
    shared.choose(RIGHT + 20, 200)
    for number in range(1, 4):
        assert locate(two, 0.4 * number).x == pytest.approx(RIGHT, abs=NEAR)


@pytest.mark.parametrize("nearer", ["left", "right"])
def test_the_nearest_is_chosen_where_nobody_raises_a_hand(sample, locate, nearer):
    near = cv2.resize(sample["idle"], None, fx=1.4, fy=1.4)[:480, 64:384]
    people = (near, sample["idle"]) if nearer == "left" else (sample["idle"], near)
    found = locate(side_by_side(*people), 0.0)
    assert found.x == pytest.approx(LEFT if nearer == "left" else RIGHT, abs=NEAR)


def test_the_nearest_is_chosen_whoever_raises_a_hand_if_so_wanted(sample, locate, shared, monkeypatch):
    monkeypatch.setattr(shared, "_choice", "nearest")
    near = cv2.resize(sample["idle"], None, fx=1.4, fy=1.4)[:480, 64:384]
    assert locate(side_by_side(near, sample["raised"]), 0.0).x == pytest.approx(LEFT, abs=NEAR)


def test_nobody_is_nobody(locate, sample):
    assert locate(np.zeros_like(sample["idle"]), 0.0) is None


def columns(share):
    lit = np.flatnonzero(share[0, :, 0])
    return int(lit[0]), int(lit[-1])


def test_the_picture_is_shared_out_by_the_width_of_faces():
    image = np.full((4, 400, 3), 200, np.uint8)
    left, right = Face(100, 2, 30), Face(300, 2, 10)
    assert columns(_share_of(image, left, [left, right])) == (0, 249)
    assert columns(_share_of(image, right, [left, right])) == (250, 399)


def test_a_face_on_the_own_shirt_takes_nothing_away():
    image = np.full((4, 400, 3), 200, np.uint8)
    own, printed = Face(200, 1, 40), Face(210, 3, 30)
    assert columns(_share_of(image, own, [own, printed])) == (0, 399)
