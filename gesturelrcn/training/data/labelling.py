"""Have the teacher label what a data set shows, and cut its people out."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region.mediapipe.graphs import must_be_installed
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import cached_path, stills_path
from gesturelrcn.training.teacher.silhouettes import segment_file
from gesturelrcn.training.teacher.teacher import label_clips, label_stills


def teacher_must_be_there(dataset: DataSet, cache: Path) -> None:
    """Refuse to begin where nobody can say what a data set shows, and nobody has said it before.

    Args:
        cache: where what the teacher said before is kept.

    Raises:
        TrainingError: the teacher is not installed, and nothing is in `cache`.
    """
    if next(cache.glob("*.npz"), None) is not None:
        return
    try:
        must_be_installed()
    except GestureLrcnError as problem:
        raise TrainingError(
            f"{dataset.name}: MediaPipe has to say where people are in these real pictures. {problem}"
        ) from None


def label_set(dataset: DataSet, cache: Path, workers: int) -> Iterator[str | None]:
    """Have every clip of `dataset` labelled, or its stills; labels are kept in `cache`.

    Yields:
        For each clip or folder of stills, None, or why there is no label.
    """
    if dataset.kind == "stills":
        if not stills_path(cache).exists():
            cache.mkdir(parents=True, exist_ok=True)
            label_stills(dataset.folder, stills_path(cache), workers)
        yield None
    if dataset.kind in ("index", "folders"):
        clips = [*dataset.training, *dataset.held_out]
        yield from in_processes(partial(_label, cache), clips, workers)


def _label(cache: Path, clip: Clip) -> str | None:
    label_clips([clip], cache)
    return None if cached_path(cache, clip).exists() else f"{clip.name}: nobody found"


def segment_set(dataset: DataSet, cache: Path, workers: int) -> Iterator[bool]:
    """Silhouettes of the people in every clip of `dataset` that is trained on, or in its stills.

    Yields:
        For each, whether there was anything to do.
    """
    if dataset.kind == "stills":
        yield segment_file(stills_path(cache))
    if dataset.kind in ("index", "folders"):
        paths = [cached_path(cache, clip) for clip in dataset.training]
        yield from in_processes(segment_file, paths, workers)
