from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gesturelrcn.evaluation import TrueGesture
from gesturelrcn.model.network import TemporalOutput
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import Activity
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.config.config import ThresholdSettings
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.tasks.thresholds import (
    DELAYS,
    STARTS,
    ScoredStream,
    ThresholdTrials,
    clip_counts,
    clip_scores,
    figures_at,
    trade_off,
    with_start,
    within_budget,
)
from tests.recordings.uneven import TIMES

CLASSES = ("none", "stop", "wave")
SECONDS = np.arange(60) / 20


class Config:
    classes = CLASSES


class Model:
    """Only what is asked of a network here: its classes."""

    config = Config()


def clip(gesture):
    recording = Clip(Path("x"), "x", "A", gesture, 1.0, 20.0, None if gesture == "none" else 1.0)
    return ClipFeatures(recording, gesture, np.zeros((60, 13, 3), np.float32), SECONDS.astype(np.float32))


def scores(wave=0.0, stop=0.0, since=1.0):
    shares = np.zeros((60, 3), np.float32)
    frames = since <= SECONDS
    shares[frames, 2], shares[frames, 1] = wave, stop
    shares[:, 0] = 1 - shares.sum(1)
    return shares


def stream(scores, gesture=None):
    """Scores of three seconds in which somebody makes a gesture from 1 s on, or none."""
    return ScoredStream(SECONDS, scores, [TrueGesture(gesture, 1.0, 3.0)] if gesture else [])


def test_the_lowest_threshold_without_false_starts_is_chosen():
    streams = [
        stream(scores(wave=0.97), "wave"),
        stream(scores(wave=0.67)),
        stream(scores(stop=0.55), "stop"),
    ]
    chosen = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings())
    assert chosen["wave"].start == 0.7
    assert chosen["stop"].start == min(STARTS)


def test_gestures_that_are_each_others_mirror_image_get_the_same():
    sides = ("none", "point_left", "point_right")  # in the places of stop and wave
    streams = [
        stream(scores(stop=0.97), "point_left"),
        stream(scores(wave=0.97), "point_right"),
        stream(scores(wave=0.67)),
    ]
    chosen = ThresholdTrials.on(sides, streams).choose(ThresholdSettings())
    assert chosen["point_left"] == chosen["point_right"]
    assert chosen["point_left"].start == 0.7
    own_mirror = ThresholdTrials.on(CLASSES, [*streams[2:], stream(scores(stop=0.97), "stop")])
    assert own_mirror.choose(ThresholdSettings())["stop"].start == min(STARTS)


def test_a_pair_of_mirror_images_may_have_the_false_triggers_of_two():
    sides = ("none", "turn_left", "turn_right")
    idle = [ScoredStream(SECONDS, scores(), []) for _ in range(12)]  # 36 s
    streams = [
        stream(scores(stop=0.97), "turn_left"),
        stream(scores(wave=0.97), "turn_right"),
        stream(scores(wave=0.67)),
        *idle,
    ]
    hours = sum(s.hours for s in streams if not s.truth)
    for allowed, start in ((1.2 / hours, min(STARTS)), (0.8 / hours, 0.7)):
        settings = ThresholdSettings(precision=0.5, wrong_start=0.0, false_triggers_per_hour=allowed)
        chosen = ThresholdTrials.on(sides, streams).choose(settings)
        assert chosen["turn_left"].start == chosen["turn_right"].start == start


def test_a_gesture_that_is_never_right_gets_the_threshold_for_that():
    streams = [stream(scores(stop=0.99), "wave"), stream(scores(stop=0.99))]
    chosen = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings())
    assert chosen["stop"].start == chosen["wave"].start == ThresholdSettings().otherwise


def test_a_config_may_say_what_to_do_with_such_a_gesture():
    streams = [
        stream(scores(wave=0.9), "wave"),
        stream(scores(stop=0.9)),
    ]
    settings = ThresholdSettings(otherwise=0.8)
    chosen = ThresholdTrials.on(CLASSES, streams).choose(settings)
    assert chosen["stop"].start == 0.8
    assert chosen["wave"].start == min(STARTS)


def test_a_gesture_that_others_pass_through_has_to_last_longer():
    lasting, passing = scores(wave=0.9), scores(wave=0.9)
    passing[30:] = scores()[0]  # half a second of what looks like a wave
    streams = [
        stream(lasting, "wave"),
        stream(passing),
        stream(scores(stop=0.9), "stop"),
    ]
    chosen = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings(precision=0.9))
    assert chosen["wave"].start_after > DELAYS[0]
    assert chosen["stop"].start_after == DELAYS[0]


