"""Stages one after another, each of which is skipped where its result is there already.

A stage leaves its results as files in the run folder; later stages read them from there.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.run import Training

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stage:
    """One part of a training.

    Attributes:
        name: of its record and its files.
        needs: stages whose results it reads; where one of them is done again, so is this.
        depends_on: JSON values that differ where the result would differ.
        do: does it, and returns what it found, as JSON values.
        together: every process takes part; else the first one does it and the others wait.
        look_ahead: refuses what it could not do, before the first stage begins, which may take hours. What
            other stages make is not there yet.
    """

    name: str
    needs: "tuple[Stage, ...]"
    depends_on: Callable[[Training], Any]
    do: Callable[[Training], dict[str, Any]]
    together: bool = False
    look_ahead: Callable[[Training], None] = lambda training: None

    def fingerprint(self, training: Training) -> str:
        """Differs where the result of the stage would differ; 16 hexadecimal digits."""
        ingredients = {
            "stage": self.name,
            "depends_on": self.depends_on(training),
            "needs": {stage.name: stage.fingerprint(training) for stage in self.needs},
        }
        return hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode()).hexdigest()[:16]

    def comes_after(self, name: str) -> bool:
        """Whether it needs the stage `name`, or one that does."""
        return any(stage.name == name or stage.comes_after(name) for stage in self.needs)


def run_stages(
    training: Training, stages: Sequence[Stage], again: str | None = None, until: str | None = None
) -> None:
    """Do every stage that is not done yet.

    Args:
        training: what to work on; its run folder is claimed.
        stages: in this order; one that needs another stands after it.
        again: this stage, and those that need it, are done again even so.
        until: the last stage to do.

    Raises:
        GestureLrcnError: a stage cannot be done; what was done before stays and is not done again.
    """
    names = [stage.name for stage in stages]
    for name in (again, until):
        if name is not None and name not in names:
            raise TrainingError(f"There is no stage {name!r}; the stages are {', '.join(names)}.")
    if again is not None and training.fabric.is_global_zero:
        for stage in stages:
            if stage.name == again or stage.comes_after(again):
                training.run.forget(stage.name)
    training.fabric.barrier()
    wanted = stages if until is None else stages[: names.index(until) + 1]
    for stage in wanted:
        stage.look_ahead(training)
    for stage in wanted:
        _do(training, stage)


def _do(training: Training, stage: Stage) -> None:
    fingerprint = stage.fingerprint(training)
    done = training.run.is_done(stage.name, fingerprint)
    if stage.together:
        # All do it or none: one that looks later would find a quick stage done already by the others.
        done = training.fabric.broadcast(done)
    if done:
        logger.info("%s: done before", stage.name)
        return
    if not stage.together and not training.fabric.is_global_zero:
        # A stage may take longer than the longest time that processes can wait for each other's message.
        while not training.run.is_done(stage.name, fingerprint):
            time.sleep(0.2)
        return
    logger.info("%s: begins", stage.name)
    began = time.monotonic()
    result = stage.do(training)
    if training.fabric.is_global_zero:
        training.run.record(stage.name, fingerprint, began, result)
        logger.info("%s: done in %.0f s: %s", stage.name, time.monotonic() - began, _short(result))
    if stage.together:
        training.fabric.barrier()


def _short(result: dict[str, Any]) -> str:
    text = json.dumps(result)
    return text if len(text) <= 400 else f"{text[:400]} ..."
