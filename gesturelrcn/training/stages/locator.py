"""Writes the files of the network that finds people, and stops where the two engines disagree."""

import shutil
from typing import Any

from safetensors.torch import load_file

from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.export.people import largest_difference, write_people
from gesturelrcn.training.run.card_sources import people_sources
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.people import PEOPLE
from gesturelrcn.training.tasks.people_network import PeopleNetwork

_MOST_APART = 1e-3


def _depends_on(training: Training) -> Any:
    config = training.config
    out = str(training.out) if training.out else ""
    card = [config.name, config.description, config.limits, config.people.presence, out]
    return [card, [[s.name, s.about, s.licence, s.source] for s in config.data], sorted(training.without)]


def _do(training: Training) -> dict[str, Any]:
    config = training.config
    network = PeopleNetwork()
    network.load_state_dict(load_file(training.run.path / "people.safetensors"))
    network.say_half_for(config.people.presence)
    folder = training.run.path / "locator"
    card = {
        "description": config.description,
        "limits": list(config.limits),
        "data": people_sources(training),
    }
    written = write_people(network.eval(), config.name, card, folder)
    apart = largest_difference(network, folder / f"{config.name}.onnx")
    if not apart <= _MOST_APART:
        raise TrainingError(
            f"{folder}: onnxruntime and torch differ by {apart:.2g}, more than {_MOST_APART:g}; this is a"
            " mistake in the export."
        )
    if training.out is not None:
        training.out.mkdir(parents=True, exist_ok=True)
        for path in written:
            shutil.copyfile(path, training.out / path.name)
    return {"largest_difference_of_engines": apart, "bytes": {p.name: p.stat().st_size for p in written}}


LOCATOR = Stage("locator", needs=(PEOPLE,), depends_on=_depends_on, do=_do)
