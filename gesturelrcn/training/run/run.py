"""One training: its config, data sets, folders, network and devices; what the stages work on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.torch import load_file, save_file

from gesturelrcn.errors import ModelError
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.files import card_path
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import Config, DataSettings, Kind
from gesturelrcn.training.data.datasets import DataSet, kind_of, open_data_set, vocabulary_of
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.loop.loop import Loop, TrainingProgress
from gesturelrcn.training.run.folder import RunFolder
from gesturelrcn.training.tasks.initial_weights import IMAGENET, RANDOM
from gesturelrcn.training.teacher.cache import LIFT, ZOOM

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_RECURRENT = ("hidden", "dropout", "joint_features", "hand_features", "motion", "readers", "regression")
FILMED: tuple[Kind, ...] = ("index", "folders", "stills")
"""Kinds of data sets that have real pictures, of which the teacher says what they show."""
CNN_STAGES = ("keypoints", "hands")
"""Stages that train the CNNs, in order; each leaves the weights that it trained in a file of its name."""


@dataclass
class Training:
    """What the stages work on.

    Attributes:
        config: as read.
        data: folder below which the data sets lie.
        run: folder for the results.
        cache: folder for what runs share: the teacher's answers and synthetic people.
        without: names of data sets that are left out.
        beside: folders of other runs of the config, such as one without some data, whose figures shall stand
            beside this one's in the card.
        out: another folder for the model files, or None.
        workers: processes for what needs no gradient.
        minutes: between two checkpoints.
        fabric: devices for what needs a gradient.
        progress: is told what is done.
    """

    config: Config
    data: Path
    run: RunFolder
    cache: Path
    fabric: "Fabric"
    without: tuple[str, ...] = ()
    beside: tuple[Path, ...] = ()
    out: Path | None = None
    workers: int = 1
    minutes: float = 5.0
    progress: TrainingProgress = field(default=lambda what, done, of: None)

    def __post_init__(self) -> None:
        names = [settings.name for settings in self.config.data]
        if unknown := sorted(set(self.without) - set(names)):
            raise TrainingError(
                f"There is no data set {unknown[0]!r} to train without; the config has {', '.join(names)}."
            )
        if set(names) <= set(self.without):
            raise TrainingError("No data set is left to train on: leave out fewer.")
        _ = self.figures_beside  # what is missing shall not be found out hours later

    @cached_property
    def sets(self) -> list[DataSet]:
        """The data sets that are trained on."""
        return [self._open(settings) for settings in self.config.data if settings.name not in self.without]

    def filmed_sets(self) -> list[DataSet]:
        """Those of real clips and stills, without a look into their clips: they are there before any stage.

        Raises:
            TrainingError: the folder of one is missing, or has nothing to train on.
        """
        real = [one for one in self.config.data if one.make is None and one.name not in self.without]
        folders = [(settings, self.folder_of(settings)) for settings in real]
        sets = [DataSet(settings, folder, kind_of(settings, folder)) for settings, folder in folders]
        return [dataset for dataset in sets if dataset.kind in FILMED]

    @cached_property
    def left_out(self) -> list[DataSet]:
        """Those that are not; the model is measured on the people whom they hold out, like any other."""
        unused = [settings for settings in self.config.data if settings.name in self.without]
        return [self._open(settings) for settings in unused if self.folder_of(settings).is_dir()]

    @cached_property
    def figures_beside(self) -> list[dict[str, Any]]:
        """The figures of the runs that shall stand beside this one's."""
        every = []
        for folder in self.beside:
            figures = RunFolder(folder).read("figures.json")
            if not isinstance(figures, dict):
                raise TrainingError(
                    f"{folder} has no figures that could stand beside: name the folder of a run that came to"
                    " its end."
                )
            every.append(figures)
        return every

    @cached_property
    def everybody(self) -> bool:
        """Whether the people held out are learnt from in the end: they may be in a set that is left out."""
        return self.config.everybody and any(dataset.held_out for dataset in self.sets)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The vocabulary of the model."""
        return vocabulary_of(self.sets, self.config.classes)

    def folder_of(self, settings: DataSettings) -> Path:
        """Where a data set lies; one that is made lies in the cache, by what it is made from."""
        if settings.make is None:
            return self.data / (settings.path or settings.name)
        made = hashlib.sha256(json.dumps(asdict(settings.make)).encode()).hexdigest()[:10]
        return self.cache / "made" / f"{settings.name}-{made}"

    def teacher_cache(self, dataset: DataSet) -> Path:
        """Where the teacher's answers on a data set are cached."""
        return self.cache / "taught" / _with_place(dataset)

    def sightings_cache(self, dataset: DataSet) -> Path:
        """Where it is cached what the teacher sees in whole frames of a data set, every so many of them."""
        return self.cache / "sightings" / f"{_with_place(dataset)}-{dataset.settings.every}"

    @cached_property
    def started_from(self) -> ModelCard | None:
        """The card of the model whose CNNs are taken over, or None."""
        if self.config.start in (IMAGENET, RANDOM):
            return None
        try:
            return read_card(card_path(self.config.start))
        except ModelError as problem:
            raise TrainingError(f"start = {self.config.start!r}: {problem}") from problem

    def card(self) -> ModelCard:
        """The card of the model before anything is known of it but its shape."""
        network, before = self.network_config, self.started_from
        return ModelCard(
            name=self.config.name,
            description=self.config.description,
            classes=self.classes,
            size=network.size,
            hidden=network.state_shape[1],
            keypoints=KEYPOINTS,
            min_fps=self.config.min_fps,
            max_fps=self.config.max_fps,
            thresholds={},
            network={
                "hidden": network.hidden,
                "joint_features": network.joint_features,
                "hand_features": network.hand_features,
                "motion": network.motion,
                "readers": network.readers,
                **({"regression": list(network.regression)} if network.regression else {}),
            },
            limits=list(self.config.limits),
            zoom=self.config.zoom or (ZOOM if before is None else before.zoom),
            lift=LIFT if before is None else before.lift,
            hand_size=network.hand_size,
            rows=network.state_shape[0],
        )

    @property
    def network_config(self) -> NetworkConfig:
        """The sizes of the network; pictures are as large as those of the model that it starts from."""
        before = self.started_from
        sizes = {} if before is None else {"size": before.size, "hand_size": before.hand_size}
        return NetworkConfig(classes=self.classes, **{**sizes, **self.config.network})

    @property
    def cnn_settings(self) -> dict[str, Any]:
        """Those keys of `[network]` that the CNNs depend on."""
        return {name: value for name, value in self.config.network.items() if name not in _RECURRENT}

    @property
    def hands_are_taught(self) -> bool:
        """Whether there is a second CNN, and it does not stay as it starts."""
        before = self.started_from
        default = NetworkConfig.hand_size if before is None else before.hand_size
        return bool(self.config.network.get("hand_size", default) and self.config.hands.steps)

    def learns_joints_from(self, dataset: DataSet) -> bool:
        """Whether this set is one of `joint_sets`."""
        return self.config.keypoints.steps > 0 and dataset.settings.joints > 0

    def learns_hands_from(self, dataset: DataSet) -> bool:
        """Whether this set is one of `hand_sets`."""
        return self.hands_are_taught and dataset.settings.hands > 0

    @property
    def joint_sets(self) -> list[DataSet]:
        """Data sets that joints are learnt from; none where the CNN stays as it starts."""
        return [dataset for dataset in self.sets if self.learns_joints_from(dataset)]

    @property
    def hand_sets(self) -> list[DataSet]:
        """Data sets that hands are learnt from; none where no second CNN is, or it stays as it starts."""
        return [dataset for dataset in self.sets if self.learns_hands_from(dataset)]

    @property
    def people_sets(self) -> list[DataSet]:
        """Data sets that the network which finds people learns from; none where there is no such network."""
        if not self.config.people.steps:
            return []
        return [dataset for dataset in self.sets if dataset.settings.people > 0]

    @property
    def background_set(self) -> DataSet | None:
        """The data set of rooms that are put behind people, or None."""
        return next((dataset for dataset in self.joint_sets if dataset.kind == "backgrounds"), None)

    def network(self) -> LRCN:
        """The network with everything that the stages so far have taught it, in evaluation mode."""
        model = LRCN(self.network_config)
        for stage in CNN_STAGES:
            if (path := self.run.path / f"{stage}.safetensors").exists():
                model.load_state_dict(load_file(path), strict=False)
        return model.eval()

    def keep(self, stage: str, model: LRCN, parts: Sequence[str]) -> None:
        """Write those weights of `model` whose names begin with `parts` as the result of `stage`."""
        if self.fabric.is_global_zero:
            kept = {k: v.contiguous() for k, v in model.state_dict().items() if k.startswith(tuple(parts))}
            save_file(kept, self.run.path / f"{stage}.safetensors")

    def loop(self, identity: str) -> Loop:
        """The loop for a stage that trains; it goes on from checkpoints of the same `identity` only."""
        return Loop(self.fabric, self.run.path / "checkpoints", self.minutes, identity, self.progress)

    def _open(self, settings: DataSettings) -> DataSet:
        return open_data_set(settings, self.folder_of(settings))


def _with_place(dataset: DataSet) -> str:
    """The name of a data set and a word that tells its folder from others."""
    where = hashlib.sha256(str(dataset.folder.resolve()).encode()).hexdigest()[:8]
    return f"{dataset.name}-{where}"
