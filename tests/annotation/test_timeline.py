"""Events become spans, spans become lines, and lines are read again."""

import json
from dataclasses import replace

from gesturelrcn.annotation import read_timeline, spans_of
from gesturelrcn.annotation.timeline import to_lines
from gesturelrcn.events import GestureEvent, Phase
from tests.annotation.made import SPANS, TIMELINE


def event(gesture, phase, number, at, confidence, hand=None, position=None):
    return GestureEvent(gesture, phase, number, confidence, at, at, hand, position, at)


def test_a_span_goes_from_the_start_of_a_gesture_to_its_end():
    events = [
        event("wave", Phase.START, 4, 1.23456789, 0.7, "left", (0.33333333, 0.5)),
        event("wave", Phase.HOLD, 4, 1.4, 0.9, "both", (0.1, 0.1)),
        event("wave", Phase.END, 4, 1.5, 0.3),
        event("stop", Phase.START, 5, 1.5, 0.8),
        event("stop", Phase.END, 5, 2.0, 0.2),
    ]
    wave, stop = spans_of(events)

    assert (wave.gesture, wave.id, wave.start, wave.end) == ("wave", 4, 1.234568, 1.5)
    assert (wave.confidence, wave.peak, wave.hand, wave.position) == (0.9, 1.4, "left", (0.333333, 0.5))
    assert (stop.gesture, stop.start, stop.end, stop.hand, stop.position) == ("stop", 1.5, 2.0, None, None)


def test_of_moments_that_round_alike_the_first_is_the_peak():
    scores = (0.8, 0.9836761, 0.9836762, 0.5)
    events = [
        event("wave", Phase.HOLD if at else Phase.START, 1, at / 10, score) for at, score in enumerate(scores)
    ]
    (wave,) = spans_of(events)
    assert (wave.peak, wave.confidence) == (0.1, 0.983676)
    told = [replace(one, confidence=round(one.confidence, 6)) for one in events]
    assert spans_of(told) == (wave,)


def test_a_gesture_whose_end_is_missing_ends_at_its_last_event():
    events = [event("wave", Phase.START, 1, 1.0, 0.7), event("wave", Phase.HOLD, 1, 1.2, 0.6)]
    (wave,) = spans_of(events)
    assert (wave.start, wave.end, wave.peak) == (1.0, 1.2, 1.0)


def test_lines_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(to_lines(TIMELINE), encoding="utf-8")
    head, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())

    assert head["video"] == TIMELINE.video
    assert [row["gesture"] for row in rows] == ["raise_hand", "wave", "raise_hand"]
    assert rows[0] == {
        **{"gesture": "raise_hand", "id": 1, "start": 0.45, "end": 1.234567, "confidence": 0.987654},
        **{"peak": 0.8, "hand": "right", "position": [0.25, 0.125]},
    }
    assert read_timeline(path) == TIMELINE


def test_what_is_no_timeline_is_not_taken_for_one(tmp_path):
    path = tmp_path / "other.jsonl"
    whole = to_lines(TIMELINE)
    others = {
        "truth of a film": '{"gesture": "wave", "onset_s": 1.0}\n',
        "empty": "",
        "cut off": whole[:-20],
        "of another version": whole.replace('"timeline": 1', '"timeline": 99'),
        "no JSON": "hello\n",
        "a list": "[1, 2]\n",
        "a number": "3\n",
        "more than we know": whole.replace('"id": 1', '"id": 1, "new": 2'),
    }
    for what, content in others.items():
        path.write_text(content)
        assert read_timeline(path) is None, what
    path.write_bytes(b"\xff\xfe\x00")
    assert read_timeline(path) is None


def test_titles():
    assert [span.title for span in SPANS] == [
        "raise_hand, right hand, 0.99",
        "wave, both hands, 0.80",
        "raise_hand, 0.75",
    ]
    assert replace(SPANS[0], hand="left").title == "raise_hand, left hand, 0.99"
