"""Pictures with joints for the CNN, from every kind of data set that has pictures."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.film_truth import read_truth
from gesturelrcn.recordings.frames import frames_of, middle_region
from gesturelrcn.region import crop
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.backgrounds import cut_out, load_silhouettes
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.keypoints import Pictures
from gesturelrcn.training.teacher.teacher import (
    LIFT,
    MARGIN,
    SIZE,
    ZOOM,
    cached_path,
    load_taught,
    teach_folder,
    teach_stills,
)

logger = logging.getLogger(__name__)

# Single pictures are framed a little wider than the person region, on average.
_SHARD_MARGIN = 1.1 / ZOOM


def teach_set(held: DataSet, cache: Path, workers: int) -> Iterator[str | None]:
    """Ask the teacher about every clip of `held`, or about its stills; answers are kept in `cache`.

    Yields:
        For each clip or folder of stills, None, or why there is no answer.
    """
    if held.kind == "stills":
        if not stills_path(cache).exists():
            cache.mkdir(parents=True, exist_ok=True)
            teach_stills(held.folder, stills_path(cache), workers)
        yield None
    if held.kind in ("index", "folders"):
        clips = [*held.training, *held.held_out]
        yield from in_processes(_Teach(cache), clips, workers)


class _Teach:
    """Can be sent to another process."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def __call__(self, clip: Clip) -> str | None:
        teach_folder([clip], self._cache)
        return None if cached_path(self._cache, clip).exists() else f"{clip.name}: nobody found"


def cut_out_set(held: DataSet, cache: Path, workers: int) -> Iterator[bool]:
    """Silhouettes of the people in every clip of `held` that is trained on, or in its stills.

    Yields:
        For each, whether there was anything to do.
    """
    if held.kind == "stills":
        yield cut_out(stills_path(cache))
    if held.kind in ("index", "folders"):
        yield from in_processes(cut_out, [cached_path(cache, clip) for clip in held.training], workers)


def stills_path(cache: Path) -> Path:
    """Where the taught stills of a set lie."""
    return cache / "stills.npz"


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
