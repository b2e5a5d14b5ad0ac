from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gesturelrcn.evaluation import TrueGesture
from gesturelrcn.model.network import TemporalOutput
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.config.config import ThresholdSettings
from gesturelrcn.training.data.clip_features import SeenClip
from gesturelrcn.training.tasks import thresholds
from gesturelrcn.training.tasks.thresholds import STARTS, choose_thresholds, clip_counts, with_start
from tests.recordings.uneven import TIMES

CLASSES = ("none", "stop", "wave")


class Config:
    classes = CLASSES


class Model:
    """Only what is asked of a network here: its classes."""

    config = Config()


def clip(gesture):
    times = (np.arange(60) / 20).astype(np.float32)
    held = Clip(Path("x"), "x", "A", gesture, 1.0, 20.0, None if gesture == "none" else 1.0)
    return SeenClip(held, gesture, np.zeros((60, 13, 3), np.float32), times)


def scores(wave=0.0, stop=0.0, since=1.0):
    held = np.zeros((60, 3), np.float32)
    frames = np.arange(60) / 20 >= since
    held[frames, 2], held[frames, 1] = wave, stop
    held[:, 0] = 1 - held.sum(1)
    return held


def choose(monkeypatch, scored):
    monkeypatch.setattr(thresholds, "clip_scores", lambda _, seen: scored[id(seen)][1])
    return choose_thresholds(Model(), [seen for seen, _ in scored.values()])


def test_the_lowest_threshold_without_false_starts_is_chosen(monkeypatch):
    pairs = [
        (clip("wave"), scores(wave=0.97)),
        (clip("none"), scores(wave=0.67)),
        (clip("stop"), scores(stop=0.55)),
    ]
    chosen = choose(monkeypatch, {id(seen): (seen, s) for seen, s in pairs})
    assert chosen["wave"].start == 0.7
    assert chosen["stop"].start == min(STARTS)


def test_a_gesture_that_is_never_right_gets_the_threshold_for_that(monkeypatch):
    pairs = [(clip("wave"), scores(stop=0.99)), (clip("none"), scores(stop=0.99))]
    chosen = choose(monkeypatch, {id(seen): (seen, s) for seen, s in pairs})
    assert chosen["stop"].start == chosen["wave"].start == ThresholdSettings().otherwise


def test_a_config_may_say_what_to_do_with_such_a_gesture():
    times = (np.arange(60) / 20).astype(np.float64)
    streams = [
        thresholds.ScoredStream(times, scores(wave=0.9), [TrueGesture("wave", 1.0, 3.0)]),
        thresholds.ScoredStream(times, scores(stop=0.9), []),
    ]
    settings = ThresholdSettings(otherwise=0.8)
    chosen = thresholds.choose(CLASSES, streams, settings)
    assert chosen["stop"].start == 0.8
    assert chosen["wave"].start == min(STARTS)


def test_a_gesture_that_others_pass_through_has_to_last_longer():
    times = (np.arange(60) / 20).astype(np.float64)
    held, passing = scores(wave=0.9), scores(wave=0.9)
    passing[30:] = scores()[0]  # half a second of what looks like a wave
    streams = [
        thresholds.ScoredStream(times, held, [TrueGesture("wave", 1.0, 3.0)]),
        thresholds.ScoredStream(times, passing, []),
        thresholds.ScoredStream(times, scores(stop=0.9), [TrueGesture("stop", 1.0, 3.0)]),
    ]
    chosen = thresholds.choose(CLASSES, streams, ThresholdSettings(precision=0.9))
    assert chosen["wave"].start_after > thresholds.DELAYS[0]
    assert chosen["stop"].start_after == thresholds.DELAYS[0]


