"""Sets the threshold of each gesture, on streams of people whom the model does not know."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gesturelrcn.evaluation.curve import BUDGET
from gesturelrcn.thresholds import NORMAL, Sensitivity, Thresholds
from gesturelrcn.training.config.config import ThresholdSettings
from gesturelrcn.training.data.feature_sets import feature_sets, held_out_clips
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.folds import FOLDS, cross_validation
from gesturelrcn.training.stages.recognition import RECOGNITION, trained_network
from gesturelrcn.training.tasks.cross_validation import held_out_by_fold
from gesturelrcn.training.tasks.thresholds import (
    ScoredStream,
    ThresholdTrials,
    figures_at,
    free_hours,
    trade_off,
    validation_streams,
    with_start,
    within_budget,
)
from gesturelrcn.training.tasks.unknown_people import budgets_of, is_stitched, streams_of_people
from gesturelrcn.vocabulary import NONE

_START = 0.7  # threshold of gestures where nobody is left to set it on


def _depends_on(training: Training) -> Any:
    """What older versions did not know counts only where it is used: their runs go on."""
    settings = asdict(training.config.thresholds)
    if not settings["least_recall"]:
        del settings["least_recall"]
    budgets = {data.name: dict(data.false_starts) for data in training.config.data if data.false_starts}
    return [settings, budgets] if budgets else settings


def _do(training: Training) -> dict[str, Any]:
    settings = training.config.thresholds
    gestures = [name for name in training.classes if name != NONE]
    off: dict[str, str] = {}
    if settings.taken_from:
        points = {NORMAL: _read(training.data / settings.taken_from, gestures)}
        basis = f"taken over from {settings.taken_from}"
    elif (scored := _scored_streams(training))[0]:
        points, off, basis = _chosen(training, *scored)
    else:
        points = {NORMAL: {name: with_start(_START) for name in gestures}}
        basis = f"{_START} for every gesture, since nobody was held out to set them on"
    plain = {
        point: {name: asdict(value) for name, value in thresholds.items()}
        for point, thresholds in points.items()
    }
    training.run.write("thresholds.json", plain.pop(NORMAL))
    training.run.write("operating_points.json", {"points": plain, "off": off})
    start = {name: value.start for name, value in points[NORMAL].items()}
    return {"basis": basis, "start": start, "off": off}


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
    filmed = any(people.judged for people in trainer.sets)
    for number, (model, seen) in enumerate(held_out_by_fold(trainer, folds)):
        training.progress("thresholds", number + 1, len(folds))
        seed, share = settings.seed + number, 1 / len(folds)
        real = [(of, clip) for of, clip in seen if of.judged]
        # Where nobody was filmed, the synthetic people show the gestures too.
        shown += streams_of_people(model, real if filmed else seen, settings.hours * share, seed)
        pauses |= {clip.clip.name for of, clip in real if is_stitched(of, clip) and clip.gesture == NONE}
        idle = [clip for of, clip in seen if not of.judged and clip.gesture == NONE]
        of_made += validation_streams(model, idle, 2 * settings.made_hours * share, seed)
    who, free = "synthetic people", f"{free_hours([*shown, *of_made]):.1f} hours"
    if filmed:
        stitched = f"{free_hours(shown):.1f} hours stitched from {len(pauses)} clips of real people"
        who, free = "people", f"{stitched}, and {free_hours(of_made):.1f} hours"
    people = (
        f"{who} whom the readers of {len(folds)} folds had not learnt from (without a gesture: {free} of"
        " synthetic people who are busy all the time)"
    )
    return [*shown, *of_made], people


def _chosen(
    training: Training, streams: list[ScoredStream], people: str
) -> tuple[dict[Sensitivity, dict[str, Thresholds]], dict[str, str], str]:
    """The thresholds that are worth most on the streams, those that are off, and what they were set on.

    Returns:
        Thresholds by operating point; gestures that are found too seldom to be on, and why; a sentence.
    """
    settings, classes = training.config.thresholds, training.classes
    trials = ThresholdTrials.on(classes, streams)
    sets = feature_sets(training.run.path, training.sets, classes)
    budgets = budgets_of(sets)
    if not budgets[NORMAL]:  # then there is nothing to be careful or eager about
        budgets = {NORMAL: {}}
    worth = {point: trials.worthwhile(settings, most) for point, most in budgets.items()}
    points = {point: trials.completed(some, settings) for point, some in worth.items()}
    off = _off(trials, settings, worth[NORMAL])
    in_force = {
        point: {name: limits for name, limits in thresholds.items() if name not in off}
        for point, thresholds in points.items()
    }
    figures = {point: figures_at(classes, streams, thresholds) for point, thresholds in in_force.items()}
    costs = trade_off(classes, streams, in_force[NORMAL])
    normal = figures.pop(NORMAL)
    training.run.write("validation.json", {**normal, "trade_off": costs, "points": figures})
    free = normal["gesture_free"]
    basis = (
        f"set on stitched streams of {people}; in {free['hours']:.1f} hours without a gesture among them"
        f" {free['false_triggers']} false starts"
    )
    for kind, counted in normal["footage"].items():
        basis += f", in {60 * counted['hours']:.0f} minutes of {kind} at most, {counted['false_starts']}"
    if (kept := within_budget(costs)) is not None:
        basis += (
            f"; of the gestures there {costs[0]['recall']:.0%} are found, and {kept:.0%} with all"
            f" thresholds raised until no more than {BUDGET:g} in an hour start falsely"
        )
    return points, off, basis


def _off(trials: ThresholdTrials, settings: ThresholdSettings, kept: dict[str, Thresholds]) -> dict[str, str]:
    """Gestures that are found too seldom where false starts keep to their budgets, and why."""
    found = figures_at(trials.classes, trials.streams, kept)["per_gesture"]
    off = {}
    for name in trials.classes:
        true = sum(one.gesture == name for stream in trials.streams for one in stream.truth)
        recall = found[name]["recall"] if name in kept else 0.0
        if true and (recall or 0.0) < settings.least_recall:
            off[name] = f"{recall or 0:.0%} of {true} were found of people whom it did not know"
    return off


THRESHOLDS = Stage("thresholds", needs=(RECOGNITION, FOLDS), depends_on=_depends_on, do=_do)
