"""Makes the synthetic data sets that the config asks for."""

from dataclasses import asdict
from typing import Any

from gesturelrcn.training.data.generation import make_set
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.run.run import Training


def _depends_on(training: Training) -> Any:
    used = [settings for settings in training.config.data if settings.name not in training.without]
    return [[settings.name, asdict(settings.make)] for settings in used if settings.make is not None]


def _do(training: Training) -> dict[str, Any]:
    folders = {}
    for settings in training.config.data:
        if settings.make is not None and settings.name not in training.without:
            folder = training.folder_of(settings)
            make_set(settings, folder, training.data, training.workers, training.progress)
            folders[settings.name] = str(folder)
    return {"made": folders}


SYNTHESIS = Stage("synthesis", needs=(), depends_on=_depends_on, do=_do)
