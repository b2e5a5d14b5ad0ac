"""TOML files read with the place of every value, which the parser of the standard library does not tell."""

import bisect
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST_FILE = 1_000_000
"""Bytes; more than this is no file that a person wrote but a mistake."""

KeyPath = tuple[str | int, ...]
"""Way to a value from the top: names of keys, and numbers from 0 for items of arrays."""


class Position(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True)
class Place:
    """Where a value and its key begin. Tables and items of arrays have no key, so there both are the same."""

    key: Position
    value: Position


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


_TOKEN = re.compile(
    r"""
      (?P<skip>    [ \t]+ | \#[^\n]* )
    | (?P<newline> \n )
    | (?P<string>  \"{3} (?: [^\\] | \\. )*? \"{3,5} | '{3} .*? '{3,5}
                 | \" (?: [^"\\\n] | \\. )* \" | '[^'\n]*' )
    | (?P<mark>    [\[\]{}=,.] )
    | (?P<bare>    [^\s\[\]{}=,.'"\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


class TomlError(ValueError):
    """Text that is not TOML; `position` is where the parser gave up."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(message)
        self.position = position


class UnreadableFileError(ValueError):
    """A file that cannot be taken for text; `position` is where, or None for the file as a whole."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(message)
        self.position = position


def read_text(path: Path, kind: str) -> str:
    """The text of a file that a person wrote, without a byte order mark.

    Args:
        path: the file, UTF-8.
        kind: what it is, for messages: "binding file".

    Raises:
        UnreadableFileError: it is not there, not readable, not UTF-8 or larger than `LARGEST_FILE`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UnreadableFileError(f"there is no such {kind}") from None
    except OSError as error:
        raise UnreadableFileError(f"the {kind} cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST_FILE:
        raise UnreadableFileError(f"larger than {LARGEST_FILE // 1_000_000} MB, so it cannot be a {kind}")
    try:
        # Some editors on Windows put a byte order mark in front.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise UnreadableFileError("not UTF-8 text; save the file as UTF-8", Position(line, column)) from error


def parse_toml(text: str) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """The document, and where every table, value and array item of it stands, by its path.

    For `[[bind]]` tables, `("bind", 1)` is the header of the second, `("bind", 1, "key")` a value in it.

    Raises:
        TomlError: not TOML, or nested too deeply.
    """
    text = text.replace("\r\n", "\n")
    try:
        return tomllib.loads(text), _Walk(text).places
    except tomllib.TOMLDecodeError as error:
        raise _located(str(error), text) from error
    except (RecursionError, ValueError) as error:
        # Numbers of thousands of digits and brackets nested by the thousand end here.
        raise TomlError(Position(1, 1), str(error)) from error


def _located(message: str, text: str) -> TomlError:
    """Take `what (at line 3, column 7)` apart."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    if match is None:
        return TomlError(Position(1, 1), message)
    what, line, column = match.groups()
    if line is None:
        _, _, last = text.rpartition("\n")
        return TomlError(Position(text.count("\n") + 1, len(last) + 1), what)
    return TomlError(Position(int(line), int(column)), what)


class _Walk:
    """One pass over the tokens by recursive descent, as far as positions need it."""

    def __init__(self, text: str) -> None:
        self.places: dict[KeyPath, Place] = {}
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tokens = [
            _Token(str(match.lastgroup), match.group(), match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "skip"
        ]
        self._next = 0
        self._tables_seen: dict[KeyPath, int] = {}
        self._document()

    def _document(self) -> None:
        table: KeyPath = ()
        while self._next < len(self._tokens):
            if self._sees("\n"):
                self._take()
            elif self._sees("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        start = self._take()
        in_array = self._sees("[")
        if in_array:
            self._take()
        *outer, last = self._dotted_key()
        path: KeyPath = ()
        for name in outer:
            path = self._newest((*path, name))
        path = (*path, last)
        if in_array:
            self._record(path, start)
            self._tables_seen[path] = self._tables_seen.get(path, 0) + 1
            path = self._newest(path)
        self._record(path, start)
        while self._sees("]"):
            self._take()
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        """A name inside a header means the last table so far, where there is an array of them."""
        count = self._tables_seen.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> None:
        start = self._peek()
        path = (*table, *self._dotted_key())
        self._take()  # the equals sign
        self._record(path, start, self._peek())
        self._value(path)

    def _dotted_key(self) -> list[str]:
        names = [_name(self._take())]
        while self._sees("."):
            self._take()
            names.append(_name(self._take()))
        return names

    def _value(self, path: KeyPath) -> None:
        if self._sees("["):
            self._items(path)
        elif self._sees("{"):
            self._members(path)
        else:
            # Numbers and dates are several tokens: 1.5 is three.
            while self._next < len(self._tokens) and self._peek().text not in (",", "]", "}", "\n"):
                self._take()

    def _items(self, path: KeyPath) -> None:
        self._take()
        index = 0
        while not self._sees("]"):
            if self._peek().text in (",", "\n"):
                self._take()
                continue
            self._record((*path, index), self._peek())
            self._value((*path, index))
            index += 1
        self._take()

    def _members(self, path: KeyPath) -> None:
        self._take()
        while not self._sees("}"):
            if self._peek().text in (",", "\n"):
                self._take()
            else:
                self._pair(path)
        self._take()

    def _record(self, path: KeyPath, key: _Token, value: _Token | None = None) -> None:
        place = Place(self._position(key.offset), self._position((value or key).offset))
        # The tables that a dotted name opens on its way stand where the name first does.
        for length in range(1, len(path) + 1):
            self.places.setdefault(path[:length], place)

    def _position(self, offset: int) -> Position:
        line = bisect.bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _sees(self, text: str) -> bool:
        return self._next < len(self._tokens) and self._peek().text == text


def _name(token: _Token) -> str:
    if token.kind == "bare":
        return token.text
    # A quoted key may carry escapes; the parser itself knows them best.
    return str(next(iter(tomllib.loads(f"{token.text} = 0"))))
