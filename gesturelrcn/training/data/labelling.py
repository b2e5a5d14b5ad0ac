"""Have the teacher label what a data set shows, and cut its people out."""

from collections.abc import Iterator
from pathlib import Path

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.teacher.cache import cached_path, stills_path
from gesturelrcn.training.teacher.silhouettes import cut_out
from gesturelrcn.training.teacher.teacher import teach_folder, teach_stills


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
