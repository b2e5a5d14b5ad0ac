"""Landmarks of hands: from pictures to a CNN that points at them, and what a set has to offer."""

import cv2
import numpy as np
import pytest
import torch

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE
from gesturelrcn.model import KEYPOINTS
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import DataSettings, HandSettings
from gesturelrcn.training.data.datasets import open_data_set
from gesturelrcn.training.data.hand_images import HandPictures, hand_pictures, hands_of, held_out_hands
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.loop.log import read_rows
from gesturelrcn.training.tasks.hands import HandBatches, hand_errors, train_hands
from gesturelrcn.training.teacher.cache import HAND_MARGIN, HAND_SIZE, SIZE, TaughtClip, cached_path
from tests.training.tiny_data import grey_clip, hand_shard

SPOT = 8


def small():
    torch.manual_seed(0)
    made = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8, hand_size=32))
    for norm in made.modules():  # so few steps do not move averages meant for thousands
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = 0.3
    return made


def spots(count, seed=0):
    """A spot, and all landmarks in it: where the hand is can be learnt quickly."""
    rng = np.random.default_rng(seed)
    images = np.full((count, 64, 64, 3), 40, np.uint8)
    marks = np.zeros((count, HAND_LANDMARKS, 3), np.float32)
    for number in range(count):
        x, y = rng.integers(20, 44, 2)
        cv2.circle(images[number], (int(x), int(y)), SPOT, (40, 80, 250), -1)
        marks[number, :, :2] = ((x + 0.5) / 64, (y + 0.5) / 64)
    return HandPictures(images, marks, np.ones(count, np.float32), 1.0, 1.0)


def fingers(bent=()):
    """Landmarks of a right hand with its palm before the camera, some fingers folded back onto themselves."""
    marks = np.zeros((HAND_LANDMARKS, 3), np.float32)
    for finger in range(5):
        for joint in range(4):
            along = (0, 1, 2, 1)[joint] if finger in bent else joint
            marks[1 + 4 * finger + joint] = (0.1 * finger - 0.2, -0.3 - 0.1 * along, 0)
    return torch.from_numpy(marks)


def test_landmarks_are_learnt(tmp_path):
    model, pictures = small(), spots(32)
    before = np.median(hand_errors(model, pictures))
    body = {name: value.clone() for name, value in model.backbone.state_dict().items()}
    train_hands(
        model, [pictures], HandSettings(steps=100, batch=12, rate=4e-3), spots(4), tmp_path / "hands.csv"
    )
    assert np.median(hand_errors(model, pictures)) < 0.7 * before
    assert all(torch.equal(value, body[name]) for name, value in model.backbone.state_dict().items())
    assert {"loss", "near_median", "near_tips", "coarse_8_median"} <= set(
        read_rows(tmp_path / "hands.csv")[-1]
    )


def test_pictures_and_landmarks_are_moved_together():
    images, marks, present = HandBatches([spots(16)], 24, 48, (1,)).next()
    assert images.shape == (24, 48, 48, 3)
    assert present.tolist() == [1.0] * 24
    away = []
    for image, place in zip(images.numpy(), marks[:, 0, :2].numpy(), strict=True):
        red = np.maximum(image[..., 2].astype(float) - image[..., 0], 0.0)
        if red.max() > 60 and (place > 0.1).all() and (place < 0.9).all():
            ys, xs = np.nonzero(red > 0.6 * red.max())
            away.append(np.hypot((xs.mean() + 0.5) / 48 - place[0], (ys.mean() + 0.5) / 48 - place[1]))
    assert len(away) > 5
    assert np.median(away) < 0.05


def test_batches_go_on_where_they_were():
    batches = HandBatches([spots(8)], 4, 48, (3,))
    batches.next()
    state = batches.state()
    wanted = batches.next()
    again = HandBatches([spots(8)], 4, 48, (3,))
    again.restore(state)
    for one, other in zip(wanted, again.next(), strict=True):
        assert torch.equal(one, other)


