"""Pictures with joints for the CNN, from every kind of data set that has pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.film_truth import read_truth
from gesturelrcn.recordings.frames import frames_of, middle_region
from gesturelrcn.region import crop
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import (
    MARGIN,
    SIZE,
    ZOOM,
    cached_path,
    kept_square,
    load_labelled_clips,
    stills_path,
)
from gesturelrcn.training.teacher.silhouettes import load_silhouettes

# Single pictures are framed a little wider than the person region, on average.
_SHARD_MARGIN = 1.1 / ZOOM


@dataclass(frozen=True)
class KeypointImages:
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


def keypoint_images_of(dataset: DataSet, cache: Path) -> KeypointImages | None:
    """Everything in `dataset` to learn joints from, or None where there is nothing.

    Args:
        dataset: of any kind.
        cache: where the teacher's labels of it lie.
    """
    share = dataset.settings.joints
    if dataset.kind == "stills":
        path = stills_path(cache)
        with open_arrays(path, "labelled stills", error=TrainingError) as stills:
            images, joints = stills["pictures"], stills["keypoints"]
        return KeypointImages(images, joints, MARGIN, False, share, load_silhouettes([path]))
    if dataset.kind == "pictures":
        return _shard_images(dataset.folder, share)
    if dataset.kind == "films":
        return film_images(dataset.training, dataset.settings.every, share)
    if dataset.kind in ("tracks", "backgrounds"):
        return None
    return labelled_images(dataset.training, cache, dataset.settings.every, share)


def labelled_images(
    clips: Iterable[Clip], cache: Path, every: int, share: float = 1.0
) -> KeypointImages | None:
    """Every so many pictures of clips that the teacher has labelled; None where it has labelled none."""
    answered = [clip for clip in clips if cached_path(cache, clip).is_file()]
    if not answered:
        return None
    images, joints = [], []
    for labelled in load_labelled_clips(cache, answered):
        images.append(labelled.pictures[::every])
        joints.append(labelled.keypoints[::every])
    silhouettes = load_silhouettes((cached_path(cache, clip) for clip in answered), every)
    return KeypointImages(np.concatenate(images), np.concatenate(joints), MARGIN, False, share, silhouettes)


def film_images(clips: Iterable[Clip], every: int, share: float = 1.0) -> KeypointImages | None:
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
    return KeypointImages(np.stack(images), np.stack(joints), MARGIN, True, share)


def _kept(
    image: NDArray[np.uint8], keypoints: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Picture and joints as the teacher keeps them of other clips."""
    wide = kept_square(middle_region(image))
    height, width = image.shape[:2]
    moved = np.array(keypoints, np.float32)
    corner = np.array([wide.x, wide.y]) - wide.side / 2
    moved[:, :2] = (keypoints[:, :2] * (width, height) - corner) / wide.side
    return crop(image, wide, SIZE), moved


def _shard_images(folder: Path, share: float) -> KeypointImages:
    images, joints = [], []
    for path in sorted(folder.glob("*.npz")):
        with open_arrays(path, "pictures with joints", error=TrainingError) as shard:
            images.append(shard["x"])
            joints.append(shard["y"])
    if not images:
        raise TrainingError(f"{folder}: no shards of pictures with joints are here.")
    return KeypointImages(np.concatenate(images), np.concatenate(joints), _SHARD_MARGIN, True, share)
