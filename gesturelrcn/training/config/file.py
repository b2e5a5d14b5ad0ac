"""The config file of a training: TOML, read with errors that name file and line; see docs/training.md."""

import dataclasses
import difflib
import re
from collections.abc import Mapping
from dataclasses import MISSING
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.toml.positions import Path as Way
from gesturelrcn.toml.positions import Place, TomlError, UnreadableFileError, parse_toml, read_text
from gesturelrcn.training.config.config import Config, DataSettings, HandSettings, Kind
from gesturelrcn.training.errors import TrainingError

T = TypeVar("T")

_LARGEST = 10**300
"""Larger whole numbers are no floating point numbers."""

_MADE: tuple[Kind, ...] = ("films", "pictures", "hands", "performances", "backgrounds")


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
