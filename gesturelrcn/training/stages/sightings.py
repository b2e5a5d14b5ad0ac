"""Asks the teacher where people are in whole frames of real clips; its answers are cached."""

from functools import partial
from pathlib import Path
from typing import Any

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.labelling import teacher_must_be_there
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.synthesis import SYNTHESIS
from gesturelrcn.training.teacher.cache import stills_path
from gesturelrcn.training.teacher.sightings import look_at_clip, look_at_stills


def _depends_on(training: Training) -> Any:
    return [
        {
            "name": dataset.name,
            "kind": dataset.kind,
            "every": dataset.settings.every,
            "training": [clip.name for clip in dataset.training],
            "held_out": [clip.name for clip in dataset.held_out],
        }
        for dataset in training.people_sets
    ]


def _look_ahead(training: Training) -> None:
    for dataset in training.filmed_sets():
        if dataset.settings.people > 0:
            teacher_must_be_there(dataset, training.sightings_cache(dataset))


def _do(training: Training) -> dict[str, Any]:
    skipped = [f"{dataset.name}: {reason}" for dataset in training.sets for reason in dataset.skipped]
    for dataset in training.people_sets:
        folder, every = training.sightings_cache(dataset), dataset.settings.every
        if dataset.kind == "stills":
            look_at_stills(dataset.folder, every, stills_path(folder), training.workers)
        if dataset.kind in ("index", "folders"):
            clips = [*dataset.training, *dataset.held_out]
            look = partial(_look, every, folder)
            for done, _ in enumerate(in_processes(look, clips, training.workers), start=1):
                training.progress(f"sightings {dataset.name}", done, len(clips))
    return {"skipped": skipped, "skipped_count": len(skipped)}


def _look(every: int, folder: Path, clip: Clip) -> int:
    return look_at_clip(clip, every, folder)


SIGHTINGS = Stage("sightings", needs=(SYNTHESIS,), depends_on=_depends_on, do=_do, look_ahead=_look_ahead)
