"""Skeletons as the CNNs would see the people, through a random camera."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.skeletons import HANDS, PARTS, Skeleton, read_skeletons
from gesturelrcn.training.data.strokes import DIRECTIONS, stroke_in
from gesturelrcn.training.features.joints_alone import joints_alone, square_around, unknown_hands
from gesturelrcn.training.features.onsets import offset_of, onset_of
from gesturelrcn.vocabulary import NONE

_TURN, _TILT = 0.35, 0.15  # radians: how far the camera stands beside and above or below the person's front
_NEAREST, _FARTHEST = 1.0, 5.0  # metres from the camera
_STILL = 2.0  # frames, standard deviation of the blur that takes the jitter of the depth camera away
_FINGERS, _SPREAD = 0.10, 0.035  # metres from the middle of the hand to finger tips; half the hand's width
_NOSE = 0.09  # metres by which the nose lies before the head's middle

_ALL = [*PARTS, *HANDS]
_SHOULDERS, _WRISTS = (
    [KEYPOINTS.index(f"{side}_{part}") for side in ("left", "right")] for part in ("shoulder", "wrist")
)


def features_of_skeletons(
    paths: Iterable[Path],
    names: Mapping[str, str],
    card: ModelCard,
    versions: int,
    rng: np.random.Generator,
) -> list[ClipFeatures]:
    """Every clip `versions` times, each time through another camera; nobody has looked at hands.

    Raises:
        TrainingError: a file holds no skeletons.
    """
    skeletons = [one for path in paths for one in read_skeletons(path, names)]
    return [_seen(one, card, rng) for one in skeletons for _ in range(versions)]


def _seen(skeleton: Skeleton, card: ModelCard, rng: np.random.Generator) -> ClipFeatures:
    places = _projected(_blurred(skeleton.joints), rng)
    centre, side = square_around(places, card)
    visible = np.ones(places.shape[:2], bool)
    keypoints = joints_alone(places, centre, np.full(len(places), side), visible, rng)
    times = (np.arange(len(places)) / skeleton.fps).astype(np.float32)
    clip = Clip(Path(), skeleton.name, skeleton.subject, skeleton.gesture, fps=skeleton.fps)
    if skeleton.gesture != NONE:
        clip = _timed(clip, keypoints, times)
    return ClipFeatures(clip, clip.gesture, keypoints, times, unknown_hands(len(keypoints), card))


def _timed(clip: Clip, keypoints: NDArray[np.float32], times: NDArray[np.float32]) -> Clip:
    """When the gesture begins and ends, which nobody has said."""
    if clip.gesture not in DIRECTIONS:
        return replace(clip, onset=onset_of(keypoints, times), offset=offset_of(keypoints, times))
    wrists, shoulders = keypoints[:, _WRISTS, :2], keypoints[:, _SHOULDERS, :2]
    whole = (0.0, float(times[-1]))
    stroke = stroke_in(wrists, shoulders, times.astype(np.float64), whole, DIRECTIONS[clip.gesture])
    if stroke is None:
        return replace(clip, gesture=NONE)
    return replace(clip, onset=stroke[0], stroke_end=stroke[1], offset=stroke[1])


def _blurred(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    reach = int(3 * _STILL)
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * _STILL**2))
    kernel /= kernel.sum()
    flat = joints.reshape(len(joints), -1).astype(np.float64)
    padded = np.pad(flat, ((reach, reach), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(column, kernel, "valid") for column in padded.T], -1)
    return np.asarray(smooth.reshape(joints.shape))


def _projected(joints: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(T, ., 3) metres -> (T, len(KEYPOINTS), 2), x to the right and y down, as a random camera sees them."""
    points = _with_tips(joints, rng)
    shoulders = points[:, _SHOULDERS]
    # Whoever turns in the course of a clip is seen from the side for a while; the first frames say the front.
    across = (shoulders[:, 0] - shoulders[:, 1])[:10]
    facing = np.arctan2(np.median(across[:, 2]), np.median(across[:, 0]))
    turn, tilt = facing + rng.uniform(-_TURN, _TURN), rng.uniform(-_TILT, _TILT)
    about_y = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned = (points - shoulders.mean((0, 1))) @ (about_x @ about_y).T
    distance = float(np.exp(rng.uniform(np.log(_NEAREST), np.log(_FARTHEST))))
    depth = np.maximum(distance - turned[..., 2], 0.3)
    return np.stack([turned[..., 0] / depth, -turned[..., 1] / depth], -1)


def _with_tips(joints: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(T, len(KEYPOINTS), 3): where finger tips would be if the hand were flat in some way."""
    at = {name: joints[:, number] for number, name in enumerate(_ALL)}
    at["nose"] = at["head"] + np.array([0.0, 0.0, _NOSE])
    for side in ("left", "right"):
        hand, wrist = at[f"{side}_hand"], at[f"{side}_wrist"]
        along = hand - wrist
        along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-3)
        beside = np.cross(along, _direction(rng))
        beside /= np.maximum(np.linalg.norm(beside, axis=-1, keepdims=True), 1e-3)
        reach = _FINGERS * rng.uniform(0.3, 1.1)
        at[f"{side}_index_tip"] = hand + reach * along + 0.3 * _SPREAD * beside
        at[f"{side}_pinky_tip"] = hand + 0.8 * reach * along - _SPREAD * beside
        at[f"{side}_thumb_tip"] = hand + 0.2 * reach * along + 1.5 * _SPREAD * beside
    return np.stack([at[name] for name in KEYPOINTS], 1)


def _direction(rng: np.random.Generator) -> NDArray[np.float64]:
    vector = rng.normal(0.0, 1.0, 3)
    return np.asarray(vector / np.linalg.norm(vector))
