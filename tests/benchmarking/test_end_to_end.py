import numpy as np
import pytest

from gesturelrcn.benchmarking.end_to_end import (
    WARM_UP,
    Stimulus,
    busy,
    end_to_end,
    matched,
    onset_before,
    stimulus,
)
from gesturelrcn.errors import GestureLrcnError

SHOWN = Stimulus([np.zeros((4, 4, 3), np.uint8)] * 100, 20.0, {10: "wave", 70: "stop"})


class Published:
    """Pictures 0 to 99, one every 0.05 s from 100 s on, again and again."""

    published = tuple((number % 100, 100.0 + number / 20) for number in range(1000))

    def published_before(self, place, at):
        return max((when for which, when in self.published if which == place and when <= at), default=None)


def decision(gesture, key, picture, captured_at):
    return {
        "gesture": gesture,
        "key": key,
        "picture": picture,
        "captured_at": captured_at,
        "decided_at": captured_at + 0.003,
        "pressed_at": captured_at + 0.004,
    }


def test_each_key_is_traced_back_to_the_frame_that_decided():
    second_round = 100.0 + 100 / 20 + 100 / 20
    decisions = [
        decision("wave", "a", 20, 101.0 + 0.002),  # during the warm-up
        decision("wave", "a", 20, second_round + 1.0 + 0.002),
        decision("wave", "a", 90, second_round + 4.5 + 0.002),  # took the second gesture for the first
    ]
    keys = [("a", one["captured_at"] + 0.008) for one in decisions]
    told = matched(decisions, keys, Published(), SHOWN)
    assert told["pipeline"]["n"] == told["recognised"] == 2
    assert told["pipeline"]["p50"] == pytest.approx(10.0)
    assert told["camera_to_frame"]["p50"] == pytest.approx(2.0)
    assert told["frame_to_decision"]["p50"] == pytest.approx(3.0)
    assert told["decision_to_key"]["p50"] == pytest.approx(5.0)
    assert told["right"] == told["decision"]["n"] == 1
    assert told["decision"]["p50"] == pytest.approx(1000 * (20 - 10) / 20)


def test_keys_from_elsewhere_are_no_figures():
    one = decision("wave", "a", 20, 120.0)
    for keys in ([], [("b", 120.1)], [("a", 120.1), ("a", 120.2)]):
        with pytest.raises(GestureLrcnError, match="another program"):
            matched([one], keys, Published(), SHOWN)


def test_the_gesture_that_goes_on():
    assert [onset_before(place, SHOWN) for place in (5, 10, 69, 70, 99)] == [None, 10, 10, 70, 70]


def test_the_stimulus_is_cut_from_the_sample_by_its_truth():
    shown = stimulus()
    assert len(shown.onsets) == 5
    assert shown.fps == pytest.approx(20.0, rel=0.01)
    assert shown.seconds < 20.0  # of 27, without the pauses


def test_a_load_is_there_and_gone_again():
    with busy(True) as load:
        assert "2" in load or "loops" in load or "stress" in load
    with busy(False) as load:
        assert load == "none"


@pytest.mark.e2e
@pytest.mark.timeout(900)
def test_a_gesture_becomes_a_key_in_another_program():
    told = end_to_end(5)
    assert told["shown"] >= 5
    assert told["recognised"] >= 1
    assert told["right"] >= 1
    # The parts are the way: publication, capture, decision, key, each after the other.
    for name in ("camera_to_frame", "frame_to_decision", "decision_to_key"):
        assert 0 < told[name]["p50"] <= told["pipeline"]["max"]
    assert told["decision"]["p50"] > 0
    assert told["frames"] > WARM_UP
