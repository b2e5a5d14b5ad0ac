"""Cross-validation: temporal heads that do not know some of the people, who then serve to set thresholds.

So everybody who is trained on serves for the thresholds too, and those held out stay for the figures alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from gesturelrcn.model.network import HEADS_IN_FILES, LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.feature_sets import FeatureSet, clip_sets
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.recognition import train_recognition

Person = tuple[str, str]
"""Data set and name."""


@dataclass(frozen=True)
class Fold:
    """Some of the people, and the temporal heads that do not know them.

    Attributes:
        people: of this fold.
        weights: safetensors file of the heads.
    """

    people: tuple[Person, ...]
    weights: Path


def folds_of(sets: list[FeatureSet], count: int, folder: Path) -> list[Fold]:
    """Deal the people of all sets out, those who were filmed and those who were made alike.

    Args:
        sets: the features of their clips.
        count: of the folds; fewer where fewer people were filmed, or made if nobody was filmed.
        folder: for the weights.

    Raises:
        TrainingError: one person only was filmed, or is there at all.
    """
    people = {
        features: sorted({(features.name, clip.clip.subject) for clip in features.clips()})
        for features in sets
    }
    real = any(features.judged for features in sets)
    judged = sum(len(persons) for features, persons in people.items() if features.judged == real)
    if judged < 2:
        raise TrainingError(
            f"Thresholds by folds need two people at least {'who were filmed, ' if real else ''}known by"
            " name: set folds = 0 in [thresholds], or say who is in the clips."
        )
    count = min(count, judged)
    return [
        Fold(
            tuple(person for persons in people.values() for person in persons[number::count]),
            folder / f"fold-{number + 1}.safetensors",
        )
        for number in range(count)
    ]


@dataclass(frozen=True)
class FoldTrainer:
    """Trains the temporal heads of a fold; can be sent to another process.

    Attributes:
        network: sizes.
        settings: how long and how fast.
        sets: of all people.
    """

    network: NetworkConfig
    settings: RecognitionSettings
    sets: list[FeatureSet]

    def __call__(self, fold: Fold) -> Path:
        """Leaves the weights in the file of the fold, whole or not at all; returns the file."""
        torch.manual_seed(self.settings.seed)
        model = LRCN(self.network)
        clips = clip_sets(self.sets, without=fold.people)
        train_recognition(model, clips, self.settings, fold.weights.with_suffix(".csv"))
        part = fold.weights.with_suffix(".part")
        weights = model.state_dict().items()
        save_file(
            {name: value.contiguous() for name, value in weights if name.startswith(HEADS_IN_FILES)}, part
        )
        part.replace(fold.weights)
        return fold.weights


def train_folds(
    trainer: FoldTrainer, folds: list[Fold], workers: int, progress: Callable[[int, int], None]
) -> None:
    """Train the temporal heads of those folds that are not there yet."""
    missing = [fold for fold in folds if not fold.weights.exists()]
    for done, _ in enumerate(in_processes(trainer, missing, workers), start=len(folds) - len(missing)):
        progress(done + 1, len(folds))


def held_out_by_fold(
    trainer: FoldTrainer, folds: list[Fold]
) -> Iterator[tuple[LRCN, list[tuple[FeatureSet, ClipFeatures]]]]:
    """For each fold a model, and the clips of people it has not learnt from, each with its set."""
    everybody = [(features, clip) for features in trainer.sets for clip in features.clips()]
    for fold in folds:
        model = LRCN(trainer.network)
        model.load_state_dict(load_file(fold.weights), strict=False)
        yield (
            model.eval(),
            [(of, clip) for of, clip in everybody if (of.name, clip.clip.subject) in fold.people],
        )
