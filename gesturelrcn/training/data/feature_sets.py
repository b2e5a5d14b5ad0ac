"""What was seen in the clips of each data set, on disk, for whoever trains a recurrent part."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.tables import numbers_of, table_of
from gesturelrcn.training.data.clip_features import ClipSet, SeenClip
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.track_files import read_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.run import Training

_NARROWEST = 1e-6


@dataclass(frozen=True)
class SeenSet:
    """Files of one data set; small, so that it can be sent to another process, which then reads them.

    Attributes:
        name: of the data set.
        paths: files of tracks.
        weight: share of the streams, relative to the other sets.
        classes: clips of others are left out.
        real: people who were filmed, not made.
    """

    name: str
    paths: tuple[Path, ...]
    weight: float
    classes: tuple[str, ...]
    real: bool

    def clips(self) -> list[SeenClip]:
        """Where nobody knows who is in a clip, it is somebody of the name of the data set.

        A stream is of one person, and would have one gesture only if every clip were another one's.
        """
        seen = [track for path in self.paths for track in read_tracks(path) if track.gesture in self.classes]
        return [track if track.clip.subject else _by(track, self.name) for track in seen]


def _by(seen: SeenClip, subject: str) -> SeenClip:
    return replace(seen, clip=replace(seen.clip, subject=subject))


def seen_path(training: Training, held: DataSet, part: str) -> Path:
    """Where what was seen in the part `training` or `held_out` of a data set lies."""
    return training.run.path / "seen" / f"{held.name}-{part}.npz"


def seen_sets(training: Training, parts: Collection[str] = ("training",)) -> list[SeenSet]:
    """The sets that gestures are learnt from, without those in which nobody was seen."""
    found = []
    for held in training.sets:
        if held.settings.weight <= 0:
            continue
        paths = [seen_path(training, held, part) for part in parts]
        if held.kind == "tracks":
            paths = sorted(held.folder.glob("*.npz"))
        there = tuple(path for path in paths if path.exists())
        real = held.kind not in ("films", "performances")
        if there:
            found.append(SeenSet(held.name, there, held.settings.weight, training.classes, real))
    return found


def clip_sets(sets: list[SeenSet], without: Collection[tuple[str, str]] = ()) -> list[ClipSet]:
    """What the recurrent part trains on.

    Args:
        sets: where it lies.
        without: (data set, person) whose clips are left out.

    Raises:
        TrainingError: there is not a single clip.
    """
    kept = [ClipSet(held.name, [*_but(held, without)], held.weight) for held in sets]
    if not any(held.clips for held in kept):
        raise TrainingError(
            "Nobody was found in any clip, so there is no gesture to learn: look at the clips, or at what"
            " log.txt in the run folder says about them."
        )
    return [held for held in kept if held.clips]


def _but(held: SeenSet, without: Collection[tuple[str, str]]) -> Iterator[SeenClip]:
    return (seen for seen in held.clips() if (held.name, seen.clip.subject) not in without)


def held_out_clips(training: Training) -> list[SeenClip]:
    """What was seen in the clips of the people held out."""
    paths = [seen_path(training, held, "held_out") for held in training.sets]
    return [seen for path in paths if path.exists() for seen in read_tracks(path)]


def with_numbers(model: LRCN, sets: list[ClipSet], data: Sequence[DataSet]) -> list[ClipSet]:
    """The same clips with the numbers that the tables beside their videos tell; the model learns their scale.

    Args:
        model: to be trained; for one without `regression` nothing happens.
        sets: what the recurrent part trains on.
        data: the data sets of these names.

    Raises:
        TrainingError: a number stands in no table.
        GestureLrcnError: a table is none.
    """
    names = model.config.regression
    if not names:
        return sets
    folders = {held.name: held for held in data}
    found = [replace(held, clips=_numbered(held.clips, folders[held.name], names)) for held in sets]
    for number, name in enumerate(names):
        if not any(_known(seen, number) for held in found for seen in held.clips):
            raise TrainingError(
                f"The number {name!r} of `regression` is told of no clip: put a table with the columns t and"
                f" {name} beside each, CLIP.csv beside CLIP.mp4."
            )
    told = np.concatenate([seen.numbers for held in found for seen in held.clips if seen.numbers is not None])
    model.number_middle.copy_(torch.from_numpy(np.nanmean(told, axis=0)))
    model.number_spread.copy_(torch.from_numpy(np.maximum(np.nanstd(told, axis=0), _NARROWEST)))
    return found


def tables_of(data: Iterable[DataSet]) -> list[Any]:
    """JSON values that differ where the tables beside the clips differ."""
    tables = [table_of(clip.path) for held in data for clip in held.training]
    return [[path.name, path.stat().st_size, path.stat().st_mtime] for path in tables if path.is_file()]


def _numbered(clips: Sequence[SeenClip], held: DataSet, names: Sequence[str]) -> list[SeenClip]:
    """The clips of one data set with their numbers, (T, K) NaN where nobody tells them."""
    told = [numbers_of(held.folder / seen.clip.name, names, seen.times) for seen in clips]
    return [replace(seen, numbers=numbers) for seen, numbers in zip(clips, told, strict=True)]


def _known(seen: SeenClip, number: int) -> bool:
    return seen.numbers is not None and bool(np.isfinite(seen.numbers[:, number]).any())
