"""Teaches the second CNN the landmarks of hands."""

from dataclasses import asdict
from typing import Any

import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.data.datasets import must_have_some
from gesturelrcn.training.data.hand_images import HandImages, hand_images_of, held_out_hand_images
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.teacher import TEACHER
from gesturelrcn.training.tasks.hands import train_hands
from gesturelrcn.training.tasks.initial_weights import fill_initial_weights


def _depends_on(training: Training) -> Any:
    datasets = [
        [dataset.name, dataset.settings.hands, dataset.settings.every] for dataset in training.hand_sets
    ]
    return [asdict(training.config.hands), training.cnn_settings, training.config.start, datasets]


def _do(training: Training) -> dict[str, Any]:
    if not training.network_config.hand_size:
        return {"steps": 0}
    torch.manual_seed(0)  # the same beginning, whatever ran in this process before
    model = LRCN(training.network_config)
    fill_initial_weights(model, training.config.start)
    settings = training.config.hands
    if settings.steps:
        sets, validation = _images(training), _validation(training)
        log = training.run.path / "hands.csv"
        train_hands(model, sets, settings, validation, log, training.loop(HANDS.fingerprint(training)))
    training.keep("hands", model, ("hand_backbone", "hand_head"))
    return {"steps": settings.steps}


def _images(training: Training) -> list[HandImages]:
    answers = [hand_images_of(dataset, training.teacher_cache(dataset)) for dataset in training.hand_sets]
    return must_have_some(
        answers,
        "There are no pictures of hands to learn from: give a data set with hands above 0, or start from a"
        " model and set steps = 0 in [hands].",
    )


def _validation(training: Training) -> HandImages | None:
    """Hands of the people held out, of the data set that has most of them."""
    answers = [
        held_out_hand_images(dataset, training.teacher_cache(dataset)) for dataset in training.hand_sets
    ]
    held_out = [images for images in answers if images is not None]
    return max(held_out, key=lambda images: len(images.images), default=None)


HANDS = Stage("hands", needs=(TEACHER,), depends_on=_depends_on, do=_do, together=True)
