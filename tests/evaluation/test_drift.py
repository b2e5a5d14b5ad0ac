"""Recall and false triggers minute by minute."""

import pytest

from tests.evaluation.made import figures_of, stream


def test_drift_by_minute():
    truth = [("wave", 10 + 60 * k, 12 + 60 * k) for k in range(4)]
    told = figures_of(
        stream(truth, [("wave", 11.0), ("wave", 71.0)], seconds=240),
        stream([], [("wave", 61.0)], seconds=90),
    )["drift"]

    assert [row["recall"] for row in told["minutes"]] == [1.0, 1.0, 0.0, 0.0]
    assert [row["gesture_free_s"] for row in told["minutes"]] == [60, 30, 0, 0]
    assert [row["false_triggers"] for row in told["minutes"]] == [0, 1, 0, 0]
    assert told["minutes"][1]["per_hour"] == pytest.approx(120)
    assert told["recall_slope_per_hour"]["value"] < 0
