import time

import numpy as np
import pytest

from gesturelrcn.benchmarking.camera import NetworkCamera, number_in, numbered
from gesturelrcn.benchmarking.pictures import empty_room, fitted, noisy
from gesturelrcn.capture import LiveSource
from tests.waiting import PATIENCE

GREY = np.full((120, 160, 3), 128, np.uint8)
ROUND = 300
"""Pictures in a round."""


@pytest.mark.parametrize("number", [0, 1, 1000, 4095])
def test_a_picture_carries_its_number(number):
    assert number_in(numbered(GREY, number)) == number
    assert number_in(GREY) is None
    assert number_in(GREY[:, :40]) is None


def test_what_a_program_sees_was_published_before_and_not_long_ago():
    pictures = noisy(GREY, ROUND, deviation=20.0)
    with NetworkCamera(pictures, 50.0) as camera, LiveSource(camera.url) as source:
        seen = []
        while len(seen) < 40:
            frame = source.newest(PATIENCE)
            assert frame is not None
            place = number_in(frame.image)
            assert place is not None
            seen.append((place, frame.captured_at))
        for place, at in seen[5:]:
            published = camera.published_before(place, at)
            assert published is not None
            assert 0 <= at - published < ROUND / 50  # less than a round: no earlier one
        assert {place for place, _ in seen} <= set(range(ROUND))
        assert len({place for place, _ in seen}) > 10


def test_it_closes_while_nobody_watches():
    with NetworkCamera([GREY], 1.0) as camera:
        assert camera.published_before(0, time.monotonic()) is None


def test_pictures_fit_and_a_room_is_never_the_same_twice():
    assert fitted(GREY, (640, 360)).shape == (360, 640, 3)
    assert not fitted(GREY, (640, 360))[:, :50].any()  # a band beside, nothing stretched
    one, other = empty_room((64, 48), 2)
    assert (one != other).any()
