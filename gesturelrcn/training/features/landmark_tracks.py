"""Landmarks of body and hands, without pictures, as the CNNs would see the people."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.landmarks import LandmarkClip, read_landmarks
from gesturelrcn.training.features.hand_observation import HandObservations
from gesturelrcn.training.features.joints_alone import another_square, square_around
from gesturelrcn.training.features.onsets import offset_of, onset_of
from gesturelrcn.training.features.simulation import mistaken, seen_hands
from gesturelrcn.vocabulary import NONE

_WRISTS = [KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")]


def features_of_landmarks(
    paths: Iterable[Path],
    names: Mapping[str, str],
    card: ModelCard,
    versions: int,
    rng: np.random.Generator,
    observations: HandObservations | None = None,
) -> list[ClipFeatures]:
    """Every clip `versions` times, each time as another camera would have it.

    Raises:
        TrainingError: a file holds no landmarks.
    """
    clips = [one for path in paths for one in read_landmarks(path, names)]
    return [_seen(one, card, rng, observations) for one in clips for _ in range(versions)]


def _seen(
    landmarks: LandmarkClip, card: ModelCard, rng: np.random.Generator, observations: HandObservations | None
) -> ClipFeatures:
    centre, side = another_square(*square_around(landmarks.joints, card), rng)
    middle = centre.mean(0)
    keypoints = mistaken((landmarks.joints - middle) / side + 0.5, landmarks.inside, rng)
    hands = None
    if card.hand_size:
        there = landmarks.found & landmarks.inside[:, _WRISTS]
        observation = None if observations is None else observations.one(rng)
        hands = seen_hands(keypoints, landmarks.hands, there, middle, side, rng, observation)
    times = (np.arange(len(keypoints)) / landmarks.fps).astype(np.float32)
    clip = Clip(Path(), landmarks.name, landmarks.subject, landmarks.gesture, fps=landmarks.fps)
    if landmarks.gesture != NONE:
        clip = replace(clip, onset=onset_of(keypoints, times), offset=offset_of(keypoints, times))
    return ClipFeatures(clip, clip.gesture, keypoints, times, hands)
