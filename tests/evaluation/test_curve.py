import math

import numpy as np
import pytest

from gesturelrcn.evaluation.curve import OperatingPoint, curve, headline, replay, shifted
from gesturelrcn.evaluation.runner import Trace
from gesturelrcn.model.card import ModelCard
from gesturelrcn.thresholds import Sensitivities, Thresholds
from tests.evaluation.made import start, stream
from tests.operating_points import with_points

LIMITS = {"wave": Thresholds(0.6, 0.4, 0.1, 0.3)}
CARD = ModelCard("c", "", ("none", "wave"), 64, 4, (), 8, 60, LIMITS)


def trace(score, begin, end, seconds=10.0):
    """Scores of `wave` are `score` from begin to end, else nearly nothing; twenty frames a second."""
    times = np.arange(0, seconds, 0.05)
    wave = np.where((times >= begin) & (times < end), score, 0.01)
    return Trace(times, np.stack([1 - wave, wave], 1).astype(np.float32), times == 0)


def test_thresholds_move_on_the_logit_scale():
    moved = shifted(LIMITS, 1.0)["wave"]
    assert moved.start == pytest.approx(1 / (1 + math.exp(-(math.log(1.5) + 1))))
    assert 0 < moved.end < moved.start < 1
    assert shifted(LIMITS, 0.0)["wave"].start == pytest.approx(0.6)


def test_lost_people_and_resets_end_what_goes_on():
    whole = trace(0.9, 2, 8)
    broken = Trace(whole.times, whole.scores.copy(), whole.fresh.copy())
    broken.scores[100:104] = np.nan
    broken.fresh[140] = True
    starts = [
        [e.phase == "start" for e in replay(t, CARD.classes, LIMITS)].count(True) for t in (whole, broken)
    ]
    assert starts == [1, 3]


def test_the_curve_trades_recall_for_false_triggers():
    results = [
        stream([("wave", 2, 4)], trace=trace(0.7, 2, 4), name="a"),
        stream([("wave", 2, 4)], trace=trace(0.9, 2, 4), name="b"),
        stream([], seconds=3600, trace=trace(0.8, 2, 4), name="c"),
    ]
    points = curve(results, CARD)

    assert [points[0].recall, points[0].false_triggers] == [1.0, 1]
    assert [points[-1].recall, points[-1].false_triggers] == [0.0, 0]
    recalls = [point.recall for point in points]
    assert recalls == sorted(recalls, reverse=True)
    assert 0.5 in recalls
    best = headline(points, 1.0)
    assert (best["recall"], best["supported_per_hour"]) == (0.5, 3.0)


def test_the_curve_goes_through_the_operating_point_that_was_asked_for():
    results = [
        stream([("wave", 2, 4)], trace=trace(score, 2, 4), name=str(score)) for score in (0.5, 0.7, 0.9)
    ]
    card = with_points(CARD, by=1.0)
    normal = {point.shift: point.recall for point in curve(results, card)}
    eager = {point.shift: point.recall for point in curve(results, card, Sensitivities("eager"))}
    assert eager[0.0] == normal[-1.0] > normal[0.0]
    off = with_points(CARD, off={"wave": "found seldom"})
    assert {point.recall for point in curve(results, off)} == {0.0}
    assert curve(results, off, Sensitivities(turned_on=frozenset({"wave"}))) == curve(results, CARD)


def test_events_from_elsewhere_are_left_out_by_their_confidence():
    results = [
        stream([("wave", 2, 4), ("wave", 6, 8)], [start("wave", 3, 0.9), start("wave", 7, 0.3)], name="a"),
        stream([], [start("wave", 3, 0.5)], seconds=3600, name="b"),
    ]
    points = curve(results, None)

    assert (points[0].recall, points[0].false_triggers) == (1.0, 1)
    assert headline(points, 1.0)["recall"] == 0.5


def test_no_headline_without_gesture_free_hours():
    assert headline([OperatingPoint(0.0, 0.9, 0.9, 0, None)], 0.0)["recall"] is None
