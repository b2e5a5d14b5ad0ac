"""Performances of which nothing is drawn, as the CNNs would see them."""

import numpy as np
import pytest

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_VALUES
from gesturelrcn.model import KEYPOINTS, ModelCard
from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set
from gesturelrcn.training.features.simulation import VERSIONS, simulate_performances
from tests.training.tiny_data import performance_shard

CARD = ModelCard("x", "", ("none", "raise_hand"), 64, 8, KEYPOINTS, 8, 40, {}, hand_size=32)
WRIST = KEYPOINTS.index("right_wrist")


@pytest.fixture
def shard(tmp_path):
    performance_shard(tmp_path / "p", ["raise_hand", "none", "raise_hand"])
    return tmp_path / "p" / "performances-0-000.npz"


def test_every_performance_is_seen_through_several_cameras(shard):
    clips = simulate_performances(shard, CARD, np.random.default_rng(0))
    assert [track.gesture for track in clips[::VERSIONS]] == ["raise_hand", "none", "raise_hand"]
    assert len(clips) == 3 * VERSIONS
    first, second = clips[:2]
    assert not np.allclose(first.keypoints, second.keypoints)
    assert first.clip.subject == second.clip.subject != clips[VERSIONS].clip.subject
    assert (first.clip.onset, first.clip.stroke_end, first.clip.offset) == (0.8, 1.3, 2.5)
    assert clips[VERSIONS].clip.onset is clips[VERSIONS].clip.offset is None
    again = simulate_performances(shard, CARD, np.random.default_rng(0))
    assert all(np.array_equal(a.keypoints, b.keypoints) for a, b in zip(clips, again, strict=True))


def test_joints_are_where_the_card_cuts_the_body_out_with_the_errors_of_a_network(shard):
    clips = simulate_performances(shard, CARD, np.random.default_rng(0))
    raised = np.stack([track.keypoints for track in clips if track.gesture == "raise_hand"])
    assert raised[:, :5, WRIST, 1].mean() == pytest.approx((360 - 240) / 420 + 0.5, abs=0.08)
    assert raised[:, -5:, WRIST, 1].mean() == pytest.approx((160 - 240) / 420 + 0.5, abs=0.08)
    nose = raised[:, :, KEYPOINTS.index("nose"), :2]  # never moves, but the network is not that sure
    assert 0.001 < nose.std(1).mean() < 0.03
    wide = ModelCard(**{**vars(CARD), "zoom": 2.0})
    wider = simulate_performances(shard, wide, np.random.default_rng(0))[0].keypoints
    span = np.ptp(clips[0].keypoints[:, WRIST, 1])
    assert np.ptp(wider[:, WRIST, 1]) == pytest.approx(span / 2, abs=0.06)


def test_the_hand_that_acts_is_found_once_it_is_looked_at(shard):
    clip = simulate_performances(shard, CARD, np.random.default_rng(0))[0]
    assert clip.hands.shape == (len(clip.times), HAND_VALUES)
    assert not clip.hands[0].any()
    assert (clip.hands[-10:, -1] == 1).all()
    assert (clip.hands[-10:, -2] > 0.8).all()
    landmarks = clip.hands[-1, : 3 * HAND_LANDMARKS].reshape(HAND_LANDMARKS, 3)
    assert (np.abs(landmarks[:, :2]) < 0.75).all()
    without = ModelCard(**{**vars(CARD), "hand_size": 0})
    assert simulate_performances(shard, without, np.random.default_rng(0))[0].hands is None


def test_joints_outside_the_camera_are_not_seen(tmp_path):
    performance_shard(tmp_path / "p", ["raise_hand"])
    path = tmp_path / "p" / "performances-0-000.npz"
    with np.load(path) as shard:
        arrays = dict(shard)
    arrays["joints"][:, WRIST, 0] = -10
    np.savez(path, **arrays)
    clip = simulate_performances(path, CARD, np.random.default_rng(0))[0]
    assert clip.keypoints[:, WRIST, 2].max() <= 0.4
    assert clip.keypoints[:, KEYPOINTS.index("nose"), 2].min() >= 0.85
    looked_at = clip.hands[:, -1] == 1
    assert (clip.hands[looked_at, -2] <= 0.3).all()


def test_a_set_of_performances_is_known_by_its_shards(shard):
    dataset = open_data_set(DataSettings("mine", "CC0-1.0", "made"), shard.parent)
    assert dataset.kind == "performances"
    assert dataset.gestures() == {"raise_hand": 2, "none": 1}
