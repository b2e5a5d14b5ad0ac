import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.model import assets
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region
from gesturelrcn.training.teacher import teacher
from gesturelrcn.training.teacher.__main__ import main
from tests.recordings.uneven import TIMES, write_uneven


@pytest.mark.mediapipe
def test_stills_are_labelled_alike_by_one_process_and_by_two(tmp_path, monkeypatch):
    monkeypatch.setattr(teacher, "_STILLS_AT_ONCE", 2)
    for name in ("a/1.jpg", "a/2.jpg", "b/3.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(assets() / "person.jpg", tmp_path / name)
    (tmp_path / "b" / "damaged.jpg").write_bytes(b"no picture")
    results = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.npz"
        assert teacher.label_stills(tmp_path, out, workers) == 3
        with np.load(out, allow_pickle=False) as arrays:
            results.append(dict(arrays))
    alone, shared = results
    assert set(alone) == set(shared)
    for name in alone:
        np.testing.assert_allclose(alone[name], shared[name], atol=1e-3, equal_nan=True)


class Follower:
    """Everybody is everywhere."""

    def follow(self, image, at):
        return Region(image.shape[1] / 2, image.shape[0] / 2, 50.0, 1.0, at)

    def close(self):
        pass


class Teacher:
    """Says nothing of any frame."""

    def frame(self, image, region):
        return teacher.LabelledFrame(*np.zeros((4, 1), np.float32))

    def close(self):
        pass


def test_a_frame_is_labelled_at_the_time_of_its_own_stamp(tmp_path, monkeypatch):
    monkeypatch.setattr(teacher, "person_follower", lambda locator: Follower())
    monkeypatch.setattr(teacher, "KeypointTeacher", Teacher)
    clip = Clip(write_uneven(tmp_path / "a.mp4"), "a.mp4", "A", "wave", fps=10.0)
    assert teacher.label_clip(clip).times == pytest.approx(TIMES, abs=1e-4)
    assert teacher.label_clip(replace(clip, path=tmp_path / "gone.mp4")) is None


@pytest.mark.mediapipe
def test_the_command_labels_a_folder_of_stills(tmp_path, monkeypatch):
    (tmp_path / "stills").mkdir()
    shutil.copyfile(assets() / "person.jpg", tmp_path / "stills" / "1.jpg")
    out = tmp_path / "out.npz"
    monkeypatch.setattr(sys, "argv", ["teacher", str(tmp_path / "stills"), str(out), "--stills"])
    main()
    with np.load(out, allow_pickle=False) as arrays:
        assert arrays["keypoints"][0, :, 2].sum() > 5
