"""What the hand CNN says of hands that are known exactly."""

import numpy as np
import pytest
import torch

from gesturelrcn.keypoints import HAND_LANDMARKS, KEYPOINTS
from gesturelrcn.model import assets
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.features.hand_observation import (
    FEWEST,
    TOLD,
    HandObservation,
    HandObservations,
    measured,
    read_observations,
    told,
)
from gesturelrcn.training.teacher.cache import HAND_SIZE, LabelledClip

CLIPS, LONG = 120, 30


def hands(count, rng):
    """Landmarks of hands that lie and are held in many ways."""
    return rng.normal(0, 0.2, (count, HAND_LANDMARKS, 3))


def halved(rng, clips=CLIPS):
    """A network that says half of the truth, is wrong all through a clip, and trembles a little."""
    landmarks = hands(clips * LONG, rng)
    of = np.repeat(np.arange(clips), LONG)
    steady = rng.normal(0, 0.05, (clips, TOLD))[of]
    return landmarks, 0.5 * told(landmarks) + steady + rng.normal(0, 0.01, (clips * LONG, TOLD)), of


@pytest.fixture(scope="module")
def fitted():
    return HandObservation.fitted(*halved(np.random.default_rng(0)))


def test_what_is_half_of_the_truth_stays_half_of_it(fitted):
    rng = np.random.default_rng(1)
    landmarks = hands(400, rng)
    expected = fitted.middle + (told(landmarks) - fitted.at) / fitted.spread @ fitted.weights.T
    truth = told(landmarks)[:, :20]
    slopes = [np.polyfit(truth[:, k], expected[:, k], 1)[0] for k in range(20)]
    assert np.mean(slopes) == pytest.approx(0.5, abs=0.03)


def test_errors_are_those_that_were_measured(fitted):
    rng = np.random.default_rng(2)
    landmarks = np.repeat(hands(1, rng), 40, 0)
    said = np.stack([fitted.answers(landmarks, rng) for _ in range(200)])
    assert said.mean(1).std(0).mean() == pytest.approx(0.05, rel=0.2)  # of a clip
    assert said.std(1).mean() == pytest.approx(0.01, rel=0.3)  # from frame to frame
    assert fitted.kept < 0.2  # it trembled anew in every frame


def test_errors_that_stay_for_some_frames_are_told_apart():
    rng = np.random.default_rng(3)
    landmarks, answers, of = halved(rng, clips=20)
    slow = rng.normal(0, 0.05, (20, LONG // 10, TOLD)).repeat(10, 1).reshape(-1, TOLD)
    assert HandObservation.fitted(landmarks, answers + slow, of).kept > 0.6


def test_it_is_kept_in_a_file(fitted, tmp_path):
    path = tmp_path / "o.npz"
    HandObservations(fitted, fitted).write(path)
    again = read_observations(path)
    assert again.near.kept == pytest.approx(fitted.kept)
    assert again.far.weights == pytest.approx(fitted.weights, abs=1e-5)
    path.write_bytes(b"no")
    with pytest.raises(TrainingError, match="no observations of hands"):
        read_observations(path)


def test_what_ships_says_closed_fingers_half_open():
    """The reason for all of this: pictures of hands are too small to show fingers well."""
    shipped = read_observations(assets() / "hand_observation.npz")
    rng = np.random.default_rng(0)
    for one in (shipped.near, shipped.far):
        expected_at = one.middle[3 * HAND_LANDMARKS :][1:5]  # straightness of four fingers
        assert ((expected_at > 0.6) & (expected_at < 1)).all()
        slopes = (one.weights / one.spread)[66:68, 66:68].sum(0)
        assert (slopes < 0.8).all()
        assert np.isfinite(one.answers(hands(20, rng), rng)).all()


def labelled(clips, frames):
    """Grey pictures of hands with landmarks in the middle of them."""
    rng = np.random.default_rng(0)
    return [
        LabelledClip(
            times=np.arange(frames, dtype=np.float32) / 20,
            pictures=np.zeros((frames, 8, 8, 3), np.uint8),
            keypoints=np.zeros((frames, len(KEYPOINTS), 3), np.float32),
            hand_pictures=rng.integers(0, 255, (frames, 2, HAND_SIZE, HAND_SIZE, 3), np.uint8),
            hands=rng.uniform(0.4, 0.6, (frames, 2, HAND_LANDMARKS, 3)).astype(np.float32),
        )
        for _ in range(clips)
    ]


def test_a_network_is_measured_on_labelled_clips_and_on_too_few_of_them_not():
    torch.manual_seed(0)
    sizes = NetworkConfig(classes=("none", "wave"), size=32, hidden=8, joint_features=8, hand_size=32)
    model = LRCN(sizes).eval()
    clips = labelled(3, 240)
    assert FEWEST < 2 * 3 * 240 / 3
    found = measured(model, clips)
    assert found is not None
    assert found.near.weights.shape == (TOLD, TOLD)
    assert not np.allclose(found.near.middle, found.far.middle)
    assert measured(model, clips[:1]) is None
