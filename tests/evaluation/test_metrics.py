"""Every figure from events and truth that are written down here, so that it can be counted by hand."""

import numpy as np
import pytest

from gesturelrcn.evaluation.evaluate import unknown_classes
from gesturelrcn.evaluation.metrics import levenshtein
from gesturelrcn.evaluation.runner import Trace
from gesturelrcn.evaluation.tally import judge
from gesturelrcn.recordings.truth import TrueGesture
from tests.evaluation.made import figures_of, stream


def test_recall_and_precision_are_means_over_classes():
    told = figures_of(
        stream(
            [("wave", 1, 2), ("wave", 5, 6), ("stop", 10, 11)],
            [("wave", 1.2), ("stop", 5.1), ("stop", 10.5), ("wave", 20.0)],
        )
    )

    assert told["all"]["recall"] == pytest.approx((0.5 + 1.0) / 2)
    assert told["all"]["precision"] == pytest.approx((0.5 + 0.5) / 2)
    assert told["all"]["f1"] == pytest.approx((0.5 + 2 / 3) / 2)
    assert (told["all"]["micro_recall"], told["all"]["micro_precision"]) == (pytest.approx(2 / 3), 0.5)
    counts = ("true", "found", "missed", "starts", "duplicates", "wrong_class", "spurious")
    assert [told["all"][name] for name in counts] == [3, 2, 1, 4, 0, 1, 1]
    assert told["per_class"]["wave"]["wrong_class"] == 1
    assert told["core"]["recall"] == told["all"]["recall"]
    assert told["confusion"] == {"none": {"wave": 1}, "stop": {"stop": 1}, "wave": {"stop": 1, "wave": 1}}


def test_the_core_is_measured_as_if_only_it_was_asked_for():
    told = figures_of(
        stream([("wave", 1, 2), ("shrug", 5, 6)], [("wave", 1.2), ("stop", 5.5), ("shrug", 30.0)])
    )

    assert (told["core"]["recall"], told["core"]["precision"]) == (1.0, 1.0)
    assert (told["core"]["starts"], told["core"]["spurious"], told["core"]["wrong_class"]) == (2, 1, 0)
    assert (told["all"]["recall"], told["all"]["wrong_class"], told["all"]["spurious"]) == (0.5, 1, 1)


def test_duplicates_are_counted_and_cost_precision():
    told = figures_of(stream([("wave", 1, 3)], [("wave", 1.2), ("wave", 2.9)]))

    assert (told["all"]["duplicates"], told["all"]["recall"], told["all"]["precision"]) == (1, 1.0, 0.5)


def test_latency_and_ntd_are_on_matched_events_with_a_known_onset():
    told = figures_of(
        stream(
            [
                TrueGesture("wave", 10, 12, stroke_end=10.5),
                TrueGesture("stop", 20, 24),
                TrueGesture("stop", 30, 34, timed=False),
                TrueGesture("shrug", 40, 41),
            ],
            [("wave", 10.4), ("stop", 21.0), ("stop", 33.0)],
        )
    )

    assert told["latency_s"] == {"p50": pytest.approx(0.7), "p95": pytest.approx(0.97)}
    assert told["latency_after_stroke_s"]["p50"] == pytest.approx(-0.1)
    assert told["ntd"] == pytest.approx((0.2 + 0.25) / 2)
    assert told["all"]["found"] == 3


def test_levenshtein_is_not_clamped():
    assert levenshtein(judge([stream([("wave", 1, 2)], [("wave", 1.5)])])) == 1.0
    assert levenshtein(judge([stream([("wave", 1, 2)], [("stop", t) for t in (3, 4, 5)])])) == -2.0
    assert levenshtein(judge([stream([], [("stop", 3)])])) is None
    two = [stream([("wave", 1, 2), ("stop", 4, 5)], [("wave", 1.5)]), stream([], [("stop", 3)])]
    assert levenshtein(judge(two)) == 0.0


def test_false_triggers_are_counted_on_gesture_free_streams_only():
    told = figures_of(
        stream([("wave", 1, 2)], [("stop", 30.0)], seconds=7200),
        stream([], [("stop", 3.0), ("wave", 4.0)], seconds=1800, recorded=600),
        stream([], [], seconds=5400),
    )["false_triggers"]

    assert (told["count"], told["hours"], told["per_hour"]) == (2, 2.0, 1.0)
    assert told["recorded_hours"] == pytest.approx((600 + 5400) / 3600)
    assert (told["low"], told["high"]) == (pytest.approx(0.1211, abs=1e-4), pytest.approx(3.6124, abs=1e-4))


def test_only_gesture_free_streams():
    told = figures_of(stream([], [], seconds=3600))

    assert told["core"]["recall"] is told["all"]["f1"] is told["ntd"] is told["levenshtein"] is None
    assert told["latency_s"] == {"p50": None, "p95": None}
    assert told["worst_subject"] is None
    free = told["false_triggers"]
    assert (free["count"], free["per_hour"], free["low"]) == (0, 0.0, 0.0)
    assert free["high"] == pytest.approx(3.689, abs=1e-3)


def test_people_and_distances():
    told = figures_of(
        stream([("wave", 1, 2)], [("wave", 1.5)], subject="A", distance=1),
        stream([("wave", 1, 2)], [], subject="B", distance=4),
        stream([("shrug", 1, 2)], [], subject="C", distance=4),
    )

    assert [row["core_recall"] for row in told["per_subject"].values()] == [1.0, 0.0, None]
    assert told["worst_subject"] == {"subject": "B", "core_recall": 0.0}
    assert {name: row["true"] for name, row in told["per_distance"].items()} == {"1": 1, "4": 2}


def test_clip_accuracy_is_the_likeliest_class_over_the_second_half():
    times = np.arange(40) / 10
    scores = np.tile(np.array([0.2, 0.7, 0.1], np.float32), (40, 1))
    scores[15:20] = (0.9, 0.05, 0.05)
    scores[18] = np.nan
    trace = Trace(times, scores, times < 0)
    told = figures_of(stream([("wave", 1.0, 1.9)], [], trace=trace), classes=("wave", "none", "stop"))
    late = figures_of(stream([("wave", 2.0, 2.9)], [], trace=trace), classes=("wave", "none", "stop"))

    assert (told["clip_accuracy"], late["clip_accuracy"]) == (1.0, 0.0)


def test_gestures_that_the_model_has_no_score_for():
    class Card:
        classes = ("none", "wave")

    assert unknown_classes([stream([("wave", 1, 2), ("salute", 3, 4)])], Card()) == {"salute"}
    assert unknown_classes([stream([("salute", 3, 4)])], None) == set()
