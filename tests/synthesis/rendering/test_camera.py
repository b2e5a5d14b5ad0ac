from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.synthesis.rendering.camera import EXPOSED, PinholeCamera, between, random_light

CAMERA = PinholeCamera(np.array([0.0, 1.5, 2.0]), np.array([0.0, 1.5, 0.0]), 90.0, 640, 480)


def test_the_person_s_left_is_at_the_right_of_the_picture():
    (x, y, _), (middle_x, middle_y, _) = CAMERA.project(np.array([[0.5, 2.0, 0.0], [0.0, 1.5, 0.0]]))

    assert (middle_x, middle_y) == pytest.approx((0.5, 0.5))
    # At 90 degrees the picture is as wide as twice the distance: 4 m, and 3 m high.
    assert (x, y) == pytest.approx((0.5 + 0.5 / 4, 0.5 - 0.5 / 3))


def test_a_window_stretches_its_part_over_the_picture():
    window = replace(CAMERA, window=(0.5, 0.25, 1.5, 0.75))
    (x, y, _) = CAMERA.project(np.array([[0.7, 1.8, 0.2]]))[0]
    (in_x, in_y, _) = window.project(np.array([[0.7, 1.8, 0.2]]))[0]

    assert (in_x, in_y) == pytest.approx((x - 0.5, (y - 0.25) / 0.5))


def test_what_is_behind_the_camera_is_out_of_the_picture():
    assert np.array_equal(CAMERA.project(np.array([[0.0, 1.5, 3.0]])), [[-1, -1, 2]])


def test_lights_differ_but_cameras_expose_for_them():
    lights = [random_light(np.random.default_rng(seed)) for seed in range(50)]
    levels = [light.brightness() for light in lights]

    assert min(levels) >= EXPOSED[0] - 1e-9
    assert max(levels) <= EXPOSED[1] + 1e-9
    assert np.std(levels) > 0.05


def test_between_two_lights_is_half_of_each():
    first, last = (random_light(np.random.default_rng(seed)) for seed in (0, 1))
    middle = between(first, last, 0.5)

    assert between(first, last, 0) is first
    assert between(first, last, 1) is last
    assert middle.main == pytest.approx((first.main + last.main) / 2)
    assert np.linalg.norm(middle.towards) == pytest.approx(1)
