"""Measures the model files on the people held out, through the whole recogniser."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from gesturelrcn.evaluation.evaluate import evaluate
from gesturelrcn.model.card import read_card
from gesturelrcn.model.card_page import COMPARED
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.feature_sets import features_path
from gesturelrcn.training.data.track_files import read_tracks
from gesturelrcn.training.export.export import write_card
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.export import EXPORT, copy_out
from gesturelrcn.training.stages.recognition import trained_network
from gesturelrcn.training.tasks.held_out_streams import measured_on_streams

_NOT_IN_A_CARD = ("data", "curve", "confusion", "skipped", "drift")


def _depends_on(training: Training) -> Any:
    people = [[dataset.name, [clip.name for clip in dataset.held_out]] for dataset in _measured(training)]
    return [people, training.figures_beside] if training.beside else people


def _measured(training: Training) -> list[DataSet]:
    """Data sets with people whom the model has never seen."""
    return [dataset for dataset in [*training.sets, *training.left_out] if dataset.held_out]


def _do(training: Training) -> dict[str, Any]:
    path = training.run.path / "model" / f"{training.config.name}.json"
    figures = dict(read_card(path).figures)
    for dataset in _measured(training):
        measure = _on_streams if dataset.kind == "poses" else _on_clips
        if (result := measure(training, dataset, path)) is None:
            continue
        measured, command = result
        in_card = {key: value for key, value in measured.items() if key not in _NOT_IN_A_CARD}
        if training.without:
            in_card["without"] = sorted(training.without)
        name = f"{dataset.name}_not_trained_on"
        if rows := [_compared(other[name]) for other in training.figures_beside if name in other]:
            in_card["beside"] = rows
        figures[name] = {"command": command, **in_card}
    card = replace(read_card(path), figures=figures)
    write_card(card, path.parent)
    if not training.everybody:
        copy_out(training, card, "model")
    training.run.write("figures.json", figures)
    return {name: _headline(of_set) for name, of_set in figures.items()}


def _on_clips(training: Training, dataset: DataSet, card: Path) -> tuple[dict[str, Any], str] | None:
    """The figures of clips and films, and the command that prints them; None where the model knows none."""
    listing = dataset.to_measure(training.classes)
    if listing is None:
        return None

    def progress(done: int, of: int) -> None:
        training.progress(f"evaluation {dataset.name}", done, of)

    measured = evaluate(listing, card, workers=training.workers, progress=progress).figures
    people = ",".join(sorted({clip.subject for clip in listing.clips} - {""}))
    return measured, f"gesturelrcn evaluate FOLDER{f' --subjects {people}' if people else ''}"


def _on_streams(training: Training, dataset: DataSet, card: Path) -> tuple[dict[str, Any], str]:
    """The figures of streams of joints, which no command but the training reads."""
    streams = read_tracks(features_path(training.run.path, dataset, "held_out"))
    model = trained_network(training)
    figures = measured_on_streams(model, read_card(card), streams, dataset.folder).figures
    return figures, "gesturelrcn train CONFIG"


def _compared(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: figures[name] for name in COMPARED if name in figures}


def _headline(figures: dict[str, Any]) -> dict[str, Any]:
    everything = figures["all"]
    return {
        "clips": figures["clips"],
        "recall": everything["recall"],
        "precision": everything["precision"],
        "clip_accuracy": figures["clip_accuracy"],
        "core_recall": figures["core"]["recall"],
        "false_triggers": figures["false_triggers"]["count"],
        "gesture_free_hours": figures["false_triggers"]["hours"],
    }


EVALUATION = Stage("evaluation", needs=(EXPORT,), depends_on=_depends_on, do=_do)
