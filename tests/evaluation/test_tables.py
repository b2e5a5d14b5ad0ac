"""Figures as words: what stands in the table and below it."""

import pytest

from gesturelrcn.evaluation.tables import COLUMNS, closing_lines, sections, shown, title

ROW = {"true": 4, "found": 3, "recall": 0.75, "precision": 1.0, "f1": 0.857142}
FIGURES = {
    "streams": 2,
    "clips": 9,
    "minutes": 1.26,
    "per_class": {"wave": ROW},
    "per_subject": {"": ROW},
    "core": ROW,
    "all": ROW,
    "false_triggers": {"count": 2, "hours": 0.5, "per_hour": 4.0, "low": 0.484, "high": 14.449},
    "latency_s": {"p50": 0.8, "p95": None},
    "ntd": 0.5,
    "levenshtein": -0.25,
    "unknown_classes": [],
    "skipped": {"count": 0},
}


@pytest.mark.parametrize(("value", "text"), [(None, "-"), (0.12345, "0.123"), (3, "3"), ("S5", "S5")])
def test_a_figure_has_three_places_and_nothing_is_a_dash(value, text):
    assert shown(value) == text


def test_rows_stand_by_gesture_by_person_and_for_the_whole():
    by_gesture, by_person, whole = sections(FIGURES)
    assert [row[0] for row in (*by_gesture, *by_person, *whole)] == ["wave", "-", "core", "all"]
    assert by_gesture[0][1:4] == ["4", "3", "0.750"]
    assert {len(row) for row in (*by_gesture, *by_person, *whole)} == {1 + len(COLUMNS)}


def test_what_is_below_the_table_tells_of_what_was_left_out_only_if_something_was():
    assert title(FIGURES) == "2 streams of 9 clips, 1.3 minutes"
    took, free = closing_lines(FIGURES)
    assert (
        took == "decided after onset: 0.800 s (median), - s (95 %); NTtD 0.500; Levenshtein accuracy -0.250"
    )
    assert free.startswith("false triggers: 2 in 0.500 h without a gesture, 4.000 an hour")
    more = closing_lines({**FIGURES, "unknown_classes": ["swipe"], "skipped": {"count": 1}})
    assert more[2:] == [
        "not known to the model, counted as missed: swipe",
        "skipped: 1 (named above)",
    ]
