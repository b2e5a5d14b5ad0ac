"""The stages of a training, in order. What each of them does stands in its own module."""

import json
import logging
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from gesturelrcn.evaluation.curve import BUDGET
from gesturelrcn.evaluation.evaluate import evaluate
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.card_page import COMPARED
from gesturelrcn.model.network import LRCN
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.data.backgrounds import read_backgrounds
from gesturelrcn.training.data.clip_features import SeenClip
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.feature_sets import clip_sets, held_out_clips, seen_path, seen_sets
from gesturelrcn.training.data.generation import make_set
from gesturelrcn.training.data.hand_images import hands_of, held_out_hands
from gesturelrcn.training.data.keypoint_images import cut_out_set, pictures_of, taught_pictures, teach_set
from gesturelrcn.training.data.track_files import write_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.export.export import largest_difference, write_card, write_model
from gesturelrcn.training.features.extractor import Looking
from gesturelrcn.training.features.simulation import read_performances
from gesturelrcn.training.regression import tables_of, with_numbers
from gesturelrcn.training.run.card_sources import sources
from gesturelrcn.training.run.pipeline import Stage, Training, fingerprint_of
from gesturelrcn.training.tasks.cross_validation import Fold, FoldTrainer, folds_of, strangers, train_folds
from gesturelrcn.training.tasks.hands import train_hands
from gesturelrcn.training.tasks.initial_weights import fill_start
from gesturelrcn.training.tasks.keypoints import Rooms, train_keypoints
from gesturelrcn.training.tasks.recognition import train_recognition
from gesturelrcn.training.tasks.thresholds import (
    ScoredStream,
    choose,
    figures_at,
    free_hours,
    progress,
    trade_off,
    validation_streams,
    with_start,
    within_budget,
)
from gesturelrcn.vocabulary import NONE

logger = logging.getLogger(__name__)

_VALIDATION_EVERY = 8  # frames between two pictures for the figures of the joints
_RECURRENT = ("hidden", "dropout", "joint_features", "hand_features", "motion", "readers", "regression")
_NOT_IN_A_CARD = ("data", "curve", "confusion", "skipped", "drift")
_NOTE = (
    "The figures are those of readers that had not learnt from the people measured; these had, with the same"
    " settings and thresholds. On clips of those people they look better than on strangers."
)
_START = 0.7  # threshold of gestures where nobody is left to set it on


def _synthesis_depends_on(training: Training) -> Any:
    made = [settings for settings in training.config.data if settings.name not in training.without]
    return [[settings.name, asdict(settings.make)] for settings in made if settings.make is not None]


def _synthesis(training: Training) -> dict[str, Any]:
    told = {}
    for settings in training.config.data:
        if settings.make is not None and settings.name not in training.without:
            folder = training.folder_of(settings)
            make_set(settings, folder, training.data, training.workers, training.progress)
            told[settings.name] = str(folder)
    return {"made": told}


def _listed(held: DataSet) -> Any:
    return {
        "name": held.name,
        "kind": held.kind,
        "training": [[clip.name, clip.gesture, clip.onset, clip.offset] for clip in held.training],
        "held_out": [clip.name for clip in held.held_out],
    }


def _teaches(training: Training) -> list[DataSet]:
    """Sets whose joints are learnt from; none where the CNN stays as it starts."""
    if not training.config.keypoints.steps:
        return []
    return [held for held in training.sets if held.settings.joints > 0]


def _asks_teacher(training: Training) -> list[DataSet]:
    """Sets of which the teacher's answers are needed, for joints or for hands."""
    wanted = {held.name for held in (*_teaches(training), *_shows_hands(training))}
    return [held for held in training.sets if held.name in wanted]


def _teacher_depends_on(training: Training) -> Any:
    told = [_listed(held) for held in _asks_teacher(training)]
    return [*told, "silhouettes"] if _background(training) is not None else told


def _background(training: Training) -> DataSet | None:
    """The set of rooms that are put behind people, or None."""
    found = [held for held in _teaches(training) if held.kind == "backgrounds"]
    return found[0] if found else None