def test_a_wrong_start_outweighs_what_little_a_low_threshold_finds_more():
    waves = [(0.99, "wave"), (0.99, "wave"), (0.99, "wave"), (0.6, "wave"), (0.7, None), (0.7, None)]
    streams = [stream(scores(wave=score), name) for score, name in waves]
    cheap = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings(precision=0.5, wrong_start=0.1))
    dear = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings(precision=0.5, wrong_start=1.0))
    assert cheap["wave"].start < 0.6
    assert dear["wave"].start > 0.65
    never = ThresholdTrials.on(CLASSES, streams[2:]).choose(ThresholdSettings(precision=0.1, wrong_start=9.0))
    assert never["wave"].start >= 0.7  # still worth it where nothing is wrong
    wrong = ThresholdTrials.on(CLASSES, streams[3:]).choose(ThresholdSettings(precision=0.1, wrong_start=9.0))
    assert wrong["wave"].start == ThresholdSettings().otherwise


def test_footage_with_a_budget_costs_until_the_budget_is_kept():
    found = [stream(scores(wave=score), "wave") for score in (0.99, 0.7, 0.7, 0.7)]
    found.append(stream(scores(stop=0.7), "stop"))
    busy = [replace(stream(scores(wave=0.8)), kind="busy") for _ in range(3)]
    settings = ThresholdSettings(precision=0.5, wrong_start=0.01)
    trials = ThresholdTrials.on(CLASSES, found).and_on(ThresholdTrials.on(CLASSES, busy))
    an_hour = 3600 / SECONDS[-1]
    generous = trials.choose(settings, {"busy": an_hour})
    strict = trials.choose(settings, {"busy": an_hour / 2})
    assert generous["wave"].start < 0.7
    assert strict["wave"].start > 0.8
    assert strict["stop"] == generous["stop"]  # what costs nothing does not give way
    figures = figures_at(CLASSES, [*found, *busy], generous)
    assert figures["footage"] == {"busy": {"hours": pytest.approx(3 * SECONDS[-1] / 3600), "false_starts": 3}}
    assert figures["gesture_free"] == {"hours": 0.0, "false_triggers": 0}  # it is no idle stream


def test_nothing_counts_where_nobody_knows_what_is_done():
    known = stream(scores(wave=0.9))
    limits = {name: with_start(0.5) for name in CLASSES[1:]}
    unknown = replace(known, untold=(Activity("other:x", 0.9, 2.0),))
    assert len(known.counts(CLASSES, limits).spurious) == 1
    assert not unknown.counts(CLASSES, limits).spurious


def test_fewer_false_starts_cost_what_is_hardly_surer():
    streams = [
        stream(scores(wave=0.99), "wave"),
        stream(scores(wave=0.7), "wave"),
        stream(scores(wave=0.9)),
    ]
    chosen = {name: with_start(0.5) for name in CLASSES[1:]}
    points = trade_off(CLASSES, streams, chosen)
    assert (points[0]["raised"], points[0]["recall"]) == (0.0, 1.0)
    assert points[0]["false_triggers_per_hour"] == 1 / (SECONDS[-1] / 3600)
    assert within_budget(points) == 0.5
    assert points[-1]["recall"] == 0.0  # no higher than it takes
    assert within_budget(points[:1]) is None
    assert trade_off(CLASSES, streams[:2], chosen) == []  # no hour without gestures


def test_end_thresholds_lie_below_start_thresholds():
    for start in STARTS:
        limits = with_start(start)
        assert isinstance(limits, Thresholds)
        assert 0 < limits.end < limits.start


def test_counts_of_a_clip_follow_the_matching_rule():
    limits = {name: with_start(0.5) for name in CLASSES[1:]}
    in_time = clip_counts(CLASSES, limits, clip("wave"), scores(wave=0.9))
    early = clip_counts(CLASSES, limits, clip("wave"), scores(wave=0.9, since=0.2))
    assert (len(in_time.matched), len(in_time.missed)) == (1, 0)
    assert (len(early.matched), len(early.spurious), len(early.missed)) == (0, 1, 1)


def test_a_gesture_of_which_nothing_is_known_gets_neither_the_highest_nor_the_lowest():
    streams = [stream(scores(wave=0.9), "wave")]
    chosen = ThresholdTrials.on(CLASSES, streams).choose(ThresholdSettings(otherwise=0.95))
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
    assert clip_scores(Memory(), uneven).shape == (len(TIMES), len(CLASSES))
    assert passed[0][:-9] == pytest.approx(1 / 20)
    assert passed[0][-9:] == pytest.approx(np.diff(TIMES), abs=1e-6)
