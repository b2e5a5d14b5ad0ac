"""Only the part of a frame that is needed is averaged; what comes out must be what the whole frame gives."""

import numpy as np
import pytest

from gesturelrcn.region import Region, crop, cropping


@pytest.mark.parametrize("shape", [(480, 640), (1080, 1920), (481, 642)])
def test_a_part_of_the_frame_gives_the_same_picture(shape, monkeypatch):
    rng = np.random.default_rng(1)
    height, width = shape
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    regions = [
        Region(*rng.uniform((-0.2 * width, -0.2 * height, 150), (1.2 * width, 1.2 * height, 2000)), 1.0, 0.0)
        for _ in range(40)
    ]
    regions += [Region(x, 240.0, side, 1.0, 0.0) for x in (0.0, 320.0, -900.0) for side in (256.0, 1024.0)]
    parts = [crop(image, region, size) for region in regions for size in (64, 128)]
    monkeypatch.setattr(cropping, "_around", lambda image, region, block: (image, 0, 0))
    wholes = [crop(image, region, size) for region in regions for size in (64, 128)]
    for part, whole in zip(parts, wholes, strict=True):
        np.testing.assert_array_equal(part, whole)
    assert any(whole.any() for whole in wholes)


def test_little_is_averaged_for_a_hand_in_a_large_frame():
    image = np.zeros((1080, 1920, 3), np.uint8)
    part, left, top = cropping._around(image, Region(900.0, 500.0, 200.0, 1.0, 0.0), 2)
    assert part.size < image.size / 30
    assert (left % 2, top % 2) == (0, 0)
    assert left <= 800 - 2
    assert left + part.shape[1] >= 1000 + 2


@pytest.mark.parametrize("shape", [(480, 640, 3), (240, 321, 3)])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_halving_again_and_again_is_the_average_of_blocks(shape, times):
    image = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    block = 2**times
    small = cropping.halved(image, times)
    height, width = (side // block for side in shape[:2])
    if shape[1] % block == 0:
        means = image.reshape(height, block, width, block, 3).astype(float).mean((1, 3))
        assert np.abs(small - means).max() <= 1.5
    assert small.shape == (height, round(shape[1] / block), 3)
