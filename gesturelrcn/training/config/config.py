"""The config of a training: TOML, read with errors that name file and line; see docs/training.md."""

import dataclasses
import difflib
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from gesturelrcn.model.network import NetworkConfig
from gesturelrcn.toml.positions import Path as Way
from gesturelrcn.toml.positions import Place, TomlError, UnreadableFileError, parse_toml, read_text
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.hands import HandSettings
from gesturelrcn.training.tasks.keypoints import KeypointSettings
from gesturelrcn.training.tasks.recognition import RecognitionSettings

T = TypeVar("T")

_LARGEST = 10**300
"""Larger whole numbers are no floating point numbers."""

Kind = Literal[
    "index", "folders", "films", "stills", "pictures", "hands", "performances", "tracks", "backgrounds"
]
"""What lies in a folder: clips with an index.csv; class/clip files; films with truth by `gesturelrcn synth`;
single pictures; shards of pictures with joints; shards of pictures of hands with landmarks; shards of
performances of synthetic people, of which nothing is drawn; shards of joint tracks without pictures;
pictures of rooms to put behind people."""

_MADE: tuple[Kind, ...] = ("films", "pictures", "hands", "performances", "backgrounds")


@dataclass(frozen=True)
class Make:
    """How to make a data set of synthetic people; the defaults are those of the commands.

    Attributes:
        people: for films: how many different people.
        hours: for films: length of all together.
        clips: for films: share of the hours in clips of one gesture.
        size: of the pictures, pixels.
        fps: for films.
        gestures: for films: a vocabulary file relative to the config; empty for the shipped gestures.
        frames: for pictures, hands and backgrounds: how many, about; for performances: how many of those.
        seed: other people.
    """

    people: int = 40
    hours: float = 1.0
    clips: float = 0.8
    size: int = 192
    fps: int = 15
    gestures: str = ""
    frames: int = 0
    seed: int = 0


@dataclass(frozen=True)
class DataSettings:
    """One data set.

    Attributes:
        name: short name, for messages and for `--without`.
        licence: for the model's card; "states none" where there is none.
        source: for the model's card: where it comes from.
        about: for the model's card: what it is; default the name.
        path: below the data folder; default the name.
        kind: default is what the folder looks like.
        weight: how often streams are made of it for the gestures, relative to the others; 0 for never.
        joints: how often pictures are drawn from it for the joints, relative to the others; 0 for never. For
            backgrounds: the share of pictures of real people that get another room.
        hands: how often pictures are drawn from it for the landmarks of hands, likewise.
        every: for the joints, every how many frames of a clip a picture is taken; neighbours look alike.
        holdout: subjects that no stage trains on.
        holdout_share: of the subjects if `holdout` names none; of the clips of each class where the
            subjects are not known.
        make: the set is made by the run itself, see `Make`.
    """

    name: str
    licence: str
    source: str
    about: str = ""
    path: str = ""
    kind: Kind | None = None
    weight: float = 1.0
    joints: float = 1.0
    hands: float = 1.0
    every: int = 2
    holdout: tuple[str, ...] = ()
    holdout_share: float = 0.0
    make: Make | None = None


@dataclass(frozen=True)
class FeatureSettings:
    """What the CNN looks at for the recurrent part.

    Attributes:
        versions: random cameras under which every clip is seen, beside its own.
        seed: of every random choice.
    """

    versions: int = 4
    seed: int = 0


