"""Pictures of hands: what a set has to offer."""

import numpy as np
import pytest

from gesturelrcn.keypoints import HAND_LANDMARKS
from gesturelrcn.model import KEYPOINTS
from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set
from gesturelrcn.training.data.hand_images import hand_images_of, held_out_hand_images, labelled_hands
from gesturelrcn.training.teacher.cache import HAND_MARGIN, HAND_SIZE, SIZE, LabelledClip, cached_path
from tests.training.tiny_data import grey_clip, hand_shard


def labelled(frames=6):
    """A clip as the teacher leaves it: the left hand in every frame, the right one in none."""
    rng = np.random.default_rng(0)
    joints = np.full((frames, len(KEYPOINTS), 3), 0.5, np.float32)
    joints[:, :4, :2] = 0.95  # wrists and index tips: far from the middle
    hands = np.full((frames, 2, HAND_LANDMARKS, 3), np.nan, np.float32)
    hands[:, 0] = rng.random((frames, HAND_LANDMARKS, 3))
    return LabelledClip(
        rng.integers(0, 256, (frames, SIZE, SIZE, 3), dtype=np.uint8),
        joints,
        (np.arange(frames) / 10).astype(np.float32),
        rng.integers(0, 256, (frames, 2, HAND_SIZE, HAND_SIZE, 3), dtype=np.uint8),
        hands,
    )


def test_left_hands_are_mirrored_and_there_are_places_without_a_hand():
    clip = labelled(12)
    images = labelled_hands([clip], every=2)
    hands, nothing = int((images.present == 1).sum()), int((images.present == 0).sum())
    assert (hands, images.margin) == (6, HAND_MARGIN)
    assert 0 < nothing <= 6
    assert (images.images[1] == clip.hand_pictures[2, 0, :, ::-1]).all()
    assert images.landmarks[1, :, 0] == pytest.approx(1 - clip.hands[2, 0, :, 0])
    assert (images.landmarks[1, :, 1:] == clip.hands[2, 0, :, 1:]).all()
    assert np.isnan(images.landmarks[hands:]).all()
    assert labelled_hands([], every=2) is None


def settings(**more):
    return DataSettings(name="mine", licence="MIT", source="me", **more)


def test_a_set_of_pictures_of_hands_is_known_by_its_shards(tmp_path):
    hand_shard(tmp_path / "h", 12)
    dataset = open_data_set(settings(hands=0.5), tmp_path / "h")
    assert dataset.kind == "hands"
    images = hand_images_of(dataset, tmp_path / "cache")
    assert (len(images.images), images.share) == (12, 0.5)
    assert set(images.present) == {0.0, 1.0}
    assert held_out_hand_images(dataset, tmp_path / "cache") is None


def test_clips_show_the_hands_that_the_teacher_found_near_ones_for_the_figures(tmp_path):
    rows = ["path,subject,gesture,distance_m,fps,onset_s"]
    for name, subject, distance in (("a", "S1", 4), ("b", "S2", 1), ("c", "S2", 6)):
        grey_clip(tmp_path / f"{name}.mp4")
        rows.append(f"{name}.mp4,{subject},wave,{distance},10,0.2")
    (tmp_path / "index.csv").write_text("\n".join(rows) + "\n")
    dataset = open_data_set(settings(holdout=("S2",), every=3), tmp_path)
    cache = tmp_path / "cache"
    assert hand_images_of(dataset, cache) is None
    cache.mkdir()
    for clip in (*dataset.training, *dataset.held_out):
        np.savez(cached_path(cache, clip), **vars(labelled(6)))
    assert (hand_images_of(dataset, cache).present == 1).sum() == 2
    far_left_out = held_out_hand_images(dataset, cache)
    assert far_left_out.present.tolist() == [1.0, 1.0]  # every fifth of the six frames of the near clip
