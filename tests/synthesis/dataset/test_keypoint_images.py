from itertools import islice

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.dataset import keypoint_images
from gesturelrcn.synthesis.errors import SynthesisError

SIZE = 64


@pytest.fixture(scope="module")
def some(body_data, renderer):
    """Two shots of one person; asking for a renderer skips where there is no EGL."""
    stream = keypoint_images.keypoint_images(np.random.default_rng(0), SIZE)
    examples = list(islice(stream, 2 * keypoint_images.FRAMES_PER_SHOT))
    stream.close()
    return examples


def test_pictures_and_joints_have_their_shapes(some):
    for frame in some:
        assert (frame.image.shape, frame.image.dtype) == ((SIZE, SIZE, 3), np.uint8)
        assert (frame.keypoints.shape, frame.keypoints.dtype) == ((len(KEYPOINTS), 3), np.float32)
        assert set(np.unique(frame.keypoints[:, 2])) <= {0.0, 1.0}


def test_the_person_is_in_the_middle_and_moves(some):
    shoulders = [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]
    middles = np.array([frame.keypoints[shoulders, :2].mean(axis=0) for frame in some])
    wrists = np.array([frame.keypoints[KEYPOINTS.index("right_wrist"), :2] for frame in some])

    assert (np.abs(middles - 0.5) < 0.35).all()
    assert wrists.std(axis=0).min() > 0.03


def test_joints_in_the_black_beyond_the_camera_s_picture_are_not_visible(some):
    black = hidden = 0
    for frame in some:
        for x, y, visible in frame.keypoints:
            column, row = int(x * SIZE), int(y * SIZE)
            if 0 < column < SIZE and 0 < row < SIZE:
                dark = frame.image[row - 1 : row + 2, column - 1 : column + 2].max() == 0
                assert not (dark and visible)
                black, hidden = black + dark, hidden + (not dark and not visible)

    assert black > 0
    assert hidden > 0


def test_shards_are_whole_and_the_next_run_goes_on(some, tmp_path):
    written = keypoint_images.write_shards(tmp_path, seed=3, minutes=1e-4, frames=2, size=SIZE)
    written += keypoint_images.write_shards(tmp_path, seed=3, minutes=1e-4, frames=2, size=SIZE)
    first, second = (np.load(path) for path in written)

    assert [path.name for path in written] == ["keypoints-3-000.npz", "keypoints-3-001.npz"]
    assert sorted(tmp_path.iterdir()) == written
    assert first["x"].shape == (2, SIZE, SIZE, 3)
    assert first["y"].shape == (2, len(KEYPOINTS), 3)
    assert not np.array_equal(first["x"], second["x"])


def test_the_same_seed_gives_the_same_shard(some, tmp_path):
    one, other = (
        np.load(keypoint_images.write_shards(tmp_path / name, 4, 1e-4, frames=1, size=SIZE)[0])
        for name in "ab"
    )

    assert np.array_equal(one["x"], other["x"])
    assert np.array_equal(one["y"], other["y"])


def test_a_folder_that_cannot_be_made_is_one_sentence(some, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SynthesisError, match=r"cannot be written to .*file.*choose another folder"):
        keypoint_images.write_shards(tmp_path / "file", 0, 1e-4, frames=1, size=SIZE)