@dataclass(frozen=True)
class ThresholdSettings:
    """What the thresholds have to reach on the people held out.

    Attributes:
        precision: share of starts of each gesture that have to be right.
        wrong_start: how many gestures that are found outweigh a start that is wrong.
        false_triggers_per_hour: most starts in an hour without a gesture, over all gestures; 0 for no limit.
        otherwise: start threshold of a gesture that keeps to these at no threshold.
        hours: length of the streams that are stitched from the clips of real people.
        folds: parts into which the people who are trained on are dealt; readers that have not learnt from a
            part set the thresholds on it. 0: set them on the people held out.
        made_hours: with folds, length of the streams of synthetic people who make no gesture, beside those.
        taken_from: `thresholds.json` of another run, relative to the data folder: for a model that is
            trained on everybody, so that nobody is left to set thresholds on.
        seed: of every random choice.
    """

    precision: float = 0.8
    wrong_start: float = 0.5
    false_triggers_per_hour: float = 0.0
    otherwise: float = 0.95
    hours: float = 1.0
    folds: int = 0
    made_hours: float = 0.0
    taken_from: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Config:
    """A whole training.

    Attributes:
        name: of the model, its files and its card.
        data: data sets.
        description: one sentence for the card.
        limits: for the card: what the model cannot do.
        min_fps: lowest frame rate that the card promises.
        max_fps: highest.
        classes: what to tell apart; clips of other classes are left out. Default: every class of the data.
        start: where the CNN's weights come from: `imagenet`, `random`, or the name or card of a model, whose
            CNN is taken over.
        network: sizes of the network, by the names of `NetworkConfig`.
        keypoints: the stage that teaches joints; `steps = 0` leaves the CNN as it starts.
        hands: the stage that teaches the landmarks of hands, for networks with `hand_size`; where nothing is
            said of it and `[keypoints]` has no steps, it has none either.
        features: the stage that looks at clips.
        recognition: the stage that teaches gestures.
        thresholds: the stage that sets thresholds.
        zoom: side of the picture of the body in shares of the person region; 0: as in the model that `start`
            names. Larger for actions that leave the region, which ends 2.1 shoulder widths from the chest.
        everybody: whether the readers that are given out learn from the people held out as well, after
            those that did not were measured; the CNNs do not.
    """

    name: str
    data: tuple[DataSettings, ...]
    description: str = "Trained with gesturelrcn train."
    limits: tuple[str, ...] = ()
    min_fps: float = 8.0
    max_fps: float = 40.0
    classes: tuple[str, ...] = ()
    start: str = "imagenet"
    network: Mapping[str, Any] = field(default_factory=dict)
    keypoints: KeypointSettings = field(default_factory=KeypointSettings)
    hands: HandSettings = field(default_factory=HandSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    thresholds: ThresholdSettings = field(default_factory=ThresholdSettings)
    everybody: bool = False
    zoom: float = 0.0


def read_config(path: Path) -> Config:
    """Read a config.

    Raises:
        TrainingError: anything wrong; the message begins with the file and the line.
    """
    try:
        document, places = parse_toml(read_text(path, "training config"))
    except UnreadableFileError as error:
        raise TrainingError(f"{path}: {error}") from error
    except TomlError as error:
        raise TrainingError(f"{path}:{error.position.line}: not TOML: {error}") from error
    return _Reader(path, places).config(document)


class _Reader:
    """Turns tables into settings and knows on which line each value stands."""

    def __init__(self, path: Path, places: Mapping[Way, Place]) -> None:
        self._path, self._places = path, places

    def config(self, document: Mapping[str, Any]) -> Config:
        read = self._settings(Config, document, ())
        self._check_name(read.name, ("name",))
        for number, data in enumerate(read.data):
            way: Way = ("data", number)
            self._check_name(data.name, (*way, "name"))
            if data.name in [other.name for other in read.data[:number]]:
                self._fail((*way, "name"), f"a second data set has the name {data.name!r}; give it another")
            if not 0 <= data.holdout_share < 1:
                self._fail((*way, "holdout_share"), "the share held out must be 0 or more and less than 1")
            if min(data.weight, data.joints, data.hands) < 0 or data.every < 1:
                self._fail(way, "weight, joints and hands must be 0 or more, and every at least 1")
            if data.make is not None and data.kind not in _MADE:
                *kinds, last = (f'"{kind}"' for kind in _MADE)
                self._fail((*way, "make"), f"only sets of kind = {', '.join(kinds)} or {last} can be made")
            if data.make is not None and data.kind != "films" and data.make.frames < 1:
                self._fail((*way, "make"), "frames is missing here, or too small: how many to make")
        self._check_backgrounds(read.data)
        self._check_network(read)
        if read.zoom and not 0.2 <= read.zoom <= 5:
            self._fail(("zoom",), "the zoom must be 0 or from 0.2 to 5")
        if "hands" not in document and not read.keypoints.steps:
            return dataclasses.replace(read, hands=HandSettings(steps=0))
        return read

    def _check_backgrounds(self, sets: tuple[DataSettings, ...]) -> None:
        numbers = [number for number, data in enumerate(sets) if data.kind == "backgrounds"]
        for number in numbers[1:]:
            self._fail(
                ("data", number, "kind"), "a second set of backgrounds; put their pictures into one folder"
            )
        for number in numbers:
            if sets[number].joints > 1:
                sentence = "joints is the share of the pictures that get another background: at most 1"
                self._fail(("data", number, "joints"), sentence)

    def _check_name(self, name: str, way: Way) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
            self._fail(way, f"{name!r} cannot be a name: use letters, digits, -, _ and .")

    def _check_network(self, read: Config) -> None:
        known = get_type_hints(NetworkConfig)
        for name, value in read.network.items():
            if name == "classes" or name not in known:
                self._unknown(name, [key for key in known if key != "classes"], ("network", name))
            self._value(value, known[name], ("network", name))
        if (size := read.network.get("size", 128)) % 16 or size < 32:
            self._fail(
                ("network", "size"), f"the network cannot see {size} pixels: give a multiple of 16 from 32 on"
            )
        for stage in ("keypoints", "hands", "recognition"):
            if getattr(read, stage).steps < (1 if stage == "recognition" else 0):
                self._fail((stage, "steps"), "so few steps train nothing")

    def _settings(self, kind: type[T], table: Any, way: Way) -> T:
        if not isinstance(table, Mapping):
            self._fail(way, f"[{way[-1]}] must be a table")
        hints = get_type_hints(kind)
        for name in table:
            if name not in hints:
                self._unknown(name, list(hints), (*way, name))
        for entry in dataclasses.fields(kind):  # type: ignore[arg-type]
            if entry.default is MISSING and entry.default_factory is MISSING and entry.name not in table:
                self._fail(way, f"{entry.name!r} is missing here")
        return kind(**{name: self._value(value, hints[name], (*way, name)) for name, value in table.items()})

    def _value(self, value: Any, kind: Any, way: Way) -> Any:
        options = [option for option in get_args(kind) if option is not type(None)]
        if type(None) in get_args(kind):
            kind = options[0]
        if dataclasses.is_dataclass(kind):
            return self._settings(kind, value, way)  # type: ignore[arg-type]
        if get_origin(kind) is tuple:
            item = get_args(kind)[0]
            if not isinstance(value, list):
                self._fail(way, f"{way[-1]!r} must be a list")
            return tuple(self._value(one, item, (*way, number)) for number, one in enumerate(value))
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                self._fail(way, f"{way[-1]!r} must be one of {', '.join(get_args(kind))}")
            return value
        return self._plain(value, kind, way)

    def _plain(self, value: Any, kind: Any, way: Way) -> Any:
        if kind is float and type(value) is int and abs(value) < _LARGEST:
            return float(value)
        expected = {int: "a whole number", float: "a number", bool: "true or false", str: "text in quotes"}
        if kind in expected and type(value) is not kind:
            self._fail(way, f"{way[-1]!r} must be {expected[kind]}")
        return value

    def _unknown(self, name: str, known: list[str], way: Way) -> NoReturn:
        near = difflib.get_close_matches(name, known, 1)
        meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        self._fail(way, f"unknown key {name!r}; {meant}")

    def _fail(self, way: Way, sentence: str) -> NoReturn:
        while way and way not in self._places:
            way = way[:-1]
        place = f":{self._places[way].key.line}" if way in self._places else ""
        raise TrainingError(f"{self._path}{place}: {sentence[:1000]}.")
