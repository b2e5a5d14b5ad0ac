import cv2
import numpy as np
import pytest

from gesturelrcn.model import assets
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region.mediapipe.faces import Face
from gesturelrcn.region.mediapipe.pose import PoseLocator
from gesturelrcn.training.data.people_frames import FACE, HAND, KNOWN, middles, seen_frames, units
from gesturelrcn.training.teacher.cache import cached_path
from gesturelrcn.training.teacher.sightings import (
    SightingTeacher,
    keep_sightings,
    load_sightings,
    look_at_clip,
    look_at_stills,
    other_row,
    person_row,
)
from tests.training.tiny_data import grey_clip


@pytest.fixture(scope="module")
def picture():
    return cv2.imread(str(assets() / "person.jpg"))


@pytest.fixture(scope="module")
def sighting(picture):
    teacher = SightingTeacher()
    assert teacher.look(np.full((240, 320, 3), 90, np.uint8)) is None
    seen = teacher.look(cv2.resize(picture, None, fx=2, fy=2))
    teacher.close()
    return seen


@pytest.mark.mediapipe
def test_a_person_is_where_the_locator_says_and_cut_out(sighting, picture):
    locator = PoseLocator(tracking=False)
    region = locator.locate(picture, 0.0)
    locator.close()
    (row,) = sighting.people
    share = sighting.image.shape[1] / picture.shape[1]
    assert sighting.image.shape[1] <= 320
    assert row[KNOWN] == 1
    assert units(row[None])[0] * 4.2 == pytest.approx(region.side * share, rel=0.1)
    assert middles(row[None])[0, 0] == pytest.approx(region.x * share, abs=0.05 * region.side * share)
    x, y = (middles(row[None])[0] / 2).astype(int)
    assert sighting.silhouette[y, x] > 128
    assert sighting.silhouette[:4, :4].max() < 128


def test_a_raised_wrist_that_is_seen_is_kept_and_no_other():
    marks = np.zeros((33, 3))
    marks[:, 2], marks[:11, 1], marks[11:13, 1], marks[15:17, 1] = 1, 50, 90, 150
    assert np.isnan(person_row(marks)[HAND]).all()
    marks[16] = (70, 20, 0.9)
    assert person_row(marks)[HAND].tolist() == [70, 20]
    marks[16, 2] = 0.1
    assert np.isnan(person_row(marks)[HAND]).all()


def test_of_another_face_nothing_is_said_but_where_it_is():
    row = other_row(Face(100, 50, 20))
    assert (row[FACE].tolist(), row[KNOWN]) == ([100, 50], 0)
    assert middles(row[None].astype(np.float32))[0, 1] > 50


@pytest.mark.mediapipe
def test_sightings_of_different_sizes_come_back_from_one_file(sighting, tmp_path):
    small = type(sighting)(sighting.image[:100], sighting.people, sighting.silhouette[:50])
    keep_sightings(tmp_path / "a.npz", [sighting, small])
    first, second = load_sightings(tmp_path / "a.npz")
    assert (first.image.shape, second.image.shape) == (sighting.image.shape, small.image.shape)
    assert np.abs(first.image.astype(int) - sighting.image).mean() < 4
    assert np.array_equal(first.people, sighting.people, equal_nan=True)
    assert np.array_equal(second.silhouette, small.silhouette)
    frames = seen_frames([tmp_path / "a.npz", tmp_path / "missing.npz"])
    assert (len(frames.images), len(frames.people)) == (2, 2)
    assert seen_frames([tmp_path / "missing.npz"]) is None


@pytest.mark.mediapipe
def test_clips_and_stills_are_looked_at_once(picture, tmp_path):
    grey_clip(tmp_path / "grey.mp4")
    clip = Clip(tmp_path / "grey.mp4", "grey.mp4", "A", "none")
    assert look_at_clip(clip, 2, tmp_path / "kept") == 0
    before = cached_path(tmp_path / "kept", clip).stat().st_mtime_ns
    look_at_clip(clip, 2, tmp_path / "kept")
    assert cached_path(tmp_path / "kept", clip).stat().st_mtime_ns == before
    for number in range(3):
        (tmp_path / "stills").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "stills" / f"{number}.jpg"), picture)
    assert look_at_stills(tmp_path / "stills", 2, tmp_path / "kept" / "stills.npz") == 2
    assert look_at_stills(tmp_path / "stills", 2, tmp_path / "kept" / "stills.npz") == 0
