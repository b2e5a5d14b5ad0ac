"""Sets the threshold of each gesture, on streams of people whom the model does not know."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gesturelrcn.evaluation.curve import BUDGET
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.data.feature_sets import held_out_clips
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.folds import FOLDS, cross_validation
from gesturelrcn.training.stages.recognition import RECOGNITION, trained_network
from gesturelrcn.training.tasks.cross_validation import held_out_by_fold
from gesturelrcn.training.tasks.thresholds import (
    ScoredStream,
    choose_thresholds,
    figures_at,
    free_hours,
    trade_off,
    validation_streams,
    with_start,
    within_budget,
)
from gesturelrcn.vocabulary import NONE

_START = 0.7  # threshold of gestures where nobody is left to set it on


def _depends_on(training: Training) -> Any:
    return asdict(training.config.thresholds)


def _do(training: Training) -> dict[str, Any]:
    settings = training.config.thresholds
    gestures = [name for name in training.classes if name != NONE]
    if settings.taken_from:
        thresholds = _read(training.data / settings.taken_from, gestures)
        basis = f"taken over from {settings.taken_from}"
    elif (scored := _scored_streams(training))[0]:
        thresholds, basis = _chosen(training, *scored)
    else:
        thresholds = {name: with_start(_START) for name in gestures}
        basis = f"{_START} for every gesture, since nobody was held out to set them on"
    training.run.write("thresholds.json", {name: asdict(value) for name, value in thresholds.items()})
    return {"basis": basis, "start": {name: value.start for name, value in thresholds.items()}}


def _read(path: Path, gestures: list[str]) -> dict[str, Thresholds]:
    try:
        thresholds = json.loads(path.read_text(encoding="utf-8"))
        return {name: Thresholds(**thresholds[name]) for name in gestures}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise TrainingError(
            f"{path}: these thresholds cannot be taken over ({problem!r}); name the thresholds.json of a run"
            " with the same gestures."
        ) from problem


def _scored_streams(training: Training) -> tuple[list[ScoredStream], str]:
    """What models say about people whom they do not know, and who those people are, in words."""
    settings = training.config.thresholds
    if settings.folds:
        return _streams_of_folds(training)
    validation = held_out_clips(training.run.path, training.sets)
    if not validation:
        return [], ""
    streams = validation_streams(trained_network(training), validation, settings.hours, settings.seed)
    return streams, "the people held out"


def _streams_of_folds(training: Training) -> tuple[list[ScoredStream], str]:
    settings = training.config.thresholds
    trainer, folds = cross_validation(training)
    shown: list[ScoredStream] = []
    of_made: list[ScoredStream] = []
    pauses: set[str] = set()
    for number, (model, filmed, made) in enumerate(held_out_by_fold(trainer, folds)):
        training.progress("thresholds", number + 1, len(folds))
        seed = settings.seed + number
        # Where nobody was filmed, the synthetic people show the gestures too.
        shown += validation_streams(model, filmed or made, settings.hours / len(folds), seed)
        pauses |= {clip.clip.name for clip in filmed if clip.gesture == NONE}
        idle = [clip for clip in made if clip.gesture == NONE]
        of_made += validation_streams(model, idle, 2 * settings.made_hours / len(folds), seed)
    who, free = "synthetic people", f"{free_hours([*shown, *of_made]):.1f} hours"
    if any(people.real for people in trainer.sets):
        real = f"{free_hours(shown):.1f} hours stitched from {len(pauses)} clips of real people"
        who, free = "people", f"{real}, and {free_hours(of_made):.1f} hours"
    people = (
        f"{who} whom the readers of {len(folds)} folds had not learnt from (without a gesture: {free} of"
        " synthetic people who are busy all the time)"
    )
    return [*shown, *of_made], people


def _chosen(
    training: Training, streams: list[ScoredStream], people: str
) -> tuple[dict[str, Thresholds], str]:
    """The thresholds that are worth most on the streams, and what they were set on, in words."""
    thresholds = choose_thresholds(training.classes, streams, training.config.thresholds)
    figures = figures_at(training.classes, streams, thresholds)
    points = trade_off(training.classes, streams, thresholds)
    training.run.write("validation.json", {**figures, "trade_off": points})
    free = figures["gesture_free"]
    basis = (
        f"set on stitched streams of {people}; in {free['hours']:.1f} hours without a gesture among them"
        f" {free['false_triggers']} false starts"
    )
    if (kept := within_budget(points)) is not None:
        basis += (
            f"; of the gestures there {points[0]['recall']:.0%} are found, and {kept:.0%} with all"
            f" thresholds raised until no more than {BUDGET:g} in an hour start falsely"
        )
    return thresholds, basis


THRESHOLDS = Stage("thresholds", needs=(RECOGNITION, FOLDS), depends_on=_depends_on, do=_do)
