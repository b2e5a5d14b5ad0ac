from itertools import islice

import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.synthesis.dataset import performances
from gesturelrcn.synthesis.dataset.performances import FPS, LONGEST, main, write_shards
from gesturelrcn.training.config.config import Make
from gesturelrcn.training.data.generation import make_shards


@pytest.fixture(scope="module")
def some(body_data, renderer):
    """Asking for a renderer skips where there is no EGL."""
    stream = performances.performances((3,), names=("raise_hand",))
    examples = list(islice(stream, 8))
    stream.close()
    return examples


def test_performances_have_their_shapes_and_times(some):
    for one in some:
        frames = len(one.times)
        assert one.joints.shape == (frames, len(KEYPOINTS), 2)
        assert one.hands.shape == (frames, 2, 21, 3)
        assert np.isfinite(one.joints).all()
        assert np.isfinite(one.hands).all()
        assert np.diff(one.times) == pytest.approx(np.full(frames - 1, 1 / FPS), abs=1e-4)
        assert one.times[-1] <= LONGEST


def test_gestures_have_moments_and_what_is_none_has_not(some):
    assert {one.label for one in some} <= {"none", "raise_hand"}
    assert "raise_hand" in {one.label for one in some}
    for one in some:
        assert (one.gesture is None) == (one.label == "none")
        if one.gesture is not None:
            onset, stroke_end, offset = one.gesture
            assert 0 <= onset < stroke_end <= offset


def test_a_raised_hand_goes_up_and_the_hand_is_where_the_arm_ends(some):
    wrists = [KEYPOINTS.index(f"{side}_wrist") for side in ("left", "right")]
    for one in some:
        shoulders = np.linalg.norm(one.joints[0, 4] - one.joints[0, 5])
        apart = np.linalg.norm(one.hands[:, :, 0, :2] - one.joints[:, wrists], axis=-1)
        assert np.median(apart) < 0.5 * shoulders
        assert one.hands[:, :, 0, 2] == pytest.approx(0.0, abs=1e-3)  # depths are those behind the wrist
        if one.label == "raise_hand":
            before = one.joints[one.times <= one.gesture[0]][:, wrists, 1]
            assert (before[0] - one.joints[:, wrists, 1].min(0)).max() > 0.5 * shoulders


def test_a_shard_has_all_arrays_and_other_seeds_are_other_people(some, tmp_path):
    (path,) = write_shards(tmp_path, 1, 3)
    (other,) = write_shards(tmp_path, 2, 3)
    with np.load(path, allow_pickle=False) as shard:
        joints, lengths = shard["joints"], shard["lengths"]
        assert set(shard.files) == {
            *("joints", "hands", "times", "lengths", "label", "person"),
            *("onset", "stroke_end", "offset", "region", "size"),
        }
        assert {len(shard[name]) for name in ("label", "person", "onset", "region", "size")} == {3}
        assert lengths.sum() == len(joints) == len(shard["hands"]) == len(shard["times"])
    with np.load(other) as shard:
        assert shard["joints"].shape != joints.shape or not np.allclose(shard["joints"], joints)


def test_a_folder_that_cannot_be_written_is_one_sentence(some, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file" / "x"), "--clips", "1"]) == 2
    assert "choose another folder" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "array"), [("hands", "hand"), ("performances", "joints")])
def test_a_training_makes_what_is_missing(some, tmp_path, kind, array):
    make, reports = Make(frames=2, size=48, seed=1), []
    make_shards("x", kind, make, tmp_path, 1, lambda *what: reports.append(what))
    (path,) = tmp_path.glob("*.npz")
    with np.load(path, allow_pickle=False) as shard:
        assert array in shard.files
    assert reports == [(f"{kind} x", 1, 1)]
    when = path.stat().st_mtime_ns
    make_shards("x", kind, make, tmp_path, 1, lambda *what: None)
    assert path.stat().st_mtime_ns == when
