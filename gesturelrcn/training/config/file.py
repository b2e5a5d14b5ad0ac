"""The config file of a training: TOML, read with errors that name file and line; see docs/training.md."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.toml.table_reader import Sentences, TableReader, read_document
from gesturelrcn.training.config.config import Config, DataSettings, HandSettings, Kind
from gesturelrcn.training.errors import TrainingError

_SENTENCES = Sentences(
    TrainingError,
    whole_file=True,
    end=".",
    wrong="{key!r} must be {expected}, not {value}",
    near="; did you mean {near!r}?",
)

_MADE: tuple[Kind, ...] = ("films", "pictures", "hands", "performances", "backgrounds", "people")

_PLAIN: dict[Any, Callable[..., Any]] = {
    str: TableReader.text,
    bool: TableReader.flag,
    int: TableReader.whole,
    float: TableReader.number,
}
"""How a value of a plain type is read."""

T = TypeVar("T")


def read_config(path: Path) -> Config:
    """Read a config.

    Raises:
        TrainingError: anything wrong; the message begins with the file and the line.
    """
    document = read_document(path, "training config", _SENTENCES)
    config = _settings(Config, document)
    _check_name(config.name, document)
    for number, table in enumerate(document.tables("data")):
        _check_data(config.data[number], config.data[:number], table)
    _check_network(config, document)
    for stage in ("keypoints", "hands", "people", "recognition"):
        if getattr(config, stage).steps < (1 if stage == "recognition" else 0):
            document.table(stage).fail("so few steps train nothing", "steps")
    if not 0 < config.people.presence < 1:
        document.table("people").fail("presence must be more than 0 and less than 1", "presence")
    if config.zoom and not 0.2 <= config.zoom <= 5:
        document.fail("the zoom must be 0 or from 0.2 to 5", "zoom")
    if "hands" not in document and not config.keypoints.steps:
        return dataclasses.replace(config, hands=HandSettings(steps=0))
    return config


def _check_name(name: str, table: TableReader) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        table.fail(f"{name!r} cannot be a name: use letters, digits, -, _ and .", "name")


def _check_data(data: DataSettings, before: tuple[DataSettings, ...], table: TableReader) -> None:
    """What each setting by itself is right but the data set as a whole, or beside those before it, is not."""
    _check_name(data.name, table)
    if data.name in [other.name for other in before]:
        table.fail(f"a second data set has the name {data.name!r}; give it another", "name")
    if not 0 <= data.holdout_share < 1:
        table.fail("the share held out must be 0 or more and less than 1", "holdout_share")
    if data.weights and min(data.weights) <= 0:
        table.fail("each reader's weight must be more than 0", "weights")
    if min(data.weight, data.joints, data.hands, data.people) < 0 or data.every < 1:
        table.fail("weight, joints, hands and people must be 0 or more, and every at least 1")
    if min(data.false_starts.values(), default=0.0) < 0:
        table.fail("fewer than 0 false starts an hour are not possible", "false_starts")
    if data.make is not None and data.kind not in _MADE:
        *kinds, last = (f'"{kind}"' for kind in _MADE)
        table.fail(f"only sets of kind = {', '.join(kinds)} or {last} can be made", "make")
    if data.make is not None and data.kind != "films" and data.make.frames < 1:
        table.fail("frames is missing here, or too small: how many to make", "make")
    if data.kind == "backgrounds":
        if "backgrounds" in [other.kind for other in before]:
            table.fail("a second set of backgrounds; put their pictures into one folder", "kind")
        if data.joints > 1:
            table.fail("joints is the share of the pictures that get another background: at most 1", "joints")


def _check_network(config: Config, document: TableReader) -> None:
    table = document.table("network")
    hints = get_type_hints(NetworkConfig)
    del hints["classes"]
    table.must_know(list(hints), "key")
    for key in table:
        _value(hints[key], table, key)
    readers = config.network.get("readers", 1)
    for data, of in zip(config.data, document.tables("data"), strict=True):
        if len(data.weights) not in (0, readers):
            of.fail(f"one weight for each of the {readers} readers belongs here", "weights")
    if (size := config.network.get("size", 128)) % 16 or size < 32:
        table.fail(f"the network cannot see {size} pixels: give a multiple of 16 from 32 on", "size")


def _settings(settings: type[T], table: TableReader) -> T:
    """The dataclass `settings`, filled by a table that has keys of the same names."""
    hints = get_type_hints(settings)
    table.must_know(list(hints), "key")
    for entry in dataclasses.fields(settings):  # type: ignore[arg-type]
        if entry.default is MISSING and entry.default_factory is MISSING and entry.name not in table:
            table.fail(f"{entry.name!r} is missing here")
    return settings(**{key: _value(hints[key], table, key) for key in table})


def _value(hint: Any, table: TableReader, key: str) -> Any:
    """What stands behind a key, as its type hint says."""
    if NoneType in get_args(hint):
        hint = next(option for option in get_args(hint) if option is not NoneType)
    if dataclasses.is_dataclass(hint):
        return _settings(hint, table.table(key))  # type: ignore[arg-type]
    if get_origin(hint) is Literal:
        if table.value(key) not in get_args(hint):
            table.wrong(f"one of {', '.join(get_args(hint))}", key)
        return table.value(key)
    if get_origin(hint) is Mapping:
        inner, read = table.table(key), _PLAIN.get(get_args(hint)[1])
        return {name: read(inner, name) if read else inner.value(name) for name in inner}
    if get_origin(hint) is not tuple:
        return _PLAIN[hint](table, key)
    item = get_args(hint)[0]
    if dataclasses.is_dataclass(item):
        return tuple(_settings(item, inner) for inner in table.tables(key))  # type: ignore[arg-type]
    return tuple(_PLAIN[item](table, *way) for way in table.items(key))
