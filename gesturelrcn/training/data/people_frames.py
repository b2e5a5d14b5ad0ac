"""Whole frames with everybody who is in them, for the network that finds people.

A person is a row of PERSON numbers, in pixels of the frame: x and y of the face, of the left and the right
shoulder, and of a wrist that is raised above the nose (NaN for none); then 1 where the person is to be found,
0 where nobody can say (hidden by others, or seen by half a teacher only). Rows of nobody are NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import cached_path, stills_path
from gesturelrcn.training.teacher.sightings import load_sightings

FACE, LEFT, RIGHT, HAND = slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 8)
KNOWN = 8
PERSON = 9

_HIGHER, _NARROWER, _FACE_HIGHER = 0.09, 0.96, 0.055


@dataclass(frozen=True)
class PeopleFrames:
    """Frames with the people in them.

    Attributes:
        images: N pictures (H, W, 3) uint8 BGR, not all of one size.
        people: for each (P, PERSON) float32.
        silhouettes: for each, (h, w) uint8 of the only person in it, of the whole frame; or None.
        share: how often to draw from this set, relative to the others.
    """

    images: Sequence[NDArray[np.uint8]]
    people: Sequence[NDArray[np.float32]]
    silhouettes: Sequence[NDArray[np.uint8] | None]
    share: float


def middles(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """(P, 2) middle of the shoulders of (P, PERSON)."""
    return np.asarray((people[:, LEFT] + people[:, RIGHT]) / 2, np.float32)


def units(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """(P,) shoulder widths of (P, PERSON), as `region_from_landmarks` takes them."""
    wide = np.linalg.norm(people[:, LEFT] - people[:, RIGHT], axis=1)
    long = 1.2 * np.linalg.norm(people[:, FACE] - middles(people), axis=1)
    return np.asarray(np.maximum(wide, long), np.float32)


def as_by_teacher(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of exact joints as the teacher would give them: it sees shoulders above and within the joints.

    Medians over 82 synthetic pictures, in shoulder widths; the nose is not the whole face.
    """
    moved, unit = people.copy(), units(people)[:, None]
    up = people[:, FACE] - middles(people)
    up /= np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-3)
    middle = middles(people) + _HIGHER * unit * up
    for part in (LEFT, RIGHT):
        moved[:, part] = middle + _NARROWER * (people[:, part] - middles(people))
    moved[:, FACE] += _FACE_HIGHER * unit * up
    return moved


def people_frames_of(dataset: DataSet, cache: Path) -> PeopleFrames | None:
    """Everything in `dataset` to learn from where people are, or None where there is nothing.

    Args:
        dataset: of any kind.
        cache: where the teacher's sightings of it lie.
    """
    share = dataset.settings.people
    if dataset.kind == "people":
        return synthetic_people(dataset.folder, share)
    if dataset.kind == "stills":
        return seen_frames([stills_path(cache)], share)
    if dataset.kind in ("index", "folders"):
        return seen_frames([cached_path(cache, clip) for clip in dataset.training], share)
    return None


def seen_frames(paths: Sequence[Path], share: float = 1.0) -> PeopleFrames | None:
    """What the teacher saw, from those of these files that are there."""
    images: list[NDArray[np.uint8]] = []
    people: list[NDArray[np.float32]] = []
    silhouettes: list[NDArray[np.uint8] | None] = []
    for path in paths:
        if not path.is_file():
            continue
        for sighting in load_sightings(path):
            images.append(sighting.image)
            people.append(sighting.people)
            silhouettes.append(sighting.silhouette if sighting.silhouette.any() else None)
    return PeopleFrames(images, people, silhouettes, share) if images else None


def synthetic_people(folder: Path, share: float = 1.0) -> PeopleFrames:
    """The shards that `gesturelrcn.synthesis.dataset.people_images` wrote.

    Raises:
        TrainingError: there are none.
    """
    images: list[NDArray[np.uint8]] = []
    people: list[NDArray[np.float32]] = []
    for path in sorted(folder.glob("*.npz")):
        with open_arrays(path, "whole frames with people", error=TrainingError) as shard:
            images += list(shard["x"])
            people += [as_by_teacher(rows[np.isfinite(rows[:, 0])]) for rows in shard["people"]]
    if not images:
        raise TrainingError(f"{folder}: no shards of whole frames with people are here.")
    return PeopleFrames(images, people, [None] * len(images), share)
