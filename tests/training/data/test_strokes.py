import numpy as np
import pytest

from gesturelrcn.training.data.strokes import DIRECTIONS, stroke_in

TIMES = np.arange(60) / 20
SHOULDERS = np.tile(np.array([[0.6, 0.4], [0.4, 0.4]], np.float32), (60, 1, 1))


def wrists(x):
    """A left hand that rests, and a right one that goes along `x`."""
    return np.stack([np.full((60, 2), 0.8), np.stack([x, np.full(60, 0.6)], -1)], 1).astype(np.float32)


def test_raise_and_return_are_cut_off():
    # Lifted until 1.0, waits, sweeps from 1.2 to 1.6 to the own left (picture's right), goes back slowly.
    x = np.interp(TIMES, [0, 1.0, 1.2, 1.6, 2.0, 3.0], [0.4, 0.35, 0.35, 0.7, 0.7, 0.4])
    begin, end = stroke_in(wrists(x), SHOULDERS, TIMES, (0.2, 2.8), DIRECTIONS["swipe_left"])
    assert (begin, end) == (pytest.approx(1.2, abs=0.06), pytest.approx(1.6, abs=0.06))


def test_the_way_back_is_a_stroke_only_where_it_is_asked_for():
    x = np.interp(TIMES, [0, 1.0, 1.4, 2.0, 2.4], [0.4, 0.4, 0.7, 0.7, 0.4])
    begin, _ = stroke_in(wrists(x), SHOULDERS, TIMES, (0.0, 3.0), DIRECTIONS["swipe_left"])
    back, _ = stroke_in(wrists(x), SHOULDERS, TIMES, (0.0, 3.0), DIRECTIONS["swipe_right"])
    assert (begin, back) == (pytest.approx(1.0, abs=0.06), pytest.approx(2.0, abs=0.06))


def test_who_walks_makes_no_stroke():
    x = np.linspace(0.2, 0.9, 60)
    walking = SHOULDERS + np.linspace(-0.2, 0.5, 60)[:, None, None] * np.array([1, 0])
    hands = np.stack([np.stack([x, x * 0], -1)] * 2, 1).astype(np.float32)
    assert stroke_in(hands, walking.astype(np.float32), TIMES, (0, 3), DIRECTIONS["swipe_left"]) is None


def test_a_hand_at_rest_makes_none():
    still = np.full(60, 0.4)
    assert stroke_in(wrists(still), SHOULDERS, TIMES, (0, 3), DIRECTIONS["swipe_up"]) is None
