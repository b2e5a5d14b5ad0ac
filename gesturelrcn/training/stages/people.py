"""Teaches the network that finds people."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from gesturelrcn.training.data.datasets import must_have_some
from gesturelrcn.training.data.people_frames import PeopleFrames, people_frames_of, seen_frames
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.sightings import SIGHTINGS
from gesturelrcn.training.tasks.people import train_people
from gesturelrcn.training.tasks.people_network import PeopleNetwork
from gesturelrcn.training.teacher.cache import cached_path


def _depends_on(training: Training) -> Any:
    settings = asdict(training.config.people)
    settings.pop("presence")
    if not settings["start"]:
        settings.pop("start")
    return [settings, [[dataset.name, dataset.settings.people] for dataset in training.people_sets]]


def _do(training: Training) -> dict[str, Any]:
    settings = training.config.people
    torch.manual_seed(settings.seed)
    network = PeopleNetwork()
    if settings.start:
        _begin_as(network, training.data / settings.start)
    answers = [
        people_frames_of(dataset, training.sightings_cache(dataset)) for dataset in training.people_sets
    ]
    sets = must_have_some(
        answers, "There are no frames with people to learn from: give a data set with people above 0."
    )
    log = training.run.path / "people.csv"
    loop = training.loop(PEOPLE.fingerprint(training))
    train_people(network, sets, settings, _validation(training), log, loop)
    if training.fabric.is_global_zero:
        weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
        save_file(weights, training.run.path / "people.safetensors")
    return {"steps": settings.steps, "frames": [len(frames.images) for frames in sets]}


def _begin_as(network: PeopleNetwork, weights: Path) -> None:
    try:
        network.load_state_dict(load_file(weights))
    except (OSError, SafetensorError, RuntimeError) as problem:
        reason = str(problem).splitlines()[0]
        raise TrainingError(
            f"{weights}: no weights of a network that finds people ({reason}); `start` in [people] names the"
            " people.safetensors of another run."
        ) from problem


def _validation(training: Training) -> PeopleFrames | None:
    """Frames of all people held out."""
    paths = [
        cached_path(training.sightings_cache(dataset), clip)
        for dataset in training.people_sets
        for clip in dataset.held_out
    ]
    return seen_frames(paths)


PEOPLE = Stage("people", needs=(SIGHTINGS,), depends_on=_depends_on, do=_do, together=True)
