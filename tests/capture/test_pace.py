"""How long a source may be silent follows its own rate."""

import numpy as np
import pytest

from gesturelrcn.capture.pace import LONGEST_PATIENCE, SHORTEST_PATIENCE, Pace


def fed(periods, pace=None):
    pace = pace or Pace()
    at = 0.0
    pace.add(at)
    for period in periods:
        at += period
        pace.add(at)
    return pace


@pytest.mark.parametrize("fps", [10, 15, 24, 30, 60, 120])
def test_a_usual_camera_may_be_silent_for_a_quarter_of_a_second(fps):
    assert fed([1 / fps] * 20).patience == pytest.approx(SHORTEST_PATIENCE)


@pytest.mark.parametrize("fps", [1, 2, 4, 5, 8])
def test_a_slow_camera_may_be_silent_for_two_and_a_half_periods(fps):
    assert fed([1 / fps] * 20).patience == pytest.approx(min(2.5 / fps, LONGEST_PATIENCE))


@pytest.mark.parametrize("fps", [1, 2, 4, 8, 15, 30, 60, 120])
def test_no_rate_with_a_third_of_jitter_ever_counts_as_stalled(fps):
    periods = np.random.default_rng(fps).uniform(0.67, 1.33, 300) / fps
    pace = Pace()
    at = 0.0
    for period in periods:
        pace.add(at)
        assert period < pace.patience
        at += period


def test_before_the_rate_is_known_it_may_be_silent_for_long():
    assert Pace().patience == fed([0.03]).patience == LONGEST_PATIENCE


def test_one_hiccup_changes_nothing_and_two_slow_pictures_do():
    assert fed([1 / 30] * 20 + [0.5]).patience == SHORTEST_PATIENCE
    assert fed([1 / 30] * 20 + [0.5, 0.5]).patience == pytest.approx(1.25)


def test_a_camera_that_is_quick_again_is_known_after_ten_pictures():
    assert fed([0.5] * 10 + [1 / 30] * 10).patience == SHORTEST_PATIENCE


def test_pictures_in_bursts_are_no_quick_source():
    assert fed([0.001, 0.001, 0.3] * 10).patience > 0.3


def test_the_time_of_an_interruption_is_no_period():
    pace = fed([0.04] * 10)
    pace.interrupt()
    fed([0.04], pace)
    assert pace.patience == SHORTEST_PATIENCE
