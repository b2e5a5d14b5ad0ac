"""Of a quick camera every other frame is passed over while nothing moves fast; gestures stay the same."""

from contextlib import closing

import numpy as np
import pytest

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.events import Phase
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.files import assets
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.region.look_rate import FAST, HARDLY, LookRate
from tests.region.test_motion_gate import Counting, Standing

LEFT, RIGHT = KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")


def looks(rate, fps, joints_at, seconds=2.0):
    """Times at which frames were looked at."""
    seen = []
    for at in np.arange(round(seconds * fps)) / fps:
        if not rate.passes(at):
            rate.looked(at, joints_at(at))
            seen.append(at)
    return np.array(seen)


def resting(at):
    return np.full((len(KEYPOINTS), 3), 0.5, np.float32)


def moving(speed, wrist=RIGHT, visible=1.0):
    """Joints of which a wrist goes to and fro at `speed`, sides of the region in a second."""

    def joints(at):
        one = resting(at)
        one[wrist] = (0.5 + 0.2 * abs((at * speed / 0.2) % 2 - 1), 0.5, visible)
        return one

    return joints


@pytest.mark.parametrize(("fps", "expected"), [(8, 8), (15, 15), (20, 20), (30, 15), (60, 15)])
def test_quick_cameras_are_looked_at_fifteen_times_a_second_and_no_slower_one_less(fps, expected):
    assert len(looks(LookRate(), fps, moving((HARDLY + FAST) / 2))) == pytest.approx(2 * expected, abs=2)


@pytest.mark.parametrize("wrist", [LEFT, RIGHT])
def test_every_frame_is_looked_at_while_a_hand_moves_fast(wrist):
    # The first look knows no speed yet, and where the hand turns round it is slow for a moment.
    assert len(looks(LookRate(), 30, moving(2 * FAST, wrist))) > 50
    assert len(looks(LookRate(), 30, moving(0.7 * FAST, wrist))) == pytest.approx(30, abs=2)
    assert len(looks(LookRate(), 30, moving(2 * FAST, wrist, visible=0.1))) < 30, "a hand that is not seen"


@pytest.mark.parametrize(("fps", "expected"), [(8, 8), (15, 15), (20, 10), (25, 12.5), (30, 10), (60, 10)])
def test_where_nobody_is_or_hardly_moves_ten_looks_a_second_are_enough(fps, expected):
    for joints_at in (lambda at: None, resting, moving(HARDLY / 2)):
        assert len(looks(LookRate(), fps, joints_at)) == pytest.approx(2 * expected, abs=2)


def test_the_end_of_a_gesture_is_looked_for_more_often():
    counts = []
    for active in (False, True):
        rate, seen = LookRate(), 0
        for at in np.arange(60) / 30:
            if not rate.passes(at, active=active):
                rate.looked(at, resting(at))
                seen += 1
        counts.append(seen)
    assert counts == [pytest.approx(20, abs=2), pytest.approx(30, abs=2)]


def test_where_time_goes_back_or_frames_were_lost_the_frame_is_looked_at():
    def after(*more):
        rate = LookRate()
        for at in (5.0, 5.033, *more[:-1]):
            if not rate.passes(at):
                rate.looked(at, None)
        return rate.passes(more[-1])

    assert after(5.066)
    assert not after(4.9)
    assert not after(5.2)


@pytest.fixture(scope="module")
def film():
    """The sample clip as a camera of 30 frames a second delivers it: in it people are half as quick again."""
    with open_source(assets() / "sample.mp4") as source:
        return [Frame(frame.image, number / 30, number, "film") for number, frame in enumerate(source)]


def played(film, rests):
    """Steps of the model, events, and whether each observation speaks for a gesture."""
    engine = Counting()
    follower = Standing(Region(320.0, 215.0, 430.0, 1.0, 0.0))
    with closing(Recognizer(engine, follower=follower, rests=rests, clock=lambda: 0.0)) as recognizer:
        observations = [recognizer.process(frame) for frame in film]
    return engine.steps, [event for observation in observations for event in observation], observations


def test_the_same_gestures_are_found_with_fewer_looks(film):
    every, expected, _ = played(film, rests=False)
    some, found, observations = played(film, rests=True)
    assert every == len(film)
    assert some < 0.8 * every
    starts = [event for event in expected if event.phase is Phase.START]
    assert len(starts) >= 4
    assert [event.gesture for event in found if event.phase is Phase.START] == [e.gesture for e in starts]
    earlier = 0.0
    for one, other in zip([e for e in found if e.phase is Phase.START], starts, strict=True):
        # Scores that rise slowly are a little surer after fewer looks; nothing may come later.
        assert -2 / 30 - 1e-6 <= other.captured_at - one.captured_at <= 0.2
        earlier += other.captured_at - one.captured_at
    held = [event.captured_at for event in found if event.phase is Phase.HOLD]
    expected_held = len([e for e in expected if e.phase is Phase.HOLD]) + 10 * earlier  # ten a second
    assert len(held) == pytest.approx(expected_held, rel=0.1)
    assert [observation.evidence.captured_at for observation in observations if observation.evident] == [
        frame.captured_at
        for frame, observation in zip(film, observations, strict=True)
        if observation.evident
    ]


def test_a_frame_that_says_that_something_is_missing_is_looked_at(film):
    engine = Counting()
    follower = Standing(Region(320.0, 215.0, 430.0, 1.0, 0.0))
    with closing(Recognizer(engine, follower=follower, rests=True, clock=lambda: 0.0)) as recognizer:
        recognizer.process(film[0])
        recognizer.process(film[1])
        assert engine.steps == 1
        recognizer.process(Frame(film[2].image, film[1].captured_at + 0.001, 2, "film", discontinuous=True))
        assert engine.steps == 2
