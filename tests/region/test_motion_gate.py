"""Frames in which nobody moves are passed over; what is recognised stays the same."""

from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.events import Phase
from gesturelrcn.model import load_model
from gesturelrcn.model.files import assets
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.region.motion_gate import LONGEST, SETTLES_IN, MotionGate

FPS = 20.0
STILL = 5.0
"""Seconds for which nothing but noise is seen before each gesture."""


class Counting:
    """An engine that counts its steps."""

    def __init__(self):
        self._engine = load_model()
        self.card, self.steps = self._engine.card, 0

    def initial_state(self):
        return self._engine.initial_state()

    def step(self, *arguments):
        self.steps += 1
        return self._engine.step(*arguments)


class Standing:
    """The person of the sample stands still: a `Follower` without a locator."""

    def __init__(self, region):
        self._region = region

    def follow(self, image, at):
        return self._region

    def take_jump(self):
        return False

    def close(self):
        pass


@pytest.fixture(scope="module")
def film():
    """Five seconds in which only the noise of a sensor moves, then a gesture, and both again; live frames."""
    with open_source(assets() / "sample.mp4") as source:
        pictures = [frame.image for frame in source]
    shown = []
    for begin, end in ((2.0, 6.5), (16.5, 21.0)):
        first = pictures[int(begin * FPS)]
        shown += [first] * int(STILL * FPS) + pictures[int(begin * FPS) : int(end * FPS)]
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1.5, (8, *pictures[0].shape)).round().astype(np.int8)
    return [
        Frame(np.clip(one + noise[number % 8], 0, 255).astype(np.uint8), number / FPS, number, "film")
        for number, one in enumerate(shown)
    ]


def played(film, rests):
    engine = Counting()
    recognizer = Recognizer(
        engine, follower=Standing(Region(320.0, 215.0, 430.0, 1.0, 0.0)), rests=rests, clock=lambda: 0.0
    )
    events = [event for frame in film for event in recognizer.process(frame)]
    return engine.steps, [event for event in events if event.phase is not Phase.HOLD]


def test_gestures_out_of_stillness_are_the_same_and_no_later_than_a_frame(film):
    every, expected = played(film, rests=False)
    some, found = played(film, rests=True)
    assert every == len(film)
    # Of two times five seconds, one passes until it rests, and then there is one step a second.
    assert some < every - 1.4 * (STILL - SETTLES_IN) * FPS
    assert len(expected) >= 4
    assert [(one.gesture, one.phase) for one in found] == [(one.gesture, one.phase) for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert abs(one.captured_at - other.captured_at) <= 1 / FPS + 1e-6
        assert one.confidence == pytest.approx(other.confidence, abs=0.05)


def test_the_same_frames_rest_the_same_way(film):
    assert played(film, rests=True) == played(film, rests=True)


def test_recordings_have_every_frame_looked_at(film):
    engine = Counting()
    recognizer = Recognizer(engine, follower=Standing(Region(320.0, 215.0, 430.0, 1.0, 0.0)))
    for frame in film[: int(STILL * FPS)]:
        recognizer.process(replace(frame, media_time=frame.captured_at))
    assert engine.steps == int(STILL * FPS)


@pytest.fixture
def place():
    return Region(320.0, 240.0, 400.0, 1.0, 0.0)


def skipped(gate, place, picture_at, seconds, quiet=lambda at: True, place_at=None):
    """When frames were passed over."""
    times = np.arange(0.0, seconds, 1 / FPS)
    where = place_at or (lambda at: place)
    return [at for at in times if gate.skips(picture_at(at), where(at), at, quiet(at))]


GREY = np.full((480, 640, 3), 90, np.uint8)


def test_it_rests_after_a_second_and_wakes_every_second(place):
    passed = skipped(MotionGate(), place, lambda at: GREY, 8.0)
    assert min(passed) == pytest.approx(SETTLES_IN, abs=1.5 / FPS)
    stepped = [at for at in np.arange(0.0, 8.0, 1 / FPS) if at not in passed and at > SETTLES_IN]
    gaps = np.diff(stepped)
    assert len(gaps) >= 4
    assert gaps == pytest.approx(LONGEST, abs=1.5 / FPS)


def moved(at, since, contrast):
    """From `since` on a hand of 40 pixels is somewhere else."""
    picture = GREY.copy()
    x = 260 if at < since else 380
    picture[160:200, x : x + 40] += contrast
    return picture


@pytest.mark.parametrize("contrast", [15, 100])
def test_a_hand_that_moves_is_seen_in_its_first_frame(place, contrast):
    passed = skipped(MotionGate(), place, lambda at: moved(at, 2.3, contrast), 4.0)
    assert any(at > 2.0 for at in passed if at < 2.29)
    assert not [at for at in passed if 2.29 < at < 2.3 + SETTLES_IN]


def test_it_does_not_rest_while_a_gesture_is_near_or_the_region_glides(place):
    assert skipped(MotionGate(), place, lambda at: GREY, 3.0, quiet=lambda at: False) == []
    gliding = skipped(
        MotionGate(), place, lambda at: GREY, 3.0, place_at=lambda at: replace(place, x=place.x + 100 * at)
    )
    assert gliding == []


@pytest.mark.parametrize("x", [-500.0, 0.0, 640.0, 1500.0])
def test_a_region_outside_the_picture_is_no_mistake(x):
    assert skipped(MotionGate(), Region(x, 240.0, 30.0, 1.0, 0.0), lambda at: GREY, 2.0)
