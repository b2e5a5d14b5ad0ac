"""The training stages really learn: small data, few steps, but the figures must fall."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from gesturelrcn.errors import ModelError
from gesturelrcn.model import KEYPOINTS
from gesturelrcn.model.backbone import Backbone
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.config.config import KeypointSettings, RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipFeatures, ClipSet
from gesturelrcn.training.data.keypoint_images import KeypointImages
from gesturelrcn.training.tasks.initial_weights import load_pretrained
from gesturelrcn.training.tasks.keypoints import keypoint_errors, train_keypoints
from gesturelrcn.training.tasks.recognition import train_recognition

CLASSES = ("none", "point_left", "point_right")


def small(classes=CLASSES):
    torch.manual_seed(0)
    return LRCN(NetworkConfig(classes=classes, size=64, hidden=24, dropout=0.1))


def test_keypoints_are_learnt(tmp_path):
    rng = np.random.default_rng(0)
    images = np.full((64, 80, 80, 3), 40, np.uint8)
    joints = np.zeros((64, len(KEYPOINTS), 3), np.float32)
    for i in range(len(images)):
        x, y = rng.integers(24, 56, 2)
        cv2.circle(images[i], (int(x), int(y)), 6, (40, 80, 250), -1)
        joints[i, KEYPOINTS.index("nose")] = ((x + 0.5) / 80, (y + 0.5) / 80, 1)
    pictures = KeypointImages(images, joints, 1.0, True, 1.0)
    model = small()
    for norm in model.modules():  # so few steps do not move averages meant for thousands
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.momentum = 0.3
    before = np.nanmedian(keypoint_errors(model, pictures))
    train_keypoints(model, [pictures], KeypointSettings(steps=80, batch=16), pictures, tmp_path / "log.csv")
    after = np.nanmedian(keypoint_errors(model, pictures))
    assert after < 0.6 * before
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines()))
    assert int(rows[-1]["step"]) > 5


def moving(gesture, subject, direction):
    """An arm that moves to one side from 0.8 s on."""
    times = (np.arange(60) / 20).astype(np.float32)
    keypoints = np.full((60, len(KEYPOINTS), 3), 0.5, np.float32)
    keypoints[:, 0, 0] += direction * 0.4 * np.clip((times - 0.8) / 0.5, 0, 1)
    clip = Clip(Path("x"), "x", subject, gesture, 1.0, 20.0, 0.8 if direction else None)
    return ClipFeatures(clip, gesture, keypoints, times)


def test_gestures_are_learnt(tmp_path):
    clips = [moving(g, "A", d) for g, d in (("none", 0), ("point_left", 1), ("point_right", -1))]
    model = small()
    settings = RecognitionSettings(steps=60, streams=8, chunk=32, rate=5e-3)
    train_recognition(model, [ClipSet("arms", clips)], settings, tmp_path / "log.csv")
    losses = [float(row["loss"]) for row in csv.DictReader((tmp_path / "log.csv").read_text().splitlines())]
    assert losses[-1] < 0.6 * losses[0]


def test_a_loss_that_is_no_number_stops_the_training(tmp_path):
    clips = [moving("point_left", "A", 1), moving("none", "A", 0)]
    clips[0].keypoints[30:] = np.nan
    with pytest.raises(FloatingPointError, match="loss is nan"):
        train_recognition(
            small(), [ClipSet("arms", clips)], RecognitionSettings(steps=20, streams=4), tmp_path / "log.csv"
        )


def test_pretrained_weights_fill_the_whole_backbone_or_fail(tmp_path):
    with pytest.raises((ModelError, FileNotFoundError)):
        load_pretrained(Backbone(), tmp_path / "nothing.pth")
    torch.save({"_conv_stem.weight": torch.zeros(32, 3, 3, 3)}, tmp_path / "half.pth")
    with pytest.raises((RuntimeError, KeyError)):
        load_pretrained(Backbone(), tmp_path / "half.pth")
