"""Trains, for each part of the people, readers that do not know them; thresholds are set on those."""

import shutil
from typing import Any

from gesturelrcn.training.data.feature_sets import feature_sets
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages.features import FEATURES
from gesturelrcn.training.stages.recognition import RECOGNITION
from gesturelrcn.training.tasks.cross_validation import Fold, FoldTrainer, folds_of, train_folds


def _depends_on(training: Training) -> Any:
    count = training.config.thresholds.folds
    return [count, RECOGNITION.depends_on(training)] if count else 0


def _do(training: Training) -> dict[str, Any]:
    if not training.config.thresholds.folds:
        return {"folds": 0}
    trainer, folds = cross_validation(training)
    folder = folds[0].weights.parent
    for other in [path for path in folder.parent.glob("*") if path != folder]:
        shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    train_folds(trainer, folds, training.workers, lambda done, of: training.progress("folds", done, of))
    filmed = {people.name for people in trainer.sets if people.judged}
    return {"people": [[who for name, who in fold.people if name in filmed] for fold in folds]}


def cross_validation(training: Training) -> tuple[FoldTrainer, list[Fold]]:
    """Other folds lie in another folder, so that those of a run that was killed can be gone on with."""
    folder = training.run.path / "folds" / FOLDS.fingerprint(training)
    sets = feature_sets(training.run.path, training.sets, training.classes)
    trainer = FoldTrainer(training.network_config, training.config.recognition, sets)
    return trainer, folds_of(sets, training.config.thresholds.folds, folder)


FOLDS = Stage("folds", needs=(FEATURES,), depends_on=_depends_on, do=_do)
