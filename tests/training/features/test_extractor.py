"""What the CNNs see in a clip, frame after frame."""

from dataclasses import replace

import pytest
import torch

from gesturelrcn.model import KEYPOINTS, ModelCard
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.features import extractor
from gesturelrcn.training.features.extractor import FeatureExtractor
from tests.recordings.uneven import TIMES, write_uneven

CARD = ModelCard("x", "", ("none", "wave"), 32, 8, KEYPOINTS, 8, 40, {})


@pytest.fixture
def extractor_of_films():
    torch.manual_seed(0)
    return FeatureExtractor(
        LRCN(NetworkConfig(classes=CARD.classes, size=32, hidden=8)).eval(), CARD, "films", 1, 0
    )


@pytest.fixture
def clip(tmp_path):
    path = write_uneven(tmp_path / "a.mp4")
    return Clip(path, "a.mp4", "A", "wave", fps=10.0, onset=0.7)


def test_a_frame_is_seen_at_the_time_of_its_own_stamp(extractor_of_films, clip):
    plain, filmed = extractor_of_films(clip)
    assert plain.times == pytest.approx(TIMES, abs=1e-4)
    assert filmed.times == pytest.approx(TIMES, abs=1e-4)
    assert plain.keypoints.shape == (len(TIMES), len(KEYPOINTS), 3)


def test_the_person_is_followed_by_those_times(extractor_of_films, clip, monkeypatch):
    class Follower:
        def follow(self, image, at):
            asked.append(at)

        def close(self):
            pass

    asked = []
    monkeypatch.setattr(extractor, "person_follower", Follower)
    extractor_of_films._kind = "index"
    assert extractor_of_films(clip) == []
    assert asked == pytest.approx(TIMES, abs=1e-4)


def test_a_clip_that_does_not_decode_shows_nothing(extractor_of_films, clip, tmp_path):
    assert extractor_of_films(replace(clip, path=tmp_path / "gone.mp4")) == []
