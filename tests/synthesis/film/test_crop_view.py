"""The square that the live program would cut out of a camera's picture."""

import numpy as np
import pytest

from gesturelrcn.synthesis.film.crop_view import within
from gesturelrcn.synthesis.rendering.camera import PinholeCamera


@pytest.mark.parametrize(
    ("square", "fitting"),
    [
        ((320.0, 240.0, 200.0), (320.0, 240.0, 200.0)),
        ((50.0, 20.0, 200.0), (100.0, 100.0, 200.0)),
        ((600.0, 400.0, 560.0), (360.0, 240.0, 560.0)),
        ((320.0, 300.0, 1500.0), (320.0, 240.0, 640.0)),
    ],
)
def test_a_square_moves_into_the_picture(square, fitting):
    camera = PinholeCamera(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]), 60.0, 640, 480)

    assert within(camera, square) == fitting
