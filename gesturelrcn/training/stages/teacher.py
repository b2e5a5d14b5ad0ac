"""Asks the teacher where people, joints and hands are in real clips; its answers are cached."""

from typing import Any

from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.labelling import label_set, segment_set, teacher_must_be_there
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.synthesis import SYNTHESIS


def _depends_on(training: Training) -> Any:
    datasets = [listed(dataset) for dataset in _to_ask_about(training)]
    return [*datasets, "silhouettes"] if training.background_set is not None else datasets


def listed(dataset: DataSet) -> dict[str, Any]:
    """The clips of a data set, in JSON values: what those stages depend on that look at them."""
    return {
        "name": dataset.name,
        "kind": dataset.kind,
        "training": [[clip.name, clip.gesture, clip.onset, clip.offset] for clip in dataset.training],
        "held_out": [clip.name for clip in dataset.held_out],
    }


def _to_ask_about(training: Training) -> list[DataSet]:
    """Data sets of which the teacher's answers are needed, for joints or for hands."""
    names = {dataset.name for dataset in (*training.joint_sets, *training.hand_sets)}
    return [dataset for dataset in training.sets if dataset.name in names]


def _look_ahead(training: Training) -> None:
    for dataset in training.filmed_sets():
        if training.learns_joints_from(dataset) or training.learns_hands_from(dataset):
            teacher_must_be_there(dataset, training.teacher_cache(dataset))


def _do(training: Training) -> dict[str, Any]:
    nobody_found: list[str] = []
    skipped = [f"{dataset.name}: {reason}" for dataset in training.sets for reason in dataset.skipped]
    for dataset in _to_ask_about(training):
        total = len(dataset.training) + len(dataset.held_out)
        answers = label_set(dataset, training.teacher_cache(dataset), training.workers)
        for done, unanswered in enumerate(answers, start=1):
            training.progress(f"teacher {dataset.name}", done, max(done, total))
            if unanswered is not None:
                nobody_found.append(f"{dataset.name}: {unanswered}")
    if training.background_set is not None:
        for dataset in training.joint_sets:
            silhouettes = segment_set(dataset, training.teacher_cache(dataset), training.workers)
            for done, _ in enumerate(silhouettes, start=1):
                training.progress(f"silhouettes {dataset.name}", done, max(done, len(dataset.training)))
    return {
        "skipped": skipped,
        "skipped_count": len(skipped),
        "nobody_found": nobody_found,
        "nobody_found_count": len(nobody_found),
    }


TEACHER = Stage("teacher", needs=(SYNTHESIS,), depends_on=_depends_on, do=_do, look_ahead=_look_ahead)
