"""Other rooms behind people: who stays, what goes, and that a training sees it."""

import os

import cv2
import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS, assets
from gesturelrcn.training.data import backgrounds
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.keypoints import PictureBatches, Pictures, Rooms
from gesturelrcn.training.teacher.teacher import KeypointTeacher

NOSE, SHOULDER = KEYPOINTS.index("nose"), KEYPOINTS.index("left_shoulder")


@pytest.fixture(scope="module")
def frame():
    """What the teacher says of the synthetic person whose picture ships with the package."""
    image = cv2.imread(str(assets() / "person.jpg"))
    teacher = KeypointTeacher(tracking=False)
    region = teacher.locate(image)
    told = teacher.frame(image, region)
    teacher.close()
    return told


@pytest.fixture(scope="module")
def silhouettes():
    cutter = backgrounds.Silhouettes()
    yield cutter
    cutter.close()


def at(picture, joint):
    """The pixel under a joint."""
    x, y = (joint[:2] * len(picture)).astype(int)
    return picture[y, x]


def test_the_person_stays_and_the_room_goes(frame, silhouettes):
    mask = silhouettes.of(frame.picture, frame.keypoints)
    green = np.tile(np.array([0, 200, 0], np.uint8), (64, 64, 1))
    out = backgrounds.other_room(frame.picture, mask, green, np.random.default_rng(0))

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
    scale = len(picture) / backgrounds.SIDE

    assert mask[:, : int(20 / scale)].min() == 255
    assert mask[-int(12 / scale) :].min() == 255
    assert mask.min() == 0


def test_a_person_of_whom_a_joint_is_missed_keeps_the_room(frame, silhouettes):
    elsewhere = frame.keypoints.copy()
    elsewhere[NOSE] = (0.02, 0.5, 1)
    assert silhouettes.of(frame.picture, elsewhere).min() == 255
    assert silhouettes.of(frame.picture, elsewhere * [1, 1, 0]).min() == 255  # nothing is known of anybody


def test_a_part_of_the_background_is_seen_each_time_another():
    picture = np.zeros((40, 40, 3), np.uint8)
    ramp = np.tile(np.arange(80, dtype=np.uint8)[:, None, None] * 3, (1, 80, 3))
    rng = np.random.default_rng(0)
    empty = np.zeros((20, 20), np.uint8)
    spans = [np.ptp(backgrounds.other_room(picture, empty, ramp, rng)) for _ in range(20)]
    assert min(spans) >= 0.45 * np.ptp(ramp)
    assert len(set(spans)) > 5


def test_silhouettes_are_kept_beside_the_answers_of_the_teacher(frame, tmp_path):
    taught = tmp_path / "clip.npz"
    assert not backgrounds.cut_out(taught)  # the teacher found nobody there
    pictures, keypoints = np.stack([frame.picture] * 3), np.stack([frame.keypoints] * 3)
    np.savez(taught, pictures=pictures, keypoints=keypoints)

    assert backgrounds.load_silhouettes([taught]) is None
    assert backgrounds.cut_out(taught)
    assert not backgrounds.cut_out(taught)
    later = backgrounds.silhouettes_path(taught).stat().st_mtime + 1
    os.utime(taught, (later, later))  # the teacher was asked anew
    assert backgrounds.cut_out(taught)
    os.utime(taught, (0, 0))
    kept = backgrounds.load_silhouettes([taught, taught], every=2)
    assert (kept.shape, kept.dtype) == ((4, backgrounds.SIDE, backgrounds.SIDE), np.uint8)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["clip.npz"]  # no set takes them for answers


def test_backgrounds_are_the_middle_of_any_pictures_that_decode(tmp_path):
    (tmp_path / "deep").mkdir()
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = 255
    cv2.imwrite(str(tmp_path / "deep" / "wide.png"), wide)
    (tmp_path / "damaged.jpg").write_bytes(b"no picture")
    read = backgrounds.read_backgrounds(tmp_path)
    assert len(read) == 1
    assert read.min() == 255
    (tmp_path / "deep" / "wide.png").unlink()
    with pytest.raises(TrainingError, match="no picture here can be read"):
        backgrounds.read_backgrounds(tmp_path)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.0), (0.5, 0.3, 0.7), (1.0, 1.0, 1.0)])
def test_as_many_pictures_as_asked_for_get_another_room(share, least, most):
    joints = np.full((4, len(KEYPOINTS), 3), 0.5, np.float32)
    black = np.zeros((4, 40, 40, 3), np.uint8)
    people = Pictures(black, joints, 1.0, False, 1.0, np.zeros((4, 20, 20), np.uint8))
    drawn = Pictures(black, joints, 1.0, True, 1.0)
    rooms = Rooms(np.full((2, 40, 40, 3), 255, np.uint8), share)
    batches = PictureBatches([people, drawn], 400, 32, (0, 0), rooms=rooms)
    images, _, exact = batches.next()
    light = (images.float().mean((1, 2, 3)) > 60).numpy()
    assert not light[exact.numpy()].any()  # nobody knows where people end who were drawn
    assert least <= light[~exact.numpy()].mean() <= most
