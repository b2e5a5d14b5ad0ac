"""Performances of synthetic people as the CNNs would see them: exact joints, with the errors of a network."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.fovea import SIDE as FOVEA_SIDE
from gesturelrcn.model.fovea import Fovea, place_fovea
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.vocabulary import NONE

FPS = 15.0

VERSIONS = 2
"""Cameras under which every performance is seen."""

_ZOOM, _SHIFT = 0.13, 0.05  # of the picture of the body, as `virtual_camera.random_camera` does it
_STEADY, _SLOW = 0.012, 0.008  # errors of joints, shares of the picture: for a whole clip, for half a second
_HAND_STEADY, _HAND_QUICK = 0.02, 0.015  # errors of landmarks, shares of the picture of the hand
_SHAPE_STEADY, _SHAPE_QUICK = 0.1, 0.05
_SLOW_FRAMES = 8
_WHOLE = 0.6  # share of a hand's landmarks that has to be in its picture for it to be found
_WRISTS = [KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")]


def simulate_performances(path: Path, card: ModelCard, rng: np.random.Generator) -> list[ClipFeatures]:
    """Every performance of a shard by `gesturelrcn.synthesis.dataset.performances`, VERSIONS times.

    Args:
        path: the shard.
        card: of the model for which they are seen.
        rng: errors and cameras.
    """
    with open_arrays(path, "performances", error=TrainingError) as arrays:
        shard = dict(arrays)
    ends = np.cumsum(shard["lengths"])
    clips = []
    for number, end in enumerate(ends):
        frames = slice(int(end - shard["lengths"][number]), int(end))
        for _ in range(VERSIONS):
            clips.append(_simulate(shard, number, frames, card, rng))
    return clips


def _simulate(
    shard: dict[str, NDArray[np.float64]],
    number: int,
    frames: slice,
    card: ModelCard,
    rng: np.random.Generator,
) -> ClipFeatures:
    x, y, side = (float(value) for value in shard["region"][number])
    body = card.body(Region(x, y, side, 1.0, 0.0))
    length = body.side * float(np.exp(rng.uniform(-_ZOOM, _ZOOM)))
    centre = np.array([body.x, body.y]) + rng.uniform(-_SHIFT, _SHIFT, 2) * length
    joints = shard["joints"][frames]
    inside = ((joints > 0) & (joints < shard["size"][number])).all(-1)
    keypoints = mistaken((joints - centre) / length + 0.5, inside, rng)
    hands = None
    if card.hand_size:
        hands = _hands(keypoints, shard["hands"][frames], inside[:, _WRISTS], centre, length, rng)
    label = str(shard["label"][number])
    onset, stroke_end, offset = (
        None if label == NONE else float(shard[name][number]) for name in ("onset", "stroke_end", "offset")
    )
    person = f"synthetic {shard['person'][number]}"
    clip = Clip(Path(), f"{person} {number}", person, label, 0.0, FPS, onset, stroke_end, offset)
    return ClipFeatures(clip, label, keypoints, shard["times"][frames].astype(np.float32), hands)


def mistaken(
    places: NDArray[np.float64], inside: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float32]:
    """(T, J, 2) exact joints -> (T, J, 3) as a network points at them.

    Args:
        places: x, y in shares of the picture of the body.
        inside: (T, J) whether each can be seen.
        rng: a network's errors, the same kind for the whole clip.
    """
    count, joints = places.shape[:2]
    knots = rng.normal(0, _SLOW, (count // _SLOW_FRAMES + 2, joints * 2))
    at = np.arange(count) / _SLOW_FRAMES
    slow = np.stack([np.interp(at, np.arange(len(knots)), knot) for knot in knots.T], -1)
    wrong = rng.normal(0, _STEADY, (1, joints, 2)) + slow.reshape(count, joints, 2)
    visible = np.where(inside, rng.uniform(0.85, 1.0, (1, joints)), rng.uniform(0.0, 0.4, (1, joints)))
    return np.asarray(np.concatenate([places + wrong, visible[..., None]], -1), np.float32)


def _hands(
    keypoints: NDArray[np.float32],
    hands: NDArray[np.float64],
    inside: NDArray[np.bool_],
    centre: NDArray[np.float64],
    length: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """(T, HAND_VALUES) what the second CNN would say of the hand that it is shown."""
    count = len(keypoints)
    out = np.zeros((count, HAND_VALUES), np.float32)
    steady = rng.normal(0, _HAND_STEADY, (HAND_LANDMARKS, 3))
    shape_steady = rng.normal(0, _SHAPE_STEADY, HAND_SHAPE)
    fovea: Fovea | None = None
    for t in range(1, count):
        fovea = place_fovea(keypoints[t - 1], fovea)
        which = 0 if fovea.side < 0 else 1
        middle = (np.array([fovea.x, fovea.y]) - 0.5) * length + centre
        marks = np.array(hands[t, which])
        marks[:, :2] -= middle
        marks /= FOVEA_SIDE * length
        if which == 0:
            marks[:, 0] *= -1
        visible = bool((np.abs(marks[:, :2]) < 0.5).all(1).mean() > _WHOLE and inside[t, which])
        shape = (
            hand_shape(torch.from_numpy(marks)).numpy()
            + shape_steady
            + rng.normal(0, _SHAPE_QUICK, HAND_SHAPE)
        )
        shown = np.clip(marks, -0.6, 0.6) + steady + rng.normal(0, _HAND_QUICK, marks.shape)
        sure = rng.uniform(0.85, 1.0) if visible else rng.uniform(0.0, 0.3)
        out[t] = np.r_[shown.ravel(), shape, sure, fovea.side]
    return out
