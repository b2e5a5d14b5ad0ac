"""Whole streams of joints are measured like any film."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, ModelCard
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.tasks.held_out_streams import measured_on_streams, stream_scores
from gesturelrcn.training.tasks.thresholds import with_start

CLASSES = ("circle", "none", "swipe_left")


def network(sure_of):
    """A network that is sure of one class, whatever it sees."""
    torch.manual_seed(0)
    model = LRCN(NetworkConfig(classes=CLASSES, size=32, hidden=8)).eval()
    with torch.no_grad():
        for head in model.temporal_heads:
            head.classify.weight.zero_()
            head.classify.bias.copy_(8.0 * torch.eye(len(CLASSES))[CLASSES.index(sure_of)])
    return model


def card():
    thresholds = {name: with_start(0.7) for name in CLASSES if name != "none"}
    return ModelCard("x", "", CLASSES, 32, 8, KEYPOINTS, 8, 40, thresholds)


def stream(*gestures, untold=(), subject="A"):
    keypoints = np.full((100, len(KEYPOINTS), 3), 0.5, np.float32)
    times = (np.arange(100) / 20).astype(np.float32)
    clip = Clip(Path("a"), f"{subject}.npz", subject, "none", fps=20.0)
    return ClipFeatures(clip, "none", keypoints, times, gestures=gestures, untold=tuple(untold))


def measured(sure_of, *streams):
    return measured_on_streams(network(sure_of), card(), streams, Path("streams")).figures


def test_a_start_within_a_gesture_finds_it():
    figures = measured("circle", stream(TrueGesture("circle", 0.0, 3.0)))
    assert (figures["all"]["true"], figures["all"]["found"], figures["all"]["precision"]) == (1, 1, 1.0)
    assert figures["latency_s"]["p50"] == pytest.approx(0.1, abs=0.06)
    assert figures["clip_accuracy"] == 1.0


def test_streams_without_a_gesture_tell_false_starts_an_hour():
    figures = measured("circle", stream(), stream(subject="B"))
    assert figures["false_triggers"]["count"] == 2
    assert figures["false_triggers"]["hours"] == pytest.approx(2 * 4.95 / 3600, abs=1e-4)
    assert measured("none", stream())["false_triggers"]["count"] == 0


def test_what_is_no_class_is_none_and_what_is_not_told_counts_for_nothing():
    figures = measured("circle", stream(TrueGesture("flip_table", 0.0, 3.0)))
    assert (figures["all"]["true"], figures["false_triggers"]["count"]) == (0, 1)
    figures = measured("circle", stream(untold=[Activity("other:spin", 0.0, 1.0)]))
    assert figures["false_triggers"]["count"] == 0


def test_the_memory_goes_through_the_whole_stream():
    torch.manual_seed(1)
    model = LRCN(NetworkConfig(classes=CLASSES, size=32, hidden=8)).eval()
    one = stream()
    scores = stream_scores(model, one)
    assert scores.shape == (100, 3)
    assert scores.sum(1) == pytest.approx(1.0, abs=1e-5)
    assert not np.allclose(scores[0], scores[-1])
