"""The features of the clips of each data set, on disk, for whoever trains a recurrent part."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.tables import numbers_of, table_of
from gesturelrcn.training.data.clip_features import ClipFeatures, ClipSet
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.track_files import read_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.vocabulary import NONE

ANY_ACTIVITY = "*"
"""In `false_starts`: whatever else is done."""


@dataclass(frozen=True)
class FeatureSet:
    """The features of one data set; small, so that it can be sent to another process, which then reads them.

    Attributes:
        name: of the data set.
        paths: files of tracks.
        weight: share of the streams, relative to the other sets.
        classes: clips of others are left out.
        judged: whether its people tell how well gestures are found: they were filmed, not made, and from
            before each gesture begins.
        unlabelled: see `ClipSet`.
        false_starts: allowed in an hour of its clips without a gesture, by activity; see `DataSettings`.
        weights: see `ClipSet`.
    """

    name: str
    paths: tuple[Path, ...]
    weight: float
    classes: tuple[str, ...]
    judged: bool
    unlabelled: tuple[str, ...] = ()
    false_starts: Mapping[str, float] = field(default_factory=dict, hash=False)
    weights: tuple[float, ...] = ()

    def footage_of(self, clip: Clip) -> str:
        """The kind of footage that a clip belongs to: one for each number of `false_starts`; "" for none."""
        allowed = self.false_starts.get(clip.activity, self.false_starts.get(ANY_ACTIVITY))
        return "" if allowed is None or clip.gesture != NONE else self._kind(allowed)

    @property
    def budgets(self) -> dict[str, float]:
        """False starts that are allowed in an hour, by kind of footage."""
        return {self._kind(allowed): allowed for allowed in self.false_starts.values()}

    def _kind(self, allowed: float) -> str:
        return f"{self.name}, {allowed:g} an hour"

    def clips(self) -> list[ClipFeatures]:
        """Where nobody knows who is in a clip, it is somebody of the name of the data set.

        A stream is of one person, and would have one gesture only if every clip were another one's.
        """
        tracks = [track for path in self.paths for track in read_tracks(path)]
        return [
            track if track.clip.subject else _by(track, self.name)
            for track in tracks
            if track.gesture in self.classes
        ]


def _by(features: ClipFeatures, subject: str) -> ClipFeatures:
    return replace(features, clip=replace(features.clip, subject=subject))


def features_path(run: Path, dataset: DataSet, part: str) -> Path:
    """Where the features of the part `training` or `held_out` of a data set lie, in the folder of a run."""
    return run / "seen" / f"{dataset.name}-{part}.npz"


def feature_sets(
    run: Path, datasets: Iterable[DataSet], classes: tuple[str, ...], parts: Collection[str] = ("training",)
) -> list[FeatureSet]:
    """The sets that gestures are learnt from, without those in which nobody was seen.

    Args:
        run: folder of the run that extracted the features.
        datasets: of the run.
        classes: of the model.
        parts: of each data set, see `features_path`.
    """
    sets = []
    for dataset in datasets:
        if dataset.settings.weight <= 0:
            continue
        paths = [features_path(run, dataset, part) for part in parts]
        if dataset.kind == "tracks":
            paths = sorted(dataset.folder.glob("*.npz"))
        existing = tuple(path for path in paths if path.exists())
        judged = dataset.kind not in ("films", "performances", "landmarks")
        if existing:
            settings = dataset.settings
            sets.append(
                FeatureSet(
                    dataset.name,
                    existing,
                    settings.weight,
                    classes,
                    judged,
                    settings.unlabelled,
                    settings.false_starts,
                    settings.weights,
                )
            )
    return sets


def clip_sets(sets: list[FeatureSet], without: Collection[tuple[str, str]] = ()) -> list[ClipSet]:
    """What the recurrent part trains on.

    Args:
        sets: where it lies.
        without: (data set, person) whose clips are left out.

    Raises:
        TrainingError: there is not a single clip.
    """
    loaded = [
        ClipSet(
            features.name,
            [*_but(features, without)],
            features.weight,
            features.unlabelled,
            features.weights,
        )
        for features in sets
    ]
    if not any(clip_set.clips for clip_set in loaded):
        raise TrainingError(
            "Nobody was found in any clip, so there is no gesture to learn: look at the clips, or at what"
            " log.txt in the run folder says about them."
        )
    return [clip_set for clip_set in loaded if clip_set.clips]


def _but(features: FeatureSet, without: Collection[tuple[str, str]]) -> Iterator[ClipFeatures]:
    return (clip for clip in features.clips() if (features.name, clip.clip.subject) not in without)


def held_out_clips(run: Path, datasets: Iterable[DataSet]) -> list[ClipFeatures]:
    """The features of the clips of the people held out; see `feature_sets`."""
    paths = [features_path(run, dataset, "held_out") for dataset in datasets]
    return [track for path in paths if path.exists() for track in read_tracks(path)]


def with_numbers(names: Sequence[str], sets: list[ClipSet], datasets: Sequence[DataSet]) -> list[ClipSet]:
    """The same clips with the numbers that stand in the tables beside their videos.

    Args:
        names: `regression` of the network; without any nothing happens.
        sets: what the recurrent part trains on.
        datasets: those of these names.

    Raises:
        TrainingError: a number stands in no table.
        GestureLrcnError: a table is none.
    """
    if not names:
        return sets
    folders = {dataset.name: dataset.folder for dataset in datasets}
    numbered = [
        replace(clip_set, clips=_numbered(clip_set.clips, folders[clip_set.name], names)) for clip_set in sets
    ]
    for column, name in enumerate(names):
        if not any(_known(features, column) for clip_set in numbered for features in clip_set.clips):
            raise TrainingError(
                f"The number {name!r} of `regression` is told of no clip: put a table with the columns t and"
                f" {name} beside each, CLIP.csv beside CLIP.mp4."
            )
    return numbered


def _numbered(clips: Sequence[ClipFeatures], folder: Path, names: Sequence[str]) -> list[ClipFeatures]:
    """The clips of one data set with their numbers, (T, K) NaN where no table has them."""
    return [
        replace(features, numbers=numbers_of(folder / features.clip.name, names, features.times))
        for features in clips
    ]


def _known(features: ClipFeatures, column: int) -> bool:
    return features.numbers is not None and bool(np.isfinite(features.numbers[:, column]).any())


def tables_of(datasets: Iterable[DataSet]) -> list[Any]:
    """JSON values that differ where the tables beside the clips differ."""
    tables = [table_of(clip.path) for dataset in datasets for clip in dataset.training]
    return [[path.name, path.stat().st_size, path.stat().st_mtime] for path in tables if path.is_file()]
