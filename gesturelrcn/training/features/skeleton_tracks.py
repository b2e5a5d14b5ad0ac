"""Skeletons as the CNNs would see the people, through a random camera."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region.locator import DROP, FACE_UNITS, SHOULDER_WIDTHS
from gesturelrcn.training.data.clip_features import UNKNOWN_HAND, ClipFeatures
from gesturelrcn.training.data.skeletons import HANDS, PARTS, Skeleton, read_skeletons
from gesturelrcn.training.data.strokes import DIRECTIONS, stroke_in
from gesturelrcn.training.features.onsets import offset_of, onset_of
from gesturelrcn.training.features.simulation import mistaken
from gesturelrcn.vocabulary import NONE

_TURN, _TILT = 0.35, 0.15  # radians: how far the camera stands beside and above or below the person's front
_NEAREST, _FARTHEST = 1.0, 5.0  # metres from the camera
_ZOOM, _SHIFT = 0.1, 0.03  # of the picture of the body
_STILL = 2.0  # frames, standard deviation of the blur that takes the jitter of the depth camera away
_FINGERS, _SPREAD = (
    0.10,
    0.035,
)  # metres from the middle of the hand to finger tips, and half the hand's width
_NOSE = 0.09  # metres by which the nose lies before the head's middle

_ALL = [*PARTS, *HANDS]


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
    shoulders = places[:, [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]]
    square, side = _square(places, shoulders, card)
    side = side * float(np.exp(rng.uniform(-_ZOOM, _ZOOM)))
    centre = square + rng.uniform(-_SHIFT, _SHIFT, 2) * side
    inside = np.ones(places.shape[:2], bool)
    keypoints = mistaken((places - centre) / side + 0.5, inside, rng)
    times = (np.arange(len(places)) / skeleton.fps).astype(np.float32)
    clip = Clip(Path(), skeleton.name, skeleton.subject, skeleton.gesture, fps=skeleton.fps)
    if skeleton.gesture != NONE:
        clip = _timed(clip, keypoints, times)
    hands = np.tile(UNKNOWN_HAND, (len(keypoints), 1)) if card.hand_size else None
    return ClipFeatures(clip, clip.gesture, keypoints, times, hands)


def _timed(clip: Clip, keypoints: NDArray[np.float32], times: NDArray[np.float32]) -> Clip:
    """When the gesture begins and ends, which nobody has said."""
    onset, offset = onset_of(keypoints, times), offset_of(keypoints, times)
    if clip.gesture in DIRECTIONS:
        joints = keypoints[:, :, :2]
        wrists = joints[:, [KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")]]
        shoulders = joints[:, [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]]
        whole = (0.0, float(times[-1]))
        stroke = stroke_in(wrists, shoulders, times.astype(np.float64), whole, DIRECTIONS[clip.gesture])
        if stroke is None:
            return Clip(clip.path, clip.name, clip.subject, NONE, fps=clip.fps)
        onset, offset = stroke
        return Clip(clip.path, clip.name, clip.subject, clip.gesture, 0.0, clip.fps, onset, offset, offset)
    return Clip(clip.path, clip.name, clip.subject, clip.gesture, 0.0, clip.fps, onset, None, offset)


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
    chest = points[:, [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]].mean((0, 1))
    # Whoever turns in the course of a clip is seen from the side for a while; the first frames say the front.
    across = (points[:, KEYPOINTS.index("left_shoulder")] - points[:, KEYPOINTS.index("right_shoulder")])[:10]
    facing = np.arctan2(np.median(across[:, 2]), np.median(across[:, 0]))
    turn, tilt = facing + rng.uniform(-_TURN, _TURN), rng.uniform(-_TILT, _TILT)
    about_y = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned = (points - chest) @ (about_x @ about_y).T
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


def _square(
    places: NDArray[np.float64], shoulders: NDArray[np.float64], card: ModelCard
) -> tuple[NDArray[np.float64], float]:
    """Centre (T, 2) and side of the square of the body; people who walk are followed."""
    middle = shoulders.mean(1)
    wide = float(np.median(np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1)))
    face = places[:, KEYPOINTS.index("nose")]
    unit = max(wide, FACE_UNITS * float(np.median(np.linalg.norm(face - middle, axis=-1))))
    region = SHOULDER_WIDTHS * unit
    centre = middle + np.array([0.0, DROP * unit - card.lift * region])
    return centre[:, None], card.zoom * region
