"""Teaches the CNN where joints are."""

from dataclasses import asdict
from typing import Any

import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.data.backgrounds import Backgrounds, read_backgrounds
from gesturelrcn.training.data.datasets import must_have_some
from gesturelrcn.training.data.keypoint_images import KeypointImages, keypoint_images_of, labelled_images
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.teacher import TEACHER
from gesturelrcn.training.tasks.initial_weights import fill_initial_weights
from gesturelrcn.training.tasks.keypoints import train_keypoints

_VALIDATION_EVERY = 8  # frames between two pictures for the figures of the joints


def _depends_on(training: Training) -> Any:
    settings = asdict(training.config.keypoints)
    settings.pop("threads")
    datasets = [
        [dataset.name, dataset.settings.joints, dataset.settings.every] for dataset in training.joint_sets
    ]
    return [settings, training.cnn_settings, training.config.start, datasets]


def _do(training: Training) -> dict[str, Any]:
    torch.manual_seed(0)  # the same beginning, whatever ran in this process before
    model = LRCN(training.network_config)
    fill_initial_weights(model, training.config.start)
    settings = training.config.keypoints
    if settings.steps:
        sets, validation = _images(training), _validation(training)
        log = training.run.path / "keypoints.csv"
        loop = training.loop(KEYPOINTS.fingerprint(training))
        train_keypoints(model, sets, settings, validation, log, loop, _backgrounds(training))
    training.keep("keypoints", model, ("backbone", "keypoint_head"))
    return {"steps": settings.steps}


def _images(training: Training) -> list[KeypointImages]:
    answers = [
        keypoint_images_of(dataset, training.teacher_cache(dataset)) for dataset in training.joint_sets
    ]
    return must_have_some(
        answers,
        "There are no pictures to learn joints from: give a data set with joints above 0, or start from a"
        " model and set steps = 0 in [keypoints].",
    )


def _validation(training: Training) -> KeypointImages | None:
    """Pictures of the people held out, of the data set that has most of them."""
    answers = [
        labelled_images(dataset.held_out, training.teacher_cache(dataset), _VALIDATION_EVERY)
        for dataset in training.joint_sets
    ]
    held_out = [images for images in answers if images is not None]
    return max(held_out, key=lambda images: len(images.images), default=None)


def _backgrounds(training: Training) -> Backgrounds | None:
    """What is put behind people."""
    background = training.background_set
    if background is None:
        return None
    return Backgrounds(read_backgrounds(background.folder), background.settings.joints)


KEYPOINTS = Stage("keypoints", needs=(TEACHER,), depends_on=_depends_on, do=_do, together=True)