def _teacher(training: Training) -> dict[str, Any]:
    without_answer: list[str] = []
    skipped = [f"{held.name}: {reason}" for held in training.sets for reason in held.skipped]
    asked = 0
    for held in _asks_teacher(training):
        total = len(held.training) + len(held.held_out)
        for answer in teach_set(held, training.taught(held), training.workers):
            asked += 1
            training.progress(f"teacher {held.name}", asked, max(asked, total))
            if answer is not None:
                without_answer.append(f"{held.name}: {answer}")
        asked = 0
    if _background(training) is not None:
        for held in _teaches(training):
            for done, _ in enumerate(cut_out_set(held, training.taught(held), training.workers)):
                training.progress(f"silhouettes {held.name}", done + 1, max(done + 1, len(held.training)))
    return {
        "skipped": skipped,
        "skipped_count": len(skipped),
        "nobody_found": without_answer,
        "nobody_found_count": len(without_answer),
    }


def _keypoints_depends_on(training: Training) -> Any:
    settings = asdict(training.config.keypoints)
    settings.pop("threads")
    network = {name: value for name, value in training.config.network.items() if name not in _RECURRENT}
    sets = [[held.name, held.settings.joints, held.settings.every] for held in _teaches(training)]
    return [settings, network, training.config.start, sets]


def _keypoints(training: Training) -> dict[str, Any]:
    torch.manual_seed(0)  # the same beginning, whatever ran in this process before
    model = LRCN(training.network_config)
    fill_start(model, training.config.start)
    if training.config.keypoints.steps:
        teaches = _teaches(training)
        sets = [found for held in teaches if (found := pictures_of(held, training.taught(held))) is not None]
        if not sets:
            raise TrainingError(
                "There are no pictures to learn joints from: give a data set with joints above 0, or start"
                " from a model and set steps = 0 in [keypoints]."
            )
        held_out = [
            found
            for held in teaches
            if (found := taught_pictures(held.held_out, training.taught(held), _VALIDATION_EVERY)) is not None
        ]
        validation = max(held_out, key=lambda found: len(found.images), default=None)
        log = training.run.path / "keypoints.csv"
        settings = training.config.keypoints
        background = _background(training)
        rooms = None
        if background is not None:
            rooms = Rooms(read_backgrounds(background.folder), background.settings.joints)
        train_keypoints(model, sets, settings, validation, log, training.loop("keypoints"), rooms)
    training.keep("keypoints", model, ("backbone", "keypoint_head"))
    return {"steps": training.config.keypoints.steps}


def _shows_hands(training: Training) -> list[DataSet]:
    """Sets whose hands are learnt from; none where the network looks at no hand or stays as it starts."""
    if not training.hands_are_taught:
        return []
    return [held for held in training.sets if held.settings.hands > 0]


def _hands_depends_on(training: Training) -> Any:
    sets = [[held.name, held.settings.hands, held.settings.every] for held in _shows_hands(training)]
    network = {name: value for name, value in training.config.network.items() if name not in _RECURRENT}
    return [asdict(training.config.hands), network, training.config.start, sets]


def _hands(training: Training) -> dict[str, Any]:
    held_sets = _shows_hands(training)
    if not training.network_config.hand_size:
        return {"steps": 0}
    torch.manual_seed(0)  # the same beginning, whatever ran in this process before
    model = LRCN(training.network_config)
    fill_start(model, training.config.start)
    if training.config.hands.steps:
        sets = [found for held in held_sets if (found := hands_of(held, training.taught(held))) is not None]
        if not sets:
            raise TrainingError(
                "There are no pictures of hands to learn from: give a data set with hands above 0, or start"
                " from a model and set steps = 0 in [hands]."
            )
        held_out = [
            found for held in held_sets if (found := held_out_hands(held, training.taught(held))) is not None
        ]
        validation = max(held_out, key=lambda found: len(found.images), default=None)
        log = training.run.path / "hands.csv"
        train_hands(model, sets, training.config.hands, validation, log, training.loop("hands"))
    training.keep("hands", model, ("hand_backbone", "hand_head"))
    return {"steps": training.config.hands.steps}


def _features_depends_on(training: Training) -> Any:
    sets = [_listed(held) for held in training.sets if held.settings.weight > 0]
    card = training.card()
    told = [asdict(training.config.features), card.classes, sets, card.zoom, card.lift]
    return [*told, "everybody"] if training.config.everybody else told


