"""Trains the recurrent part that is given out on the people held out too.

Its thresholds and figures are of the one that did not learn from them.
"""

from typing import Any

import torch

from gesturelrcn.model.card import read_card
from gesturelrcn.training.data.feature_sets import clip_sets, feature_sets, with_numbers
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.evaluation import EVALUATION
from gesturelrcn.training.stages.export import check_files, copy_out, write_files
from gesturelrcn.training.stages.recognition import trained_network
from gesturelrcn.training.tasks.recognition import train_recognition

_NOTE = (
    "The figures are those of readers that had not learnt from the people measured; these had, with the same"
    " settings and thresholds. On clips of those people they look better than on strangers."
)


def _depends_on(training: Training) -> Any:
    return training.everybody


def _do(training: Training) -> dict[str, Any]:
    if not training.everybody:
        return {"everybody": False}
    torch.manual_seed(training.config.recognition.seed)
    model = training.network()
    parts = ("training", "everybody")
    sets = clip_sets(feature_sets(training.run.path, training.sets, training.classes, parts))
    sets = with_numbers(model.config.regression, sets, training.sets)
    log = training.run.path / "everybody.csv"
    loop = training.loop(EVERYBODY.fingerprint(training))
    train_recognition(model, sets, training.config.recognition, log, loop=loop, name="everybody")
    training.keep("everybody", model, ("",))
    if not training.fabric.is_global_zero:
        return {}
    figures = read_card(training.run.path / "model" / f"{training.config.name}.json").figures
    card = write_files(
        training,
        trained_network(training, "everybody"),
        training.run.path / "everybody",
        {**figures, "note": _NOTE},
        everybody=True,
    )
    copy_out(training, card, "everybody")
    clips = {people.name: len(people.clips) for people in sets}
    return {"clips": clips, **check_files(training, card, "everybody")}


EVERYBODY = Stage("everybody", needs=(EVALUATION,), depends_on=_depends_on, do=_do, together=True)
