"""Writes down what the CNNs see in every clip, for whoever trains a recurrent part."""

import logging
import shutil
from dataclasses import asdict
from typing import Any

import numpy as np

from gesturelrcn.model.files import assets
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.feature_sets import features_path
from gesturelrcn.training.data.track_files import write_tracks
from gesturelrcn.training.features.extractor import FeatureExtractor
from gesturelrcn.training.features.hand_observation import (
    HandObservations,
    measured,
    read_observations,
)
from gesturelrcn.training.features.landmark_tracks import features_of_landmarks
from gesturelrcn.training.features.pose_tracks import features_of_streams
from gesturelrcn.training.features.simulation import simulate_performances
from gesturelrcn.training.features.skeleton_tracks import features_of_skeletons
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.hands import HANDS
from gesturelrcn.training.stages.keypoints import KEYPOINTS
from gesturelrcn.training.stages.teacher import listed
from gesturelrcn.training.teacher.cache import load_labelled_clips

_WITHOUT_HANDS = {"poses": features_of_streams, "skeletons": features_of_skeletons}
_WITHOUT_PICTURES = (*_WITHOUT_HANDS, "landmarks")
_EXACT_HANDS = ("performances", "landmarks")
_OBSERVED = "hand_observation.npz"
_SHIPPED = "hand_observation.npz"  # of the hand CNN of the shipped model

logger = logging.getLogger(__name__)


def _depends_on(training: Training) -> Any:
    datasets = [listed(dataset) for dataset in training.sets if dataset.settings.weight > 0]
    card = training.card()
    ingredients = [asdict(training.config.features), card.classes, datasets, card.zoom, card.lift]
    if training.config.everybody:
        ingredients.append("everybody")
    if any(dataset.kind in _EXACT_HANDS for dataset in training.sets):
        ingredients.append("hands as observed")
    return ingredients


def _do(training: Training) -> dict[str, Any]:
    folder = training.run.path / "seen"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    result: dict[str, Any] = {"nobody_found": []}
    observations = _observations(training)
    for dataset in training.sets:
        if dataset.settings.weight > 0 and dataset.kind == "performances":
            result[dataset.name] = _simulate(training, dataset, observations)
        elif dataset.settings.weight > 0 and dataset.kind in _WITHOUT_PICTURES:
            result[dataset.name] = _of_motion(training, dataset, observations)
        elif dataset.settings.weight > 0 and dataset.kind != "tracks":
            result[dataset.name] = _extract(training, dataset, result["nobody_found"])
    return result


def _observations(training: Training) -> HandObservations | None:
    """What the hand CNN makes of hands that are known exactly, where some set has such hands.

    Measured on the teacher's labels; where nothing is labelled, that of the shipped CNN if it is that one.
    """
    if not training.network_config.hand_size or not any(
        dataset.kind in _EXACT_HANDS for dataset in training.sets
    ):
        return None
    clips = [
        clip
        for dataset in training.hand_sets
        if dataset.kind in ("index", "folders")
        for clip in load_labelled_clips(training.teacher_cache(dataset), dataset.training)
    ]
    observations = measured(training.network(), clips)
    if observations is not None:
        observations.write(training.run.path / _OBSERVED)
    elif training.config.start == "default" and not training.config.hands.steps:
        observations = read_observations(assets() / _SHIPPED)
    return observations


def _simulate(training: Training, dataset: DataSet, observations: HandObservations | None) -> dict[str, int]:
    """Of synthetic performances nothing is drawn: joints with the errors that the CNNs make."""
    rng = np.random.default_rng(training.config.features.seed)
    card = training.card()
    paths = sorted(dataset.folder.glob("*.npz"))
    clips = [clip for path in paths for clip in simulate_performances(path, card, rng, observations)]
    clips = [clip for clip in clips if clip.gesture in training.classes]
    if clips:
        write_tracks(features_path(training.run.path, dataset, "training"), clips)
    return {"training": len(clips)}


def _of_motion(training: Training, dataset: DataSet, observations: HandObservations | None) -> dict[str, int]:
    """Poses, skeletons, landmarks: nothing is looked at, they get the errors that the CNNs make."""
    settings = training.config.features
    rng = np.random.default_rng(settings.seed)
    card, names = training.card(), dataset.settings.names
    counts = {}
    parts = [("training", dataset.training, settings.versions), ("held_out", dataset.held_out, 1)]
    if training.config.everybody:
        parts.append(("everybody", dataset.held_out, settings.versions))
    for part, clips, versions in parts:
        paths = [clip.path for clip in clips]
        if dataset.kind == "landmarks":
            seen = features_of_landmarks(paths, names, card, max(1, versions), rng, observations)
        else:
            seen = _WITHOUT_HANDS[dataset.kind](paths, names, card, max(1, versions), rng)
        seen = [one for one in seen if one.gestures is not None or one.gesture in training.classes]
        if seen:
            write_tracks(features_path(training.run.path, dataset, part), seen)
        counts[part] = len(seen)
    return counts


def _extract(training: Training, dataset: DataSet, nobody_found: list[str]) -> dict[str, int]:
    """Number of clips written for each part; clips in which nobody is seen are added to `nobody_found`."""
    settings = training.config.features
    model, card = training.network(), training.card()
    counts = {}
    parts = [("training", dataset.training, settings.versions), ("held_out", dataset.held_out, 0)]
    if training.config.everybody:
        parts.append(("everybody", dataset.held_out, settings.versions))
    for part, all_clips, versions in parts:
        clips = [clip for clip in all_clips if clip.gesture in training.classes]
        extractor = FeatureExtractor(model, card, dataset.kind, versions, settings.seed)
        features: list[ClipFeatures] = []
        for done, seen in enumerate(in_processes(extractor, clips, training.workers)):
            training.progress(f"features {dataset.name}", done + 1, len(clips))
            features += seen
            if not seen:
                nobody_found.append(f"{dataset.name}: {clips[done].name}")
                logger.warning("%s: nobody found in %s; skipped", dataset.name, clips[done].name)
        if features:
            write_tracks(features_path(training.run.path, dataset, part), features)
        counts[part] = len(features)
    return counts


FEATURES = Stage("features", needs=(KEYPOINTS, HANDS), depends_on=_depends_on, do=_do)
