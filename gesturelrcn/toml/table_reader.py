"""Tables of a TOML file, read value by value; a mistake is the room's own error, with file and place."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from gesturelrcn.toml.positions import (
    KeyPath,
    Place,
    Position,
    TomlError,
    UnreadableFileError,
    parse_toml,
    read_text,
)
from gesturelrcn.vocabulary import quoted, suggestion

_LONGEST_MESSAGE = 1000
"""Characters; messages show what stands in the file, which may be anything."""

_LONGEST_VALUE = 80
"""Characters of a value that is shown."""

_LARGEST_WHOLE = 2**63 - 1
"""TOML promises no larger whole numbers, and whoever is given one cannot even write it down."""

_TOP = Place(Position(1, 1), Position(1, 1))

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class Sentences:
    """How the errors about one kind of file read; the words in braces are filled in.

    Attributes:
        error: what is raised, made of the message.
        columns: the place is line and column; otherwise the line alone.
        whole_file: what is said of the file as a whole names no line; otherwise the first one.
        end: of each message that does not end in a question.
        wrong: about a value that is not what is `expected` of its `key`; `value` and the `kind` of it.
        choice: about a `word` behind `key` that is none of those known; `kind` is what they are.
        near: behind a word that is nearly another.
        text: what is expected of a text.
        table: what is expected of a table; `name` is how its header is written.
    """

    error: type[Exception]
    columns: bool = False
    whole_file: bool = False
    end: str = ""
    wrong: str = "{key!r} must be {expected}, not {kind}"
    choice: str = "unknown {kind} {word}"
    near: str = ": did you mean {near!r}?"
    text: str = "text in quotes"
    table: str = "a table, written [{name}]"

    def meant(self, word: str, known: Sequence[str], listed: str = "known are") -> str:
        """What is said behind a word that is not known: the one nearest to it, or else all of them."""
        near = suggestion(word.lower(), list(known)) or suggestion(word, list(known))
        if near:
            return self.near.format(near=near)
        return f"; {listed} {', '.join(known)}" if known else ""


def read_document(path: str | os.PathLike[str], kind: str, sentences: Sentences) -> "TableReader":
    """The top table of a file.

    Args:
        path: the file, UTF-8.
        kind: what it is, for messages: "vocabulary file".
        sentences: how errors read.

    Raises:
        Exception: `sentences.error`: the file cannot be read, or is not TOML.
    """
    try:
        text = read_text(Path(path), kind)
    except UnreadableFileError as error:
        raise sentences.error(f"{path}: {error}") from error
    return parse_document(text, str(path), sentences)


def parse_document(text: str, file: str, sentences: Sentences) -> "TableReader":
    """The top table of a text; `file` is what messages call it.

    Raises:
        Exception: `sentences.error`: not TOML.
    """
    try:
        document, places = parse_toml(text)
    except TomlError as error:
        place = error.position if sentences.columns else error.position.line
        raise sentences.error(f"{file}:{place}: not TOML: {error}") from error
    return TableReader(document, (), file, places, sentences)


class TableReader:
    """One table of a TOML file; its values are asked for by key, items of lists by key and number from 0.

    Each method that reads raises the error of the sentences where a value is missing or not as it must be;
    the message begins with file and line. Where nothing is written, a `default` is given back.
    """

    def __init__(
        self,
        table: dict[str, Any],
        path: KeyPath,
        file: str,
        places: Mapping[KeyPath, Place],
        sentences: Sentences,
    ) -> None:
        """Args: table: of the file. path: to it from the top. file, places, sentences: for messages."""
        self._table, self._path = table, path
        self._file, self._places, self._sentences = file, places, sentences

    def __iter__(self) -> Iterator[str]:
        """The keys in the order of the file."""
        return iter(self._table)

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def value(self, *way: str | int) -> Any:
        """What is written there, whatever it is."""
        if way[0] not in self._table:
            self.fail(f"{way[0]!r} is missing here")
        value: Any = self._table
        for step in way:
            value = value[step]
        return value

    def text(self, *way: str | int, default: str | None = None) -> str:
        """A text, which may be empty."""
        if default is not None and way[0] not in self:
            return default
        value = self.value(*way)
        if not isinstance(value, str):
            self.wrong(self._sentences.text, *way)
        return value

    def choice(
        self,
        *way: str | int,
        known: Sequence[Word],
        kind: str,
        listed: str = "known are",
        default: Word | None = None,
    ) -> Word:
        """One of the words that are known; `kind` is what they are, `listed` stands before all of them."""
        if default is not None and way[0] not in self:
            return default
        text = self.text(*way)
        for word in known:
            if word == text:
                return word
        message = self._sentences.choice.format(kind=kind, word=quoted(text), key=_last_key(way))
        return self.fail(message + self._sentences.meant(text, known, listed), *way)

    def flag(self, *way: str | int, default: bool | None = None) -> bool:
        """True or false."""
        if default is not None and way[0] not in self:
            return default
        value = self.value(*way)
        if not isinstance(value, bool):
            self.wrong("true or false", *way)
        return value

    def whole(self, *way: str | int) -> int:
        """A whole number, written without a point."""
        value = self.value(*way)
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("a whole number", *way)
        if not -_LARGEST_WHOLE <= value <= _LARGEST_WHOLE:
            self.wrong("a whole number of at most 64 bits", *way)
        return value

    def number(
        self,
        *way: str | int,
        default: float | None = None,
        expected: str = "a number",
        finite: bool = True,
    ) -> float:
        """A number, whole or not.

        Args:
            way: to the value.
            default: where nothing is written.
            expected: for messages: "a number of seconds".
            finite: inf, nan and whole numbers that are too large for a float are mistakes; else the latter
                become infinite.
        """
        if default is not None and way[0] not in self:
            return default
        value = self.value(*way)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(expected, *way)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf if value > 0 else -math.inf
        if finite and not math.isfinite(number):
            self.wrong(expected, *way)
        return number

    def numbers(self, *way: str | int, count: int, expected: str) -> tuple[float, ...]:
        """A list of so many finite numbers."""
        value = self.value(*way)
        if not isinstance(value, list) or len(value) != count:
            self.wrong(expected, *way)
        return tuple(self.number(*way, item) for item in range(count))

    def items(self, *way: str | int, expected: str = "a list") -> list[KeyPath]:
        """The ways to the items of a list."""
        value = self.value(*way)
        if not isinstance(value, list):
            self.wrong(expected, *way)
        return [(*way, item) for item in range(len(value))]

    def one_or_more(self, key: str) -> list[KeyPath]:
        """The ways to the items of a list, or to the value itself if that is none."""
        return self.items(key) if isinstance(self.value(key), list) else [(key,)]

    def table(self, key: str) -> "TableReader":
        """The table of that name; an empty one if there is none."""
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            expected = self._sentences.table.format(name=self._header(key))
            self.fail_at_key(key, self._wrong(expected, key))
        return self._inner(value, key)

    def tables(self, key: str) -> list["TableReader"]:
        """The tables of a list of them, `[[key]]`; none if there is no such list."""
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            header = self._header(key)
            self.fail_at_key(key, f"{key!r} is not a list of tables: write [[{header}]] with two brackets")
        return [self._inner(item, key, number) for number, item in enumerate(value)]

    def must_know(self, known: Sequence[str], kind: str = "field", listed: str = "known are") -> None:
        """Every key of this table is one of these; `kind` is what they are."""
        for key in self:
            if key not in known:
                self.unknown(key, known, kind, listed)

    def unknown(
        self, key: str, known: Sequence[str], kind: str = "field", listed: str = "known are"
    ) -> NoReturn:
        """Complain about a key of this table that is none of those known."""
        self.fail_at_key(key, f"unknown {kind} {quoted(key)}{self._sentences.meant(key, known, listed)}")

    def wrong(self, expected: str, *way: str | int) -> NoReturn:
        """Complain about a value that is not what is expected there."""
        self.fail(self._wrong(expected, *way), *way)

    def fail(self, message: str, *way: str | int) -> NoReturn:
        """Complain about a value; without a way to it, about this table."""
        if self._sentences.whole_file and not self._path and not way:
            self._raise(self._file, message)
        position = self.place(*way).value if way else self.place().key
        self._fail_at(position, message)

    def fail_at_key(self, key: str, message: str) -> NoReturn:
        """Complain about a key, not about its value."""
        self._fail_at(self.place(key).key, message)

    def place(self, *way: str | int) -> Place:
        """Where a key and its value stand; what is not written stands where the table around it does."""
        path = (*self._path, *way)
        while path and path not in self._places:
            path = path[:-1]
        return self._places[path] if path else _TOP

    def _inner(self, table: dict[str, Any], *way: str | int) -> "TableReader":
        return TableReader(table, (*self._path, *way), self._file, self._places, self._sentences)

    def _wrong(self, expected: str, *way: str | int) -> str:
        value = self.value(*way)
        return self._sentences.wrong.format(
            key=_last_key(way), expected=expected, value=_shown(value), kind=kind_of(value)
        )

    def _header(self, key: str) -> str:
        """How the table of that name is written in brackets."""
        return ".".join(step for step in (*self._path, key) if isinstance(step, str))

    def _fail_at(self, position: Position, message: str) -> NoReturn:
        place = position if self._sentences.columns else position.line
        self._raise(f"{self._file}:{place}", message)

    def _raise(self, place: str, message: str) -> NoReturn:
        end = "" if message.endswith("?") else self._sentences.end
        raise self._sentences.error(f"{place}: {message[:_LONGEST_MESSAGE]}{end}")


def kind_of(value: object) -> str:
    """What a value is in words: text, number, table."""
    kinds: dict[type, str] = {
        str: "text",
        bool: "true or false",
        int: "number",
        float: "number",
        list: "list",
        dict: "table",
    }
    return kinds.get(type(value), "date or time")


def _shown(value: object) -> str:
    """As it is written in the file, nearly; tables are only named."""
    if isinstance(value, date | time):
        return "a date or time"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "a list of tables"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    try:
        written = repr(value)
    except ValueError:
        # Python writes no whole number of thousands of digits, which TOML may hold in hexadecimal.
        return "thousands of digits"
    return written if len(written) <= _LONGEST_VALUE else f"{written[:_LONGEST_VALUE]}..."


def _last_key(way: KeyPath) -> str:
    return next(step for step in reversed(way) if isinstance(step, str))
