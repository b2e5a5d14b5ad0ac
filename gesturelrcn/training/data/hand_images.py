"""Pictures of hands for the second CNN, from every kind of data set that has some."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, KEYPOINTS
from gesturelrcn.model.fovea import SIDE as FOVEA_SIDE
from gesturelrcn.region import Region, crop
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import (
    HAND_MARGIN,
    HAND_SIZE,
    MARGIN,
    SIZE,
    LabelledClip,
    load_labelled_clips,
    stills_path,
)

_STILLS_EVERY = 1  # no still looks like its neighbour
_HELD_OUT_EVERY = 5
_NOTHING_SHARE = 0.5  # of the pictures of bodies, those from which a square without a hand is taken
_FAR = 0.16  # shares of the kept picture; farther than this from wrists and finger tips there is no hand
_SHARD_MARGIN = 0.9  # the renderer's squares are on average this much smaller than the fovea


@dataclass(frozen=True)
class HandImages:
    """Pictures of hands, left ones mirrored.

    Attributes:
        images: (N, S, S, 3) uint8 BGR.
        landmarks: (N, 21, 3) float32: x, y in shares of the picture, z in the same unit relative to the
            wrist; NaN where nobody knows.
        present: (N,) float32: 1 a hand, 0 none, NaN where nobody knows.
        margin: how much wider than the fovea the pictures are.
        share: how often to draw from this set, relative to the others.
    """

    images: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    present: NDArray[np.float32]
    margin: float
    share: float


def hand_images_of(dataset: DataSet, cache: Path) -> HandImages | None:
    """Everything in `dataset` to learn hands from, or None where there is nothing.

    Args:
        dataset: of any kind.
        cache: where the teacher's labels of it lie.
    """
    share = dataset.settings.hands
    if dataset.kind == "hands":
        return synthetic_hands(dataset.folder, share)
    if dataset.kind == "stills":
        with open_arrays(stills_path(cache), "labelled stills", error=TrainingError) as stills:
            labelled = LabelledClip(times=np.zeros(len(stills["hands"]), np.float32), **stills)
        return labelled_hands([labelled], _STILLS_EVERY, share)
    if dataset.kind in ("index", "folders"):
        return labelled_hands(load_labelled_clips(cache, dataset.training), dataset.settings.every, share)
    return None


def held_out_hand_images(dataset: DataSet, cache: Path) -> HandImages | None:
    """Hands of the people held out who stand near, where the teacher is right, or None."""
    near = [clip for clip in dataset.held_out if clip.distance_m <= 1]
    images = labelled_hands(load_labelled_clips(cache, near), _HELD_OUT_EVERY)
    if images is None:
        return None
    hand = images.present == 1
    return replace(
        images, images=images.images[hand], landmarks=images.landmarks[hand], present=images.present[hand]
    )


def labelled_hands(clips: Iterable[LabelledClip], every: int, share: float = 1.0) -> HandImages | None:
    """The hands that the teacher found, left ones mirrored, and places without a hand."""
    images: list[NDArray[np.uint8]] = []
    landmarks: list[NDArray[np.float32]] = []
    nothing: list[NDArray[np.uint8]] = []
    rng = np.random.default_rng(0)
    for clip in clips:
        for t in range(0, len(clip.times), every):
            for which in range(2):
                marks = clip.hands[t, which]
                if np.isfinite(marks[0, 0]):
                    image, marks = _as_right(clip.hand_pictures[t, which], marks, which)
                    images.append(image)
                    landmarks.append(marks)
            if rng.random() < _NOTHING_SHARE:
                nothing += _without_hand(clip.pictures[t], clip.keypoints[t], rng)
    if not images:
        return None
    unknown = np.full((len(nothing), HAND_LANDMARKS, 3), np.nan, np.float32)
    return HandImages(
        np.stack([*images, *nothing]),
        np.concatenate([np.stack(landmarks), unknown]),
        np.r_[np.ones(len(images)), np.zeros(len(nothing))].astype(np.float32),
        HAND_MARGIN,
        share,
    )


def _as_right(
    image: NDArray[np.uint8], marks: NDArray[np.float32], which: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    if which == 1:
        return image, marks
    return image[:, ::-1], np.asarray(marks * [-1, 1, 1] + [1, 0, 0], np.float32)


def _without_hand(
    picture: NDArray[np.uint8], joints: NDArray[np.float32], rng: np.random.Generator
) -> list[NDArray[np.uint8]]:
    """A square of the picture of the body that is far from both hands, or nothing."""
    hands = joints[
        [KEYPOINTS.index(f"{s}_{part}") for s in ("left", "right") for part in ("wrist", "index_tip")]
    ]
    for _ in range(5):
        spot = rng.uniform(0.2, 0.8, 2)
        if np.linalg.norm(hands[:, :2] - spot, axis=1).min() > _FAR:
            side = FOVEA_SIDE * HAND_MARGIN / MARGIN * SIZE
            square = Region(float(spot[0] * SIZE), float(spot[1] * SIZE), side, 1.0, 0.0)
            return [crop(picture, square, HAND_SIZE)]
    return []


def synthetic_hands(folder: Path, share: float = 1.0) -> HandImages | None:
    """The shards that `gesturelrcn.synthesis.dataset.hand_images` wrote into `folder`; None without any."""
    parts = []
    for path in sorted(folder.glob("*.npz")):
        with open_arrays(path, "pictures of hands", error=TrainingError) as shard:
            parts.append((shard["x"], shard["hand"], shard["present"]))
    if not parts:
        return None
    images, landmarks, present = (np.concatenate(part) for part in zip(*parts, strict=True))
    return HandImages(images, landmarks, present.astype(np.float32), _SHARD_MARGIN, share)
