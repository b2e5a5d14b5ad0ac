"""Scripts of seconds and minutes."""

from itertools import pairwise

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.film.script import clip_script, stream_script
from gesturelrcn.synthesis.motion.restlessness import Restlessness
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.vocabulary import gesture_names
from gesturelrcn.vocabulary import NONE


@pytest.fixture(scope="module")
def minutes():
    return stream_script(np.random.default_rng(1), SHIPPED, 120.0)


def test_a_stream_has_several_gestures_with_pauses_between(minutes):
    gestures = minutes.gestures()

    assert minutes.timeline.length == pytest.approx(120.0, abs=3.0)
    assert 10 <= len(gestures) <= 60
    assert len({done.gesture for done in gestures}) > 4
    assert {done.hand for done in gestures} >= {"left", "right"}
    for done in gestures:
        assert done.onset < done.stroke_end <= done.offset < done.rested <= minutes.timeline.length
    for one, other in pairwise(gestures):
        assert other.onset - one.rested > 0.3


def test_every_moment_is_told(minutes):
    spans = [(done.onset, done.offset) for done in minutes.gestures()]
    spans += [(stretch.start, stretch.end) for stretch in minutes.stretches()]
    spans.sort()

    assert spans[0][0] == 0.0
    assert spans[-1][1] == pytest.approx(minutes.timeline.length)
    for (_, end), (start, _) in pairwise(spans):
        assert start == pytest.approx(end)


@pytest.mark.parametrize("gesture", gesture_names(SHIPPED))
def test_a_clip_begins_idle_and_includes_the_way_back(gesture):
    script = clip_script(np.random.default_rng(2), SHIPPED, gesture)
    (done,) = script.gestures()

    assert done.gesture == gesture
    assert done.onset > 0.4
    assert script.timeline.length > done.rested + 0.25
    assert [stretch.activity for stretch in script.stretches()] == ["idle", "return_stroke", "idle"]


def test_a_clip_of_none_has_no_gesture():
    script = clip_script(np.random.default_rng(2), SHIPPED, NONE)

    assert script.gestures() == []
    assert script.timeline.length > 2


def test_onset_and_offset_are_within_a_frame_of_the_motion(person):
    """Until the onset the wrist is as good as still, a frame later it is on its way; the same at the end."""
    rig, frame = Rig(person), 1 / 15
    for seed, gesture in enumerate(gesture_names(SHIPPED)):
        script = clip_script(np.random.default_rng(seed), SHIPPED, gesture)
        script.timeline._restlessness = Restlessness(np.random.default_rng(0), 0.0)
        (done,) = script.gestures()
        joint = KEYPOINTS.index(f"{'right' if done.hand == 'both' else done.hand}_wrist")

        def wrist(time, joint=joint, timeline=script.timeline):
            return rig.landmarks(rig.transforms(timeline.pose(time)))[joint]

        way = np.linalg.norm(wrist(done.stroke_end) - wrist(0.0))
        assert np.linalg.norm(wrist(done.onset) - wrist(0.0)) < 0.02 * way + 0.002, gesture
        assert np.linalg.norm(wrist(done.onset + 2 * frame) - wrist(0.0)) > 0.02 * way, gesture
        back = np.linalg.norm(wrist(done.rested) - wrist(done.offset))
        assert np.linalg.norm(wrist(done.offset + 3 * frame) - wrist(done.offset)) > 0.01 * back, gesture
        assert np.linalg.norm(wrist(done.rested) - wrist(script.timeline.length)) < 0.02 * back + 0.002, (
            gesture
        )
