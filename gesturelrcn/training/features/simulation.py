"""Performances of synthetic people as the CNNs would see them: exact joints, with the errors of a network."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.fovea import SIDE as FOVEA_SIDE
from gesturelrcn.model.fovea import Fovea, place_fovea
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.features.hand_observation import HandObservation, HandObservations
from gesturelrcn.vocabulary import NONE

FPS = 15.0

VERSIONS = 2
"""Cameras under which every performance is seen."""

_ZOOM, _SHIFT = 0.13, 0.05  # of the picture of the body, as `virtual_camera.random_camera` does it
_STEADY, _SLOW = 0.012, 0.008  # errors of joints, shares of the picture: for a whole clip, for half a second
_HAND_STEADY, _HAND_QUICK = 0.02, 0.015  # errors of landmarks, shares of the picture of the hand
_SHAPE_STEADY, _SHAPE_QUICK = 0.1, 0.05
_EDGE = 0.6  # shares of its picture beyond which nothing of a hand is told
_SLOW_FRAMES = 8
_WHOLE = 0.6  # share of a hand's landmarks that has to be in its picture for it to be found
_WRISTS = [KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")]


def simulate_performances(
    path: Path, card: ModelCard, rng: np.random.Generator, observations: HandObservations | None = None
) -> list[ClipFeatures]:
    """Every performance of a shard by `gesturelrcn.synthesis.dataset.performances`, VERSIONS times.

    Args:
        path: the shard.
        card: of the model for which they are seen.
        rng: errors and cameras.
        observations: what its second CNN makes of hands, where that was measured.
    """
    with open_arrays(path, "performances", error=TrainingError) as arrays:
        shard = dict(arrays)
    ends = np.cumsum(shard["lengths"])
    clips = []
    for number, end in enumerate(ends):
        frames = slice(int(end - shard["lengths"][number]), int(end))
        for _ in range(VERSIONS):
            clips.append(_simulate(shard, number, frames, card, rng, observations))
    return clips


def _simulate(
    shard: dict[str, NDArray[np.float64]],
    number: int,
    frames: slice,
    card: ModelCard,
    rng: np.random.Generator,
    observations: HandObservations | None,
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
        observation = None if observations is None else observations.one(rng)
        hands = seen_hands(
            keypoints, shard["hands"][frames], inside[:, _WRISTS], centre, length, rng, observation
        )
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


def seen_hands(
    keypoints: NDArray[np.float32],
    hands: NDArray[np.float64],
    inside: NDArray[np.bool_],
    centre: NDArray[np.float64],
    length: float,
    rng: np.random.Generator,
    observation: HandObservation | None = None,
) -> NDArray[np.float32]:
    """(T, HAND_VALUES) what the second CNN would say of the hand that it is shown.

    Args:
        keypoints: (T, J, 3) as the first CNN sees them: they say where the second one looks.
        hands: (T, 2, 21, 3) exact landmarks of both hands, in the unit of `centre`.
        inside: (T, 2) whether each hand can be seen.
        centre: (2,) of the picture of the body.
        length: side of it.
        rng: errors.
        observation: what the network makes of exact landmarks, where it was measured; otherwise it sees what
            is there, with a little noise.
    """
    count = len(keypoints)
    marks = np.zeros((count, HAND_LANDMARKS, 3))
    visible, sides = np.zeros(count, bool), np.zeros(count)
    fovea: Fovea | None = None
    for t in range(1, count):
        fovea = place_fovea(keypoints[t - 1], fovea)
        which = 0 if fovea.side < 0 else 1
        marks[t] = hands[t, which]
        marks[t, :, :2] -= (np.array([fovea.x, fovea.y]) - 0.5) * length + centre
        marks[t] /= FOVEA_SIDE * length
        if which == 0:
            marks[t, :, 0] *= -1
        sides[t] = fovea.side
        visible[t] = (np.abs(marks[t, :, :2]) < 0.5).all(1).mean() > _WHOLE and inside[t, which]
    if observation is None:
        said, sure = _with_noise(marks, rng), (0.85, 1.0)
    else:
        said, sure = observation.answers(np.clip(marks, -_EDGE, _EDGE), rng), (0.97, 1.0)
        # Where there is no hand it says what hands mostly are.
        said[~visible] = (said[~visible] + observation.middle) / 2
    presence = np.where(visible, rng.uniform(*sure, count), rng.uniform(0.0, 0.3, count))
    out: NDArray[np.float32] = np.c_[said, presence, sides].astype(np.float32)
    out[0] = 0.0
    return out


def _with_noise(marks: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(T, 21, 3) -> (T, 3 * 21 + HAND_SHAPE) landmarks and shape with errors."""
    count = len(marks)
    steady = rng.normal(0, _HAND_STEADY, marks.shape[1:])
    shape = hand_shape(torch.from_numpy(marks)).numpy()
    shape = (
        shape + rng.normal(0, _SHAPE_STEADY, HAND_SHAPE) + rng.normal(0, _SHAPE_QUICK, (count, HAND_SHAPE))
    )
    shown = np.clip(marks, -_EDGE, _EDGE) + steady + rng.normal(0, _HAND_QUICK, marks.shape)
    return np.asarray(np.c_[shown.reshape(count, -1), shape])
