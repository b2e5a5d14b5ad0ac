"""Writes down what the CNNs see in every clip, for whoever trains a recurrent part."""

import logging
import shutil
from dataclasses import asdict
from typing import Any

import numpy as np

from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.feature_sets import features_path
from gesturelrcn.training.data.track_files import write_tracks
from gesturelrcn.training.features.extractor import FeatureExtractor
from gesturelrcn.training.features.pose_tracks import features_of_streams
from gesturelrcn.training.features.simulation import simulate_performances
from gesturelrcn.training.features.skeleton_tracks import features_of_skeletons
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.hands import HANDS
from gesturelrcn.training.stages.keypoints import KEYPOINTS
from gesturelrcn.training.stages.teacher import listed

_WITHOUT_PICTURES = {"poses": features_of_streams, "skeletons": features_of_skeletons}

logger = logging.getLogger(__name__)


def _depends_on(training: Training) -> Any:
    datasets = [listed(dataset) for dataset in training.sets if dataset.settings.weight > 0]
    card = training.card()
    ingredients = [asdict(training.config.features), card.classes, datasets, card.zoom, card.lift]
    return [*ingredients, "everybody"] if training.config.everybody else ingredients


def _do(training: Training) -> dict[str, Any]:
    folder = training.run.path / "seen"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    result: dict[str, Any] = {"nobody_found": []}
    for dataset in training.sets:
        if dataset.settings.weight > 0 and dataset.kind == "performances":
            result[dataset.name] = _simulate(training, dataset)
        elif dataset.settings.weight > 0 and dataset.kind in _WITHOUT_PICTURES:
            result[dataset.name] = _of_motion(training, dataset)
        elif dataset.settings.weight > 0 and dataset.kind != "tracks":
            result[dataset.name] = _extract(training, dataset, result["nobody_found"])
    return result


def _simulate(training: Training, dataset: DataSet) -> dict[str, int]:
    """Of synthetic performances nothing is drawn: joints with the errors that the CNNs make."""
    rng = np.random.default_rng(training.config.features.seed)
    card = training.card()
    paths = sorted(dataset.folder.glob("*.npz"))
    clips = [clip for path in paths for clip in simulate_performances(path, card, rng)]
    clips = [clip for clip in clips if clip.gesture in training.classes]
    if clips:
        write_tracks(features_path(training.run.path, dataset, "training"), clips)
    return {"training": len(clips)}


def _of_motion(training: Training, dataset: DataSet) -> dict[str, int]:
    """Poses and skeletons: nothing is looked at, the joints get the errors that the CNNs make."""
    settings = training.config.features
    rng = np.random.default_rng(settings.seed)
    card, names = training.card(), dataset.settings.names
    counts = {}
    parts = [("training", dataset.training, settings.versions), ("held_out", dataset.held_out, 1)]
    if training.config.everybody:
        parts.append(("everybody", dataset.held_out, settings.versions))
    for part, clips, versions in parts:
        see = _WITHOUT_PICTURES[dataset.kind]
        seen = see((clip.path for clip in clips), names, card, max(1, versions), rng)
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
