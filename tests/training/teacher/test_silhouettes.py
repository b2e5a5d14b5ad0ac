"""Silhouettes of people: who stays, what goes, and where they are kept."""

import os

import cv2
import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS, assets
from gesturelrcn.training.data.backgrounds import replace_background
from gesturelrcn.training.teacher.silhouettes import (
    SIDE,
    Silhouettes,
    load_silhouettes,
    segment_file,
    silhouettes_path,
)
from gesturelrcn.training.teacher.teacher import KeypointTeacher

pytestmark = pytest.mark.mediapipe

NOSE, SHOULDER = KEYPOINTS.index("nose"), KEYPOINTS.index("left_shoulder")


@pytest.fixture(scope="module")
def frame():
    """What the teacher says of the synthetic person whose picture ships with the package."""
    image = cv2.imread(str(assets() / "person.jpg"))
    teacher = KeypointTeacher(tracking=False)
    region = teacher.locate(image)
    labelled = teacher.frame(image, region)
    teacher.close()
    return labelled


@pytest.fixture(scope="module")
def silhouettes():
    cutter = Silhouettes()
    yield cutter
    cutter.close()


def at(picture, joint):
    """The pixel under a joint."""
    x, y = (joint[:2] * len(picture)).astype(int)
    return picture[y, x]


def test_the_person_stays_and_the_room_goes(frame, silhouettes):
    mask = silhouettes.of(frame.picture, frame.keypoints)
    green = np.tile(np.array([0, 200, 0], np.uint8), (64, 64, 1))
    out = replace_background(frame.picture, mask, green, np.random.default_rng(0))

    known = frame.keypoints[frame.keypoints[:, 2] > 0]
    assert len(known) > 5
    for joint in (frame.keypoints[NOSE], frame.keypoints[SHOULDER]):
        assert np.abs(at(out, joint).astype(int) - at(frame.picture, joint)).max() < 20
    replaced = (out == [0, 200, 0]).all(2)
    assert 0.3 < replaced.mean() < 0.9


def test_what_lies_beyond_the_camera_stays_black(frame, silhouettes):
    picture = frame.picture.copy()
    picture[:, :20] = picture[-12:] = 0
    mask = silhouettes.of(picture, frame.keypoints)
    scale = len(picture) / SIDE

    assert mask[:, : int(20 / scale)].min() == 255
    assert mask[-int(12 / scale) :].min() == 255
    assert mask.min() == 0


def test_a_person_of_whom_a_joint_is_missed_keeps_the_room(frame, silhouettes):
    elsewhere = frame.keypoints.copy()
    elsewhere[NOSE] = (0.02, 0.5, 1)
    assert silhouettes.of(frame.picture, elsewhere).min() == 255
    assert silhouettes.of(frame.picture, elsewhere * [1, 1, 0]).min() == 255  # nothing is known of anybody


def test_silhouettes_are_kept_beside_the_answers_of_the_teacher(frame, tmp_path):
    labelled = tmp_path / "clip.npz"
    assert not segment_file(labelled)  # the teacher found nobody there
    pictures, keypoints = np.stack([frame.picture] * 3), np.stack([frame.keypoints] * 3)
    np.savez(labelled, pictures=pictures, keypoints=keypoints)

    assert load_silhouettes([labelled]) is None
    assert segment_file(labelled)
    assert not segment_file(labelled)
    later = silhouettes_path(labelled).stat().st_mtime + 1
    os.utime(labelled, (later, later))  # the teacher was asked anew
    assert segment_file(labelled)
    os.utime(labelled, (0, 0))
    kept = load_silhouettes([labelled, labelled], every=2)
    assert (kept.shape, kept.dtype) == ((4, SIDE, SIDE), np.uint8)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["clip.npz"]  # no set takes them for answers
