"""How many frames a second a model gets: too many are thinned out, too few are told."""

import numpy as np
import pytest

from gesturelrcn.model.frame_rate import FrameRate


def taken(times):
    rate = FrameRate(8.0, 40.0)
    return [at for at in times if rate.takes(at)]


@pytest.mark.parametrize("fps", [5, 20, 30, 40])
def test_a_source_that_is_not_too_fast_loses_nothing(fps):
    times = np.arange(100) / fps
    assert taken(times) == list(times)
    uneven = np.sort(times + np.random.default_rng(0).uniform(-0.3, 0.3, 100) / min(fps, 30))
    assert len(taken(uneven)) >= (90 if fps == 40 else 97)


@pytest.mark.parametrize("fps", [50, 60, 100, 120, 240])
def test_a_faster_one_is_thinned_out_to_the_highest_rate(fps):
    left = np.array(taken(np.arange(2 * fps) / fps))
    assert 65 <= len(left) <= 81
    assert np.diff(left).max() < 0.05
    assert taken(left) == list(left), "whoever thins it out again leaves it as it is"


def test_time_that_goes_back_begins_anew():
    assert taken([5.0, 5.001, 1.0, 1.001]) == [5.0, 1.0]


@pytest.mark.parametrize(("fps", "slow"), [(5, True), (7.5, True), (8, False), (30, False), (240, False)])
def test_a_source_that_is_too_slow_is_one(fps, slow):
    rate = FrameRate(8.0, 40.0)
    for number in range(12):
        assert rate.too_slow is None or number > 10
        rate.takes(number / fps)
    assert rate.too_slow == (pytest.approx(fps) if slow else None)


def test_pauses_are_not_a_slow_source():
    rate = FrameRate(8.0, 40.0)
    at = 0.0
    for number in range(100):
        rate.takes(at)
        at += 11.0 if number % 20 == 0 else 0.05
        assert rate.too_slow is None
