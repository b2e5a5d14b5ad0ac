"""What random cameras make of a clip."""

from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.region import Region
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
