"""Writes the model files, and stops where the two engines disagree."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.network import LRCN
from gesturelrcn.thresholds import thresholds_from
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.export.export import largest_difference, write_model
from gesturelrcn.training.run.card_sources import sources
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.recognition import trained_network
from gesturelrcn.training.stages.thresholds import THRESHOLDS


def _depends_on(training: Training) -> Any:
    config = training.config
    out = str(training.out) if training.out else ""
    card = [config.name, config.description, config.limits, config.min_fps, config.max_fps, out]
    return [card, [[s.name, s.about, s.licence, s.source] for s in config.data], sorted(training.without)]


def _do(training: Training) -> dict[str, Any]:
    card = write_files(training, trained_network(training), training.run.path / "model", {})
    if not training.everybody:
        copy_out(training, card, "model")
    return check_files(training, card, "model")


def write_files(
    training: Training, model: LRCN, folder: Path, figures: dict[str, Any], *, everybody: bool = False
) -> ModelCard:
    """Write a network into `folder`; with `everybody` it has learnt from the people held out too."""
    points = training.run.read("operating_points.json")
    card = replace(
        training.card(),
        thresholds=thresholds_from(training.run.read("thresholds.json")),
        operating_points={name: thresholds_from(values) for name, values in points["points"].items()},
        off=points["off"],
        data=sources(training, everybody=everybody),
        limits=[*training.config.limits, f"Thresholds: {training.run.result('thresholds')['basis']}."],
        figures=figures,
    )
    return write_model(model, card, folder)


def check_files(training: Training, card: ModelCard, name: str) -> dict[str, Any]:
    """How far the engines are apart on the model in folder `name` of the run, and how large its files are.

    Raises:
        TrainingError: too far.
    """
    folder = training.run.path / name
    apart = largest_difference(folder / f"{card.name}.json")
    if not apart <= 1e-4:
        raise TrainingError(
            f"{folder}: onnxruntime and torch differ by {apart:.2g} in their scores, more than 1e-4; this is"
            " a mistake in the export."
        )
    size = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return {"largest_difference_of_engines": apart, "bytes": size}


def copy_out(training: Training, card: ModelCard, name: str) -> None:
    """Copy the model in folder `name` of the run to where the user wants it too."""
    if training.out is not None:
        training.out.mkdir(parents=True, exist_ok=True)
        for path in (training.run.path / name).glob(f"{card.name}.*"):
            shutil.copyfile(path, training.out / path.name)


EXPORT = Stage("export", needs=(THRESHOLDS,), depends_on=_depends_on, do=_do)
