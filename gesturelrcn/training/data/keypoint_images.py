"""Pictures with joints for the CNN, from every kind of data set that has pictures."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.film_truth import read_truth
from gesturelrcn.recordings.frames import frames_of, middle_region
from gesturelrcn.region import crop
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import LIFT, MARGIN, SIZE, ZOOM, cached_path, load_taught, stills_path
from gesturelrcn.training.teacher.silhouettes import load_silhouettes

logger = logging.getLogger(__name__)

# Single pictures are framed a little wider than the person region, on average.
_SHARD_MARGIN = 1.1 / ZOOM


@dataclass(frozen=True)
class Pictures:
    """Pictures with joints.

    Attributes:
        images: (N, S, S, 3) uint8 BGR.
        keypoints: (N, J, 3) float32: x, y in shares of the picture, weight.
        margin: how much wider than the person region the pictures are.
        exact: joints come from a renderer, so an invisible joint is known to be invisible;
            a teacher's missing fingertip may just be a hand that it did not find.
        share: how often to draw from this set, relative to the others.
        silhouettes: (N, s, s) uint8 of the people in them, as `teacher.silhouettes` keeps them; or None.
    """

    images: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    margin: float
    exact: bool
    share: float
    silhouettes: NDArray[np.uint8] | None = None


def pictures_of(held: DataSet, cache: Path) -> Pictures | None:
    """Everything in `held` to learn joints from, or None where there is nothing."""
    share = held.settings.joints
    if held.kind == "stills":
        path = stills_path(cache)
        with np.load(path) as stills:
            images, joints = stills["pictures"], stills["keypoints"]
        return Pictures(images, joints, MARGIN, False, share, load_silhouettes([path]))
    if held.kind == "pictures":
        return _shards(held, share)
    if held.kind == "films":
        return film_pictures(held.training, held.settings.every, share)
    if held.kind in ("tracks", "backgrounds"):
        return None
    return taught_pictures(held.training, cache, held.settings.every, share)


def taught_pictures(clips: Iterable[Clip], cache: Path, every: int, share: float = 1.0) -> Pictures | None:
    """Every so many pictures of clips that the teacher has seen."""
    held = {cached_path(cache, clip): load_taught(cache, clip) for clip in clips}
    found = {path: taught for path, taught in held.items() if taught is not None}
    if not found:
        return None
    return Pictures(
        np.concatenate([taught.pictures[::every] for taught in found.values()]),
        np.concatenate([taught.keypoints[::every] for taught in found.values()]),
        MARGIN,
        False,
        share,
        load_silhouettes(found, every),
    )


def film_pictures(clips: Iterable[Clip], every: int, share: float = 1.0) -> Pictures | None:
    """Every so many pictures of films, with the joints of their truth."""
    images: list[NDArray[np.uint8]] = []
    joints: list[NDArray[np.float32]] = []
    for clip in clips:
        truth = read_truth(clip.path.with_suffix(".jsonl"))
        for number, frame in enumerate(frames_of(clip.path)):
            if number % every == 0 and number < len(truth.keypoints):
                picture, moved = _kept(frame.image, truth.keypoints[number])
                images.append(picture)
                joints.append(moved)
    if not images:
        return None
    return Pictures(np.stack(images), np.stack(joints), MARGIN, True, share)


def _kept(
    image: NDArray[np.uint8], keypoints: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Picture and joints as the teacher keeps them of other clips."""
    region = middle_region(image)
    wide = replace(region, y=region.y - LIFT * region.side, side=ZOOM * MARGIN * region.side)
    height, width = image.shape[:2]
    moved = np.array(keypoints, np.float32)
    corner = np.array([wide.x, wide.y]) - wide.side / 2
    moved[:, :2] = (keypoints[:, :2] * (width, height) - corner) / wide.side
    return crop(image, wide, SIZE), moved


def _shards(held: DataSet, share: float) -> Pictures:
    try:
        shards = [np.load(path, allow_pickle=False) for path in sorted(held.folder.glob("*.npz"))]
        images, joints = (np.concatenate([shard[name] for shard in shards]) for name in ("x", "y"))
    except (OSError, ValueError, KeyError) as problem:
        raise TrainingError(
            f"{held.folder}: no shards of pictures with joints ({problem}); make them anew."
        ) from problem
    return Pictures(images, joints, _SHARD_MARGIN, True, share)
