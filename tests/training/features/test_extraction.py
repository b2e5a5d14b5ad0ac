"""What random cameras make of a clip, and what two CNNs say of it."""

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
from gesturelrcn.training.features.virtual_camera import VirtualCamera, random_camera

STRAIGHT = np.tile(np.arange(256, dtype=np.uint8)[:, None], 3)
PLAIN = VirtualCamera(1.0, 0.0, np.zeros(2), False, 100, STRAIGHT, 0.0, 0.0, 0.0, 0)
BODY = Region(160, 120, 100, 0.9, 0.5)


def rng():
    return np.random.default_rng(0)


def spotted(at):
    image = np.zeros((240, 320, 3), np.uint8)
    image[at[1] - 3 : at[1] + 3, at[0] - 3 : at[0] + 3] = (0, 0, 255)
    return image


def spot_in(image, body):
    """Where the spot is, in shares of the square of the body."""
    ys, xs = np.nonzero(image[..., 2] > 128)
    at = np.array([xs.mean() + 0.5, ys.mean() + 0.5])
    return (at - [body.x, body.y]) / body.side + 0.5


@pytest.mark.parametrize("pixels", [40, 100, 180])
def test_a_camera_keeps_everything_at_its_place_however_many_pixels_it_has(pixels):
    image, body = replace(PLAIN, pixels=pixels).take(spotted((180, 100)), BODY, rng())
    assert (body.side, body.located_at) == (pixels, 0.5)
    assert spot_in(image, body) == pytest.approx([0.7, 0.3], abs=0.02)


def test_a_mirror_a_zoom_and_a_shift():
    image = spotted((180, 100))
    assert spot_in(*replace(PLAIN, flip=True).take(image, BODY, rng())) == pytest.approx([0.3, 0.3], abs=0.02)
    assert spot_in(*replace(PLAIN, zoom=1.5).take(image, BODY, rng())) == pytest.approx([0.8, 0.2], abs=0.02)
    shifted = replace(PLAIN, shift=np.array([0.1, 0.0]))
    assert spot_in(*shifted.take(image, BODY, rng())) == pytest.approx([0.8, 0.3], abs=0.02)


def test_random_cameras_differ_and_are_no_sharper_than_the_recording():
    cameras = [random_camera(np.random.default_rng(seed), 200.0) for seed in range(40)]
    assert {camera.flip for camera in cameras} == {True, False}
    assert 60 < min(camera.pixels for camera in cameras) < max(camera.pixels for camera in cameras) <= 200
    noise = rng().integers(0, 256, (240, 320, 3), dtype=np.uint8)
    taken = [camera.take(noise, BODY, rng()) for camera in cameras]
    assert all(image.dtype == np.uint8 and image.shape[0] >= body.side for image, body in taken)
    again, _ = cameras[0].take(noise, BODY, rng())
    assert (again == taken[0][0]).all()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    made = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8, hand_size=32))
    made.hand_head.heat.weight.data.mul_(300)
    return made.eval()


def clip(gesture="point_left"):
    return Clip(Path("x"), "x", "A", gesture, 1.0, 10.0, 0.2)


def watched(model, camera):
    images = rng().integers(0, 256, (4, 240, 320, 3), dtype=np.uint8)
    frames = [(image, BODY) for image in images]
    return images, extract_features(model, clip(), frames, np.arange(4, dtype=np.float32) / 10, camera, rng())


def test_the_hand_is_looked_at_where_the_frame_before_had_it(model):
    images, seen = watched(model, None)
    assert seen.keypoints.shape == (4, len(KEYPOINTS), 3)
    assert seen.hands.shape == (4, HAND_VALUES)
    assert seen.hands[0, -2:].tolist() == [0.0, 0.0]  # nobody knows yet where a hand is
    fovea = None
    for number in range(1, 4):
        fovea = place_fovea(seen.keypoints[number - 1], fovea)
        picture = hand_picture(images[number], BODY, fovea, 32)
        with torch.inference_mode():
            alone = model.hand_features(torch.from_numpy(picture)[None], torch.tensor([float(fovea.side)]))[0]
        assert seen.hands[number] == pytest.approx(alone.numpy(), abs=1e-4)


def test_a_flipped_clip_is_the_mirrored_gesture(model):
    assert watched(model, PLAIN)[1].gesture == "point_left"
    assert watched(model, replace(PLAIN, flip=True))[1].gesture == "point_right"


def test_a_network_that_looks_at_no_hand_says_nothing_of_one():
    plain = LRCN(NetworkConfig(classes=("none", "wave"), size=32, hidden=8)).eval()
    assert watched(plain, None)[1].hands is None
