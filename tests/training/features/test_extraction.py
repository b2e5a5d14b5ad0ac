"""What two CNNs say of a clip, as it is and through a camera."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gesturelrcn.keypoints import HAND_VALUES
from gesturelrcn.model import KEYPOINTS
from gesturelrcn.model.fovea import hand_picture, place_fovea
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region
from gesturelrcn.training.features.extraction import extract_features
from gesturelrcn.training.features.in_batches import in_batches
from gesturelrcn.training.features.virtual_camera import random_camera

BODY = Region(160, 120, 100, 0.9, 0.5)
CAMERA = replace(random_camera(np.random.default_rng(0), 100.0), flip=False)


def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    network = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8, hand_size=32))
    network.hand_head.heat.weight.data.mul_(300)
    return network.eval()


def clip(gesture="point_left"):
    return Clip(Path("x"), "x", "A", gesture, 1.0, 10.0, 0.2)


def extracted(model, camera):
    images = rng().integers(0, 256, (4, 240, 320, 3), dtype=np.uint8)
    frames = [(image, BODY) for image in images]
    return images, extract_features(model, clip(), frames, np.arange(4, dtype=np.float32) / 10, camera, rng())


def test_the_hand_is_looked_at_where_the_frame_before_had_it(model):
    images, features = extracted(model, None)
    assert features.keypoints.shape == (4, len(KEYPOINTS), 3)
    assert features.hands.shape == (4, HAND_VALUES)
    assert features.hands[0, -2:].tolist() == [0.0, 0.0]  # nobody knows yet where a hand is
    fovea = None
    for number in range(1, 4):
        fovea = place_fovea(features.keypoints[number - 1], fovea)
        picture = hand_picture(images[number], BODY, fovea, 32)
        with torch.inference_mode():
            alone = model.hand_features(torch.from_numpy(picture)[None], torch.tensor([float(fovea.side)]))[0]
        assert features.hands[number] == pytest.approx(alone.numpy(), abs=1e-4)


def test_a_flipped_clip_is_the_mirrored_gesture(model):
    assert extracted(model, CAMERA)[1].gesture == "point_left"
    assert extracted(model, replace(CAMERA, flip=True))[1].gesture == "point_right"


def test_a_network_that_looks_at_no_hand_says_nothing_of_one():
    plain = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8)).eval()
    assert extracted(plain, None)[1].hands is None


def test_pictures_are_looked_at_a_few_at_a_time_and_the_mode_stays(model):
    images = rng().integers(0, 256, (70, 32, 32, 3), dtype=np.uint8)
    with torch.inference_mode():
        at_once = model.body_features(torch.from_numpy(images)).numpy()
    model.train()
    assert in_batches(model, model.body_features, images) == pytest.approx(at_once, abs=1e-5)
    assert model.training
    model.eval()