def _features(training: Training) -> dict[str, Any]:
    folder = training.run.path / "seen"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    told: dict[str, Any] = {"nobody_found": []}
    for held in training.sets:
        if held.settings.weight > 0 and held.kind == "performances":
            told[held.name] = _perform_set(training, held)
        elif held.settings.weight > 0 and held.kind != "tracks":
            told[held.name] = _look_at_set(training, held, told["nobody_found"])
    return told


def _perform_set(training: Training, held: DataSet) -> dict[str, int]:
    rng = np.random.default_rng(training.config.features.seed)
    card = training.card()
    paths = sorted(held.folder.glob("*.npz"))
    seen = [track for path in paths for track in read_performances(path, card, rng)]
    seen = [track for track in seen if track.gesture in training.classes]
    if seen:
        write_tracks(seen_path(training, held, "training"), seen)
    return {"training": len(seen)}


def _look_at_set(training: Training, held: DataSet, nobody: list[str]) -> dict[str, int]:
    settings = training.config.features
    model, card = training.network(), training.card()
    counts = {}
    parts = [("training", held.training, settings.versions), ("held_out", held.held_out, 0)]
    if training.config.everybody:
        parts.append(("everybody", held.held_out, settings.versions))
    for name, clips, versions in parts:
        wanted = [clip for clip in clips if clip.gesture in training.classes]
        looking = Looking(model, card, held.kind, versions, settings.seed)
        found: list[SeenClip] = []
        for done, seen in enumerate(in_processes(looking, wanted, training.workers)):
            training.progress(f"features {held.name}", done + 1, len(wanted))
            found += seen
            if not seen:
                nobody.append(f"{held.name}: {wanted[done].name}")
                logger.warning("%s: nobody found in %s; skipped", held.name, wanted[done].name)
        if found:
            write_tracks(seen_path(training, held, name), found)
        counts[name] = len(found)
    return counts


def _recognition_depends_on(training: Training) -> Any:
    sets = [[held.name, held.settings.weight] for held in training.sets]
    tracks = [
        [path.name, path.stat().st_size]
        for held in training.sets
        if held.kind == "tracks"
        for path in sorted(held.folder.glob("*.npz"))
    ]
    return [
        asdict(training.config.recognition),
        dict(training.config.network),
        training.classes,
        sets,
        tracks,
        *(tables_of(training.sets) if training.network_config.regression else ()),
    ]


def _recognition(training: Training) -> dict[str, Any]:
    torch.manual_seed(training.config.recognition.seed)
    model = training.network()
    validation = held_out_clips(training)
    sets = with_numbers(model, clip_sets(seen_sets(training)), training.sets)

    def report(current: LRCN) -> dict[str, float]:
        return progress(current, validation) if validation else {}

    log = training.run.path / "recognition.csv"
    train_recognition(model, sets, training.config.recognition, log, report, training.loop("recognition"))
    training.keep("recognition", model, ("",))
    return {"clips": {held.name: len(held.clips) for held in sets}}


def _trained(training: Training, stage: str = "recognition") -> LRCN:
    model = LRCN(training.network_config)
    model.load_state_dict(load_file(training.run.path / f"{stage}.safetensors"))
    return model.eval()


def _folds_depends_on(training: Training) -> Any:
    count = training.config.thresholds.folds
    return [count, _recognition_depends_on(training)] if count else 0


def _cross_validation(training: Training) -> tuple[FoldTrainer, list[Fold]]:
    """Other folds lie in another folder, so that those of a run that was killed can be gone on with."""
    folder = training.run.path / "folds" / fingerprint_of(training, "folds")
    sets = seen_sets(training)
    trainer = FoldTrainer(training.network_config, training.config.recognition, sets)
    return trainer, folds_of(sets, training.config.thresholds.folds, folder)


def _folds(training: Training) -> dict[str, Any]:
    if not training.config.thresholds.folds:
        return {"folds": 0}
    trainer, folds = _cross_validation(training)
    folder = folds[0].weights.parent
    for other in [path for path in folder.parent.glob("*") if path != folder]:
        shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    train_folds(trainer, folds, training.workers, lambda done, of: training.progress("folds", done, of))
    filmed = {held.name for held in trainer.sets if held.real}
    return {"people": [[who for name, who in fold.people if name in filmed] for fold in folds]}


def _thresholds_depends_on(training: Training) -> Any:
    return asdict(training.config.thresholds)