def test_a_wrong_start_outweighs_what_little_a_low_threshold_finds_more():
    times = (np.arange(60) / 20).astype(np.float64)
    waves = [(0.99, "wave"), (0.99, "wave"), (0.99, "wave"), (0.6, "wave"), (0.7, None), (0.7, None)]
    streams = [
        thresholds.ScoredStream(times, scores(wave=score), [TrueGesture(name, 1.0, 3.0)] if name else [])
        for score, name in waves
    ]
    cheap = thresholds.choose(CLASSES, streams, ThresholdSettings(precision=0.5, wrong_start=0.1))
    dear = thresholds.choose(CLASSES, streams, ThresholdSettings(precision=0.5, wrong_start=1.0))
    assert cheap["wave"].start < 0.6
    assert dear["wave"].start > 0.65
    never = thresholds.choose(CLASSES, streams[2:], ThresholdSettings(precision=0.1, wrong_start=9.0))
    assert never["wave"].start >= 0.7  # still worth it where nothing is wrong
    wrong = thresholds.choose(CLASSES, streams[3:], ThresholdSettings(precision=0.1, wrong_start=9.0))
    assert wrong["wave"].start == ThresholdSettings().otherwise


def test_fewer_false_starts_cost_what_is_hardly_surer():
    times = (np.arange(60) / 20).astype(np.float64)
    streams = [
        thresholds.ScoredStream(times, scores(wave=0.99), [TrueGesture("wave", 1.0, 3.0)]),
        thresholds.ScoredStream(times, scores(wave=0.7), [TrueGesture("wave", 1.0, 3.0)]),
        thresholds.ScoredStream(times, scores(wave=0.9), []),
    ]
    chosen = {name: with_start(0.5) for name in CLASSES[1:]}
    points = thresholds.trade_off(CLASSES, streams, chosen)
    assert (points[0]["raised"], points[0]["recall"]) == (0.0, 1.0)
    assert points[0]["false_triggers_per_hour"] == 1 / (times[-1] / 3600)
    assert thresholds.within_budget(points) == 0.5
    assert points[-1]["recall"] == 0.0  # no higher than it takes
    assert thresholds.within_budget(points[:1]) is None
    assert thresholds.trade_off(CLASSES, streams[:2], chosen) == []  # no hour without gestures


def test_end_thresholds_lie_below_start_thresholds():
    for start in STARTS:
        limits = with_start(start)
        assert isinstance(limits, Thresholds)
        assert 0 < limits.end < limits.start


def test_counts_of_a_clip_follow_the_matching_rule():
    limits = {name: with_start(0.5) for name in CLASSES[1:]}
    found = clip_counts(CLASSES, limits, clip("wave"), scores(wave=0.9))
    early = clip_counts(CLASSES, limits, clip("wave"), scores(wave=0.9, since=0.2))
    assert (len(found.matched), len(found.missed)) == (1, 0)
    assert (len(early.matched), len(early.spurious), len(early.missed)) == (0, 1, 1)


def test_a_gesture_of_which_nothing_is_known_gets_neither_the_highest_nor_the_lowest():
    times = (np.arange(60) / 20).astype(np.float64)
    streams = [thresholds.ScoredStream(times, scores(wave=0.9), [TrueGesture("wave", 1.0, 3.0)])]
    chosen = thresholds.choose(CLASSES, streams, ThresholdSettings(otherwise=0.95))
    assert chosen["stop"].start == 0.7
    assert chosen["wave"].start == min(STARTS)


def test_the_network_is_told_how_far_the_frames_are_really_apart():
    class Memory(Model):
        def initial_state(self):
            return None

        def temporal_pass(self, keypoints, hands, dt, state):
            passed.append(dt.numpy()[0])
            return TemporalOutput(torch.zeros(*keypoints.shape[:2], len(CLASSES)), None, state)

    passed = []
    uneven = replace(
        clip("wave"), times=np.array(TIMES, np.float32), keypoints=np.zeros((10, 13, 3), np.float32)
    )
    assert thresholds.clip_scores(Memory(), uneven).shape == (len(TIMES), len(CLASSES))
    assert passed[0][:-9] == pytest.approx(1 / 20)
    assert passed[0][-9:] == pytest.approx(np.diff(TIMES), abs=1e-6)
