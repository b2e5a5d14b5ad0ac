"""A training to ask and to run stages on, without the command line."""

from functools import cache

from gesturelrcn.training.config.config import Config, DataSettings
from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.loop.loop import make_fabric
from gesturelrcn.training.run.folder import RunFolder
from gesturelrcn.training.run.run import Training

fabric = cache(lambda: make_fabric("cpu"))
"""One process on the CPU."""


def training_in(folder, config, **more):
    """A training whose run, cache and data lie below `folder`."""
    return Training(
        **{
            "config": config,
            "data": folder,
            "run": RunFolder(folder / "run"),
            "cache": folder / "cache",
            "fabric": fabric(),
            **more,
        }
    )


def settings_of(name, **more):
    """Settings of one data set."""
    return DataSettings(**{"name": name, "licence": "CC0-1.0", "source": f"{name} source", **more})


def training_on(folder, datasets, **config):
    """A training of `none` and `wave` on these data sets, none of which needs to be on disk."""
    settings = tuple(dataset.settings for dataset in datasets)
    training = training_in(folder, Config(name="tiny", data=settings, start="random", **config))
    training.sets, training.classes = list(datasets), ("none", "wave")
    return training


def dataset(folder, kind, clips=(), held_out=(), name=None, **settings):
    """A data set with these clips."""
    name = name or kind
    return DataSet(settings_of(name, **settings), folder / name, kind, tuple(clips), tuple(held_out))
