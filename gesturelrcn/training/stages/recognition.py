"""Teaches the recurrent part gestures, on streams with carried state."""

from dataclasses import asdict
from typing import Any

import torch
from safetensors.torch import load_file

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.data.feature_sets import (
    clip_sets,
    feature_sets,
    held_out_clips,
    tables_of,
    with_numbers,
)
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.features import FEATURES
from gesturelrcn.training.tasks.recognition import train_recognition
from gesturelrcn.training.tasks.thresholds import validation_figures


def _depends_on(training: Training) -> Any:
    weights = [
        [dataset.name, dataset.settings.weight, *dataset.settings.weights] for dataset in training.sets
    ]
    tracks = [
        [path.name, path.stat().st_size]
        for dataset in training.sets
        if dataset.kind == "tracks"
        for path in sorted(dataset.folder.glob("*.npz"))
    ]
    return [
        asdict(training.config.recognition),
        dict(training.config.network),
        training.classes,
        weights,
        tracks,
        *(tables_of(training.sets) if training.network_config.regression else ()),
    ]


def _do(training: Training) -> dict[str, Any]:
    torch.manual_seed(training.config.recognition.seed)
    model = training.network()
    validation = held_out_clips(training.run.path, training.sets)
    sets = clip_sets(feature_sets(training.run.path, training.sets, training.classes))
    sets = with_numbers(model.config.regression, sets, training.sets)

    def report(current: LRCN) -> dict[str, float]:
        return validation_figures(current, validation) if validation else {}

    log = training.run.path / "recognition.csv"
    loop = training.loop(RECOGNITION.fingerprint(training))
    train_recognition(model, sets, training.config.recognition, log, report, loop)
    training.keep("recognition", model, ("",))
    return {"clips": {clips.name: len(clips.clips) for clips in sets}}


def trained_network(training: Training, stage: str = "recognition") -> LRCN:
    """The whole network that this stage, or another one that trains the recurrent part, left; to evaluate."""
    model = LRCN(training.network_config)
    model.load_state_dict(load_file(training.run.path / f"{stage}.safetensors"))
    return model.eval()


RECOGNITION = Stage("recognition", needs=(FEATURES,), depends_on=_depends_on, do=_do, together=True)
