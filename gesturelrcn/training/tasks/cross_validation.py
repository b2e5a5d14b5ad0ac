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
from gesturelrcn.training.data.clip_features import SeenClip
from gesturelrcn.training.data.feature_sets import SeenSet, clip_sets
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


def folds_of(sets: list[SeenSet], count: int, folder: Path) -> list[Fold]:
    """Deal the people of all sets out, those who were filmed and those who were made alike.

    Args:
        sets: what was seen of them.
        count: of the folds; fewer where fewer people were filmed, or made if nobody was filmed.
        folder: for the weights.

    Raises:
        TrainingError: one person only was filmed, or is there at all.
    """
    people = {held: sorted({(held.name, seen.clip.subject) for seen in held.clips()}) for held in sets}
    real = any(held.real for held in sets)
    judged = sum(len(found) for held, found in people.items() if held.real == real)
    if judged < 2:
        raise TrainingError(
            f"Thresholds by folds need two people at least {'who were filmed, ' if real else ''}known by"
            " name: set folds = 0 in [thresholds], or say who is in the clips."
        )
    count = min(count, judged)
    return [
        Fold(
            tuple(person for found in people.values() for person in found[number::count]),
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
    sets: list[SeenSet]

    def __call__(self, fold: Fold) -> Path:
        """Leaves the weights in the file of the fold, whole or not at all; returns the file."""
        torch.manual_seed(self.settings.seed)
        model = LRCN(self.network)
        clips = clip_sets(self.sets, without=fold.people)
        train_recognition(model, clips, self.settings, fold.weights.with_suffix(".csv"))
        part = fold.weights.with_suffix(".part")
        kept = {name: value.contiguous() for name, value in model.state_dict().items()}
        save_file({name: value for name, value in kept.items() if name.startswith(HEADS_IN_FILES)}, part)
        part.replace(fold.weights)
        return fold.weights


def train_folds(
    trainer: FoldTrainer, folds: list[Fold], workers: int, progress: Callable[[int, int], None]
) -> None:
    """Train the temporal heads of those folds that are not there yet."""
    missing = [fold for fold in folds if not fold.weights.exists()]
    for done, _ in enumerate(in_processes(trainer, missing, workers), start=len(folds) - len(missing)):
        progress(done + 1, len(folds))


def strangers(
    trainer: FoldTrainer, folds: list[Fold]
) -> Iterator[tuple[LRCN, list[SeenClip], list[SeenClip]]]:
    """For each fold a model, filmed clips of people it has not learnt from, and made ones."""
    everybody = [(held, held.clips()) for held in trainer.sets]
    for fold in folds:
        model = LRCN(trainer.network)
        model.load_state_dict(load_file(fold.weights), strict=False)
        clips = [
            (held.real, seen)
            for held, seen_clips in everybody
            for seen in seen_clips
            if (held.name, seen.clip.subject) in fold.people
        ]
        yield model.eval(), [seen for real, seen in clips if real], [seen for real, seen in clips if not real]
