"""Landmarks of hands: from pictures to a CNN that points at them."""

import cv2
import numpy as np
import torch

from gesturelrcn.keypoints import HAND_LANDMARKS
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import HandSettings
from gesturelrcn.training.data.hand_images import HandImages
from gesturelrcn.training.loop.log import read_rows
from gesturelrcn.training.tasks.hands import HandTask, hand_batches, hand_errors, train_hands

SPOT = 8


def small():
    torch.manual_seed(0)
    model = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8, hand_size=32))
    for norm in model.modules():  # so few steps do not move averages meant for thousands
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = 0.3
    return model


def spots(count, seed=0):
    """A spot, and all landmarks in it: where the hand is can be learnt quickly."""
    rng = np.random.default_rng(seed)
    images = np.full((count, 64, 64, 3), 40, np.uint8)
    marks = np.zeros((count, HAND_LANDMARKS, 3), np.float32)
    for number in range(count):
        x, y = rng.integers(20, 44, 2)
        cv2.circle(images[number], (int(x), int(y)), SPOT, (40, 80, 250), -1)
        marks[number, :, :2] = ((x + 0.5) / 64, (y + 0.5) / 64)
    return HandImages(images, marks, np.ones(count, np.float32), 1.0, 1.0)


def test_landmarks_are_learnt(tmp_path):
    model, images = small(), spots(32)
    before = np.median(hand_errors(model, images))
    body = {name: value.clone() for name, value in model.backbone.state_dict().items()}
    train_hands(
        model, [images], HandSettings(steps=100, batch=12, rate=4e-3), spots(4), tmp_path / "hands.csv"
    )
    assert np.median(hand_errors(model, images)) < 0.7 * before
    assert all(torch.equal(value, body[name]) for name, value in model.backbone.state_dict().items())
    assert {"loss", "near_median", "near_tips", "coarse_8_median"} <= set(
        read_rows(tmp_path / "hands.csv")[-1]
    )


def test_pictures_and_landmarks_are_moved_together():
    images, marks, present = hand_batches([spots(16)], 24, 48, (1,)).next()
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


def test_a_hand_of_which_nobody_knows_anything_teaches_nothing():
    model, blank = small(), spots(4)
    nothing = HandImages(
        blank.images, np.full_like(blank.landmarks, np.nan), np.full(4, np.nan, np.float32), 1.0, 1.0
    )
    loss = HandTask(model, early_layers=True)(*hand_batches([nothing], 4, 48, (0,)).next())
    assert loss.item() == 0.0
