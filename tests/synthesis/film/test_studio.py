"""Scripts of seconds and minutes, and their films."""

from itertools import pairwise

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.dataset.plan import Take
from gesturelrcn.synthesis.film.crop_view import within
from gesturelrcn.synthesis.film.studio import Studio, clip_script, gesture_names, stream_script
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.rendering.camera import Camera
from gesturelrcn.vocabulary import NONE

SIZE, FPS = 64, 10


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
        script.timeline._liveliness = 0.0
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


@pytest.fixture(scope="module")
def filmed(body_data, renderer):
    """Pictures and truth of a short clip; asking for a renderer skips where there is no EGL."""
    with Studio((7, 0), SIZE) as studio:
        take = Take("", "", "raise_hand", (3,), 0.0)
        stream = studio.film(take.writer(SHIPPED), take.chance(), FPS)
        pictures = list(stream)
        return pictures, stream.truth("a.mp4", "P7-0000")


def test_pictures_and_truth_belong_together(filmed):
    pictures, truth = filmed

    assert {(picture.shape, picture.dtype.name) for picture in pictures} == {((SIZE, SIZE, 3), "uint8")}
    assert (truth.film.frames, truth.film.fps, truth.film.size) == (len(pictures), FPS, SIZE)
    assert truth.times == pytest.approx(np.arange(len(pictures)) / FPS)
    assert truth.keypoints.shape == (len(pictures), len(KEYPOINTS), 3)
    assert truth.film.posture in ("seated", "standing")
    assert 0.5 < truth.film.distance_m < 6.5


def test_the_raised_hand_is_up_and_the_picture_shows_it(filmed):
    pictures, truth = filmed
    (done,) = truth.gestures
    wrist, nose = (KEYPOINTS.index(name) for name in (f"{done.hand}_wrist", "nose"))
    at = round(done.stroke_end * FPS)

    assert truth.keypoints[at, wrist, 1] < truth.keypoints[0, wrist, 1]
    assert truth.keypoints[at, wrist, 2] == 1
    assert truth.keypoints[at, nose, 2] == 1
    # More changes from rest to raised than from frame to frame at rest.
    changed = np.abs(pictures[at].astype(int) - pictures[0]).mean()
    assert changed > 1.5 * np.abs(pictures[1].astype(int) - pictures[0]).mean()


@pytest.mark.parametrize(
    ("square", "fitting"),
    [
        ((320.0, 240.0, 200.0), (320.0, 240.0, 200.0)),
        ((50.0, 20.0, 200.0), (100.0, 100.0, 200.0)),
        ((600.0, 400.0, 560.0), (360.0, 240.0, 560.0)),
        ((320.0, 300.0, 1500.0), (320.0, 240.0, 640.0)),
    ],
)
def test_a_square_moves_into_the_picture(square, fitting):
    camera = Camera(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 60.0, 640, 480)

    assert within(camera, square) == fitting
