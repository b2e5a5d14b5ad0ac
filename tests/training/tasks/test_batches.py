"""Batches can be entered anywhere, and sets are drawn from by their weights."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipSet
from gesturelrcn.training.data.keypoint_images import KeypointImages
from gesturelrcn.training.tasks.keypoints import keypoint_batches
from gesturelrcn.training.tasks.recognition import train_recognition
from gesturelrcn.training.tasks.stream_batches import StreamBatches
from tests.training.tiny_data import arms, moving

CLASSES = ("none", "point_left", "point_right", "wave")


def pictures(seed, share):
    rng = np.random.default_rng(seed)
    joints = rng.uniform(0.3, 0.7, (9, len(KEYPOINTS), 3)).astype(np.float32)
    images = rng.integers(0, 255, (9, 40, 40, 3), dtype=np.uint8)
    return KeypointImages(images, joints, 1.0, bool(seed), share)


def streams(seed=0, weight=1.0):
    waves = [moving("wave", "W", 1), moving("none", "W", 0)]
    return StreamBatches(
        [ClipSet("arms", arms()), ClipSet("waves", waves, weight)], CLASSES, 6, 24, (seed, 0)
    )


def images(threads=1):
    return keypoint_batches([pictures(0, 1.0), pictures(1, 1.0)], 5, 32, (0, 0), threads)


@pytest.mark.parametrize("make", [images, streams])
def test_a_sequence_goes_on_where_it_was(make):
    one = make()
    for _ in range(9):
        one.next()
    state = one.state()
    ahead = [one.next() for _ in range(12)]
    other = make()
    other.next()
    other.restore(state)
    for batch in ahead:
        for mine, theirs in zip(batch, other.next(), strict=True):
            assert torch.equal(mine, theirs)


def test_threads_make_the_same_pictures():
    one, four = images(), images(threads=4)
    for _ in range(3):
        for mine, theirs in zip(one.next(), four.next(), strict=True):
            assert torch.equal(mine, theirs)


@pytest.mark.parametrize(("weight", "least", "most"), [(3.0, 0.55, 0.95), (1 / 3, 0.05, 0.45)])
def test_streams_are_of_each_set_by_its_weight(weight, least, most):
    batches = streams(weight=weight)
    seen = dict.fromkeys(CLASSES, 0.0)
    for _ in range(200):
        target = batches.next()[3]
        for number, name in enumerate(CLASSES):
            seen[name] += float(target[..., number].sum())
    waves = seen["wave"] / (seen["wave"] + seen["point_left"] + seen["point_right"])
    assert least < waves < most  # of some forty streams


def test_a_set_of_weight_0_is_never_drawn_from():
    batches = streams(weight=0.0)
    assert sum(float(batches.next()[3][..., CLASSES.index("wave")].sum()) for _ in range(40)) == 0.0


def test_each_reader_learns_from_the_sets_in_its_own_shares(tmp_path):
    """What each is given: the loop that would train it is asked, which trains nothing here."""

    class Asked:
        fabric = SimpleNamespace(world_size=1, global_rank=0)

        def __init__(self):
            self.waves = []

        def run(self, name, task, weights, batches, schedule, log, figures):
            target = torch.cat([batches.next()[3] for _ in range(40)])
            self.waves.append(float(target[..., CLASSES.index("wave")].mean()))

    model = LRCN(NetworkConfig(CLASSES, hidden=8, readers=2))
    waves = [moving("wave", "W", 1), moving("none", "W", 0)]
    sets = [ClipSet("arms", arms()), ClipSet("waves", waves, weights=(0.05, 20.0))]
    asked = Asked()
    train_recognition(model, sets, RecognitionSettings(steps=1), tmp_path / "log.csv", loop=asked)
    few, many = asked.waves
    assert few < 0.1 < many
