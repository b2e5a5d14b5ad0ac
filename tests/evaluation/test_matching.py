import pytest

from gesturelrcn.evaluation import TrueGesture, match_starts
from gesturelrcn.events import GestureEvent, Phase

WAVE = TrueGesture("wave", 1.0, 2.0)
STOP = TrueGesture("stop", 4.0, 5.0)


def start(gesture, at, phase=Phase.START):
    return GestureEvent(gesture, phase, 1, 0.9, at, at)


def tally(truth, events):
    c = match_starts(truth, events)
    return tuple(len(x) for x in (c.matched, c.missed, c.duplicates, c.wrong_class, c.spurious))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], (0, 2, 0, 0, 0)),
        ([start("wave", 1.2), start("stop", 4.0)], (2, 0, 0, 0, 0)),
        ([start("wave", 0.99)], (0, 2, 0, 0, 1)),
        ([start("wave", 2.5)], (1, 1, 0, 0, 0)),
        ([start("wave", 2.51)], (0, 2, 0, 0, 1)),
        ([start("wave", 1.2), start("wave", 1.9)], (1, 1, 1, 0, 0)),
        ([start("stop", 1.2), start("wave", 1.4)], (1, 1, 0, 1, 0)),
        ([start("wave", 3.0)], (0, 2, 0, 0, 1)),
        ([start("wave", 1.2, Phase.HOLD), start("wave", 1.2, Phase.END)], (0, 2, 0, 0, 0)),
    ],
)
def test_matching(events, expected):
    assert tally([WAVE, STOP], events) == expected


def test_two_gestures_close_together_are_matched_one_to_one_earliest_first():
    first, second = TrueGesture("wave", 1.0, 2.0), TrueGesture("wave", 2.2, 3.0)
    counts = match_starts([second, first], [start("wave", 2.4), start("wave", 1.5)])
    assert [(g.onset, e.decided_at) for g, e in counts.matched] == [(1.0, 1.5), (2.2, 2.4)]


def test_without_truth_every_start_is_spurious():
    assert tally([], [start("wave", 1.0), start("stop", 2.0)]) == (0, 0, 0, 0, 2)