def _threshold_streams(training: Training) -> tuple[list[ScoredStream], str]:
    """What models say about people whom they do not know, and who those people are, in words."""
    settings = training.config.thresholds
    if not settings.folds:
        validation = held_out_clips(training)
        if not validation:
            return [], ""
        streams = validation_streams(_trained(training), validation, settings.hours, settings.seed)
        return streams, "the people held out"
    trainer, folds = _cross_validation(training)
    shown: list[ScoredStream] = []
    of_made: list[ScoredStream] = []
    pauses: set[str] = set()
    for number, (model, filmed, made) in enumerate(strangers(trainer, folds)):
        training.progress("thresholds", number + 1, len(folds))
        seed = settings.seed + number
        # Where nobody was filmed, the synthetic people show the gestures too.
        shown += validation_streams(model, filmed or made, settings.hours / len(folds), seed)
        pauses |= {seen.clip.name for seen in filmed if seen.gesture == NONE}
        idle = [seen for seen in made if seen.gesture == NONE]
        of_made += validation_streams(model, idle, 2 * settings.made_hours / len(folds), seed)
    who, free = "synthetic people", f"{free_hours([*shown, *of_made]):.1f} hours"
    if any(held.real for held in trainer.sets):
        real = f"{free_hours(shown):.1f} hours stitched from {len(pauses)} clips of real people"
        who, free = "people", f"{real}, and {free_hours(of_made):.1f} hours"
    people = (
        f"{who} whom the readers of {len(folds)} folds had not learnt from (without a gesture: {free} of"
        " synthetic people who are busy all the time)"
    )
    return [*shown, *of_made], people


def _thresholds(training: Training) -> dict[str, Any]:
    settings = training.config.thresholds
    gestures = [name for name in training.classes if name != NONE]
    if settings.taken_from:
        chosen = _thresholds_of(training.data / settings.taken_from, gestures)
        basis = f"taken over from {settings.taken_from}"
    elif (found := _threshold_streams(training))[0]:
        streams, people = found
        chosen = choose(training.classes, streams, settings)
        figures = figures_at(training.classes, streams, chosen)
        points = trade_off(training.classes, streams, chosen)
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
    else:
        chosen = {name: with_start(_START) for name in gestures}
        basis = f"{_START} for every gesture, since nobody was held out to set them on"
    training.run.write("thresholds.json", {name: asdict(value) for name, value in chosen.items()})
    return {"basis": basis, "start": {name: value.start for name, value in chosen.items()}}


def _thresholds_of(path: Path, gestures: list[str]) -> dict[str, Thresholds]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return {name: Thresholds(**held[name]) for name in gestures}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise TrainingError(
            f"{path}: these thresholds cannot be taken over ({problem!r}); name the thresholds.json of a run"
            " with the same gestures."
        ) from problem


def _export_depends_on(training: Training) -> Any:
    config = training.config
    out = str(training.out) if training.out else ""
    card = [config.name, config.description, config.limits, config.min_fps, config.max_fps, out]
    return [card, [[s.name, s.about, s.licence, s.source] for s in config.data], sorted(training.without)]


def _export(training: Training) -> dict[str, Any]:
    written = _write(training, _trained(training), training.run.path / "model", {})
    if not training.everybody:
        _copy_out(training, written, "model")
    return _checked(training, written, "model")


def _write(
    training: Training, model: LRCN, folder: Path, figures: dict[str, Any], *, everybody: bool = False
) -> ModelCard:
    thresholds = training.run.read("thresholds.json")
    card = replace(
        training.card(),
        thresholds={name: Thresholds(**value) for name, value in thresholds.items()},
        data=sources(training, everybody=everybody),
        limits=[*training.config.limits, f"Thresholds: {training.run.result('thresholds')['basis']}."],
        figures=figures,
    )
    return write_model(model, card, folder)


def _checked(training: Training, written: ModelCard, name: str) -> dict[str, Any]:
    folder = training.run.path / name
    apart = largest_difference(folder / f"{written.name}.json")
    if not apart <= 1e-4:
        raise TrainingError(
            f"{folder}: onnxruntime and torch differ by {apart:.2g} in their scores, more than 1e-4; this is"
            " a mistake in the export."
        )
    size = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return {"largest_difference_of_engines": apart, "bytes": size}