def test_how_a_hand_is_held():
    shape = hand_shape(fingers(bent=(1, 4)))
    assert shape.shape == (HAND_SHAPE,)
    assert shape[[0, 2, 3]].tolist() == pytest.approx([1, 1, 1])
    assert (shape[[1, 4]] < 0.5).all()
    assert shape[5:].abs().tolist() == pytest.approx([0, 0, 1])
    turned = fingers() * torch.tensor([-1.0, 1.0, 1.0])  # seen from the back
    assert hand_shape(turned)[7] == pytest.approx(-hand_shape(fingers())[7].item())


def test_a_hand_of_which_nobody_knows_anything_teaches_nothing():
    model, blank = small(), spots(4)
    nothing = HandPictures(
        blank.images, np.full_like(blank.landmarks, np.nan), np.full(4, np.nan, np.float32), 1.0, 1.0
    )
    from gesturelrcn.training.tasks.hands import HandTask

    loss = HandTask(model, early_layers=True)(*HandBatches([nothing], 4, 48, (0,)).next())
    assert loss.item() == 0.0


def taught(frames=6):
    """A clip as the teacher leaves it: the left hand in every frame, the right one in none."""
    rng = np.random.default_rng(0)
    joints = np.full((frames, len(KEYPOINTS), 3), 0.5, np.float32)
    joints[:, :4, :2] = 0.95  # wrists and index tips: far from the middle
    hands = np.full((frames, 2, HAND_LANDMARKS, 3), np.nan, np.float32)
    hands[:, 0] = rng.random((frames, HAND_LANDMARKS, 3))
    return TaughtClip(
        rng.integers(0, 256, (frames, SIZE, SIZE, 3), dtype=np.uint8),
        joints,
        (np.arange(frames) / 10).astype(np.float32),
        rng.integers(0, 256, (frames, 2, HAND_SIZE, HAND_SIZE, 3), dtype=np.uint8),
        hands,
    )


def test_left_hands_are_mirrored_and_there_are_places_without_a_hand():
    clip = taught(12)
    found = hand_pictures([clip], every=2)
    hands, nothing = int((found.present == 1).sum()), int((found.present == 0).sum())
    assert (hands, found.margin) == (6, HAND_MARGIN)
    assert 0 < nothing <= 6
    assert (found.images[1] == clip.hand_pictures[2, 0, :, ::-1]).all()
    assert found.landmarks[1, :, 0] == pytest.approx(1 - clip.hands[2, 0, :, 0])
    assert (found.landmarks[1, :, 1:] == clip.hands[2, 0, :, 1:]).all()
    assert np.isnan(found.landmarks[hands:]).all()
    assert hand_pictures([], every=2) is None


def settings(**more):
    return DataSettings(name="mine", licence="MIT", source="me", **more)


def test_a_set_of_pictures_of_hands_is_known_by_its_shards(tmp_path):
    hand_shard(tmp_path / "h", 12)
    held = open_data_set(settings(hands=0.5), tmp_path / "h")
    assert held.kind == "hands"
    found = hands_of(held, tmp_path / "cache")
    assert (len(found.images), found.share) == (12, 0.5)
    assert set(found.present) == {0.0, 1.0}
    assert held_out_hands(held, tmp_path / "cache") is None


def test_clips_show_the_hands_that_the_teacher_found_near_ones_for_the_figures(tmp_path):
    rows = ["path,subject,gesture,distance_m,fps,onset_s"]
    for name, subject, distance in (("a", "S1", 4), ("b", "S2", 1), ("c", "S2", 6)):
        grey_clip(tmp_path / f"{name}.mp4")
        rows.append(f"{name}.mp4,{subject},wave,{distance},10,0.2")
    (tmp_path / "index.csv").write_text("\n".join(rows) + "\n")
    held = open_data_set(settings(holdout=("S2",), every=3), tmp_path)
    cache = tmp_path / "cache"
    assert hands_of(held, cache) is None
    cache.mkdir()
    for clip in (*held.training, *held.held_out):
        np.savez(cached_path(cache, clip), **vars(taught(6)))
    assert (hands_of(held, cache).present == 1).sum() == 2
    far_left_out = held_out_hands(held, cache)
    assert far_left_out.present.tolist() == [1.0, 1.0]  # every fifth of the six frames of the near clip