def _copy_out(training: Training, card: ModelCard, name: str) -> None:
    if training.out is not None:
        training.out.mkdir(parents=True, exist_ok=True)
        for path in (training.run.path / name).glob(f"{card.name}.*"):
            shutil.copyfile(path, training.out / path.name)


def _evaluation_depends_on(training: Training) -> Any:
    people = [[held.name, [clip.name for clip in held.held_out]] for held in _measured(training)]
    return [people, training.figures_beside] if training.beside else people


def _measured(training: Training) -> list[DataSet]:
    """Sets with people whom the model has never seen."""
    return [held for held in [*training.sets, *training.left_out] if held.held_out]


def _evaluation(training: Training) -> dict[str, Any]:
    path = training.run.path / "model" / f"{training.config.name}.json"
    figures = dict(read_card(path).figures)
    for held in _measured(training):
        listing = held.to_measure(training.classes)
        if listing is None:
            continue

        def progress(done: int, of: int, what: str = f"evaluation {held.name}") -> None:
            training.progress(what, done, of)

        measured = evaluate(listing, path, workers=training.workers, progress=progress).figures
        people = ",".join(sorted({clip.subject for clip in listing.clips} - {""}))
        command = f"gesturelrcn evaluate FOLDER{f' --subjects {people}' if people else ''}"
        told = {name: value for name, value in measured.items() if name not in _NOT_IN_A_CARD}
        if training.without:
            told["without"] = sorted(training.without)
        name = f"{held.name}_not_trained_on"
        if rows := [_compared(other[name]) for other in training.figures_beside if name in other]:
            told["beside"] = rows
        figures[name] = {"command": command, **told}
    card = replace(read_card(path), figures=figures)
    write_card(card, path.parent)
    if not training.everybody:
        _copy_out(training, card, "model")
    training.run.write("figures.json", figures)
    return {name: _headline(told) for name, told in figures.items()}


def _compared(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in COMPARED if name in told}


def _headline(told: dict[str, Any]) -> dict[str, Any]:
    everything = told["all"]
    return {
        "clips": told["clips"],
        "recall": everything["recall"],
        "precision": everything["precision"],
        "clip_accuracy": told["clip_accuracy"],
        "core_recall": told["core"]["recall"],
        "false_triggers": told["false_triggers"]["count"],
        "gesture_free_hours": told["false_triggers"]["hours"],
    }


def _everybody_depends_on(training: Training) -> Any:
    return training.everybody


def _everybody(training: Training) -> dict[str, Any]:
    """Readers that learnt from the people held out too; thresholds and figures are of those that did not."""
    if not training.everybody:
        return {"everybody": False}
    torch.manual_seed(training.config.recognition.seed)
    model = training.network()
    sets = with_numbers(model, clip_sets(seen_sets(training, ("training", "everybody"))), training.sets)
    log = training.run.path / "everybody.csv"
    train_recognition(
        model, sets, training.config.recognition, log, loop=training.loop("everybody"), name="everybody"
    )
    training.keep("everybody", model, ("",))
    if not training.fabric.is_global_zero:
        return {}
    figures = read_card(training.run.path / "model" / f"{training.config.name}.json").figures
    model, told = _trained(training, "everybody"), {**figures, "note": _NOTE}
    written = _write(training, model, training.run.path / "everybody", told, everybody=True)
    _copy_out(training, written, "everybody")
    return {
        "clips": {held.name: len(held.clips) for held in sets},
        **_checked(training, written, "everybody"),
    }


STAGES = (
    Stage("synthesis", (), _synthesis_depends_on, _synthesis),
    Stage("teacher", ("synthesis",), _teacher_depends_on, _teacher),
    Stage("keypoints", ("teacher",), _keypoints_depends_on, _keypoints, together=True),
    Stage("hands", ("teacher",), _hands_depends_on, _hands, together=True),
    Stage("features", ("keypoints", "hands"), _features_depends_on, _features),
    Stage("recognition", ("features",), _recognition_depends_on, _recognition, together=True),
    Stage("folds", ("features",), _folds_depends_on, _folds),
    Stage("thresholds", ("recognition", "folds"), _thresholds_depends_on, _thresholds),
    Stage("export", ("thresholds",), _export_depends_on, _export),
    Stage("evaluation", ("export",), _evaluation_depends_on, _evaluation),
    Stage("everybody", ("evaluation",), _everybody_depends_on, _everybody, together=True),
)
"""In this order. One that needs another stands after it."""
