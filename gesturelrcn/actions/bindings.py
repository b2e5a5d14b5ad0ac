"""Which gesture presses which keys: a TOML file, read with errors that name the line."""

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gesturelrcn.actions.keys import Chord, parse_chord
from gesturelrcn.actions.toml_positions import Place, Position, TomlError, parse_toml
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase
from gesturelrcn.vocabulary import GESTURES, suggestion

LARGEST_FILE = 1_000_000
"""Bytes; more than this is not a binding file but a mistake."""

DEFAULT_HOLD = 0.5
"""Seconds that a gesture is held before a binding `on = "hold"` without `after` fires."""

_LONGEST_TIME = 3600.0
_FIELDS = ("gesture", "key", "on", "after", "cooldown")
_EXAMPLE = 'write for example [[bind]] and below it gesture = "point_right" and key = "Right"'


@dataclass(frozen=True)
class Binding:
    """One gesture and what it does.

    Attributes:
        gesture: name of the gesture.
        action: what happens; so far always a chord that is tapped.
        on: the phase that fires: at the `start`, once it has been held for `after`, or at its `end`.
        after: seconds from the start of the gesture; only for `on=Phase.HOLD`.
        cooldown: seconds after firing during which this binding does not fire again.
    """

    gesture: str
    action: Chord
    on: Phase = Phase.START
    after: float = 0.0
    cooldown: float = 0.0


@dataclass(frozen=True)
class Bindings:
    """All bindings of one file in their order. In Python: `Bindings((Binding(...),))`."""

    all: tuple[Binding, ...]

    def __iter__(self) -> Iterator[Binding]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def matching(self, gesture: str, phase: Phase) -> list[Binding]:
        """The bindings of this gesture that fire in this phase."""
        return [binding for binding in self.all if binding.gesture == gesture and binding.on == phase]

    def only(self, gestures: Iterable[str]) -> "Bindings":
        """The bindings of these gestures, for example of those that a model recognises."""
        wanted = set(gestures)
        return Bindings(tuple(binding for binding in self.all if binding.gesture in wanted))


def load_bindings(path: str | os.PathLike[str], gestures: Sequence[str]) -> Bindings:
    """Read a binding file.

        [[bind]]
        gesture = "raise_hand"
        key = "b"            # or "Right", "PageDown", "ctrl+s", "F5", "space"
        on = "hold"          # "start" (unless said otherwise), "hold" or "end"
        after = 0.5          # seconds held, only with on = "hold"
        cooldown = 1.0       # seconds in which it does not fire again

    Args:
        path: the file, UTF-8.
        gestures: what the model recognises (`Recognizer.gestures`).

    Raises:
        BindingError: anything wrong; the message begins with file, line and column.
    """
    text = _read(Path(path))
    try:
        document, places = parse_toml(text)
    except TomlError as error:
        raise BindingError(f"{path}:{error.position}: not TOML: {error}") from error
    return _Reader(str(path), places, gestures).bindings(document)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise BindingError(f"{path}: there is no such file; {_EXAMPLE}") from None
    except OSError as error:
        raise BindingError(f"{path}: the binding file cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST_FILE:
        raise BindingError(
            f"{path}: larger than {LARGEST_FILE // 1_000_000} MB, so it cannot be a binding file"
        )
    try:
        # Some editors on Windows put a byte order mark in front.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise BindingError(f"{path}:{line}:{column}: not UTF-8 text; save the file as UTF-8") from error


class _Reader:
    """Checks a parsed document and knows where each value of it stands."""

    def __init__(
        self, file: str, places: dict[tuple[str | int, ...], Place], gestures: Sequence[str]
    ) -> None:
        self._file = file
        self._places = places
        self._gestures = gestures

    def bindings(self, document: dict[str, Any]) -> Bindings:
        for name in document:
            if name != "bind":
                meant = _meant(name, ["bind"], "[[bind]]")
                self._fail(self._key(name), f"unknown {_kind(document[name])} {_shown(name)}{meant}")
        tables = document.get("bind", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._fail(self._key("bind"), "'bind' is not a list of tables: write [[bind]] with two brackets")
        if not tables:
            self._fail(Position(1, 1), f"no binding in this file; {_EXAMPLE}")
        lines: dict[tuple[str, Phase], int] = {}
        found: list[Binding] = []
        for number, table in enumerate(tables):
            binding = self._binding(number, table)
            place = self._value(number, "gesture")
            slot = (binding.gesture, binding.on)
            if slot in lines:
                message = f"second binding for {slot[0]!r} on {slot[1]}; the first is in line {lines[slot]}"
                self._fail(place, message)
            lines[slot] = place.line
            found.append(binding)
        return Bindings(tuple(found))

    def _binding(self, number: int, table: dict[str, Any]) -> Binding:
        for name in table:
            if name not in _FIELDS:
                meant = _meant(name, _FIELDS) or f"; a binding has {', '.join(_FIELDS)}"
                self._fail(self._key("bind", number, name), f"unknown field {_shown(name)}{meant}")
        for name in ("gesture", "key"):
            if name not in table:
                self._fail(self._key("bind", number), f"this binding has no {name!r}; {_EXAMPLE}")
        phase = self._phase(number, table)
        if "after" in table and phase is not Phase.HOLD:
            self._fail(self._key("bind", number, "after"), "'after' goes only with on = \"hold\"")
        return Binding(
            gesture=self._gesture(number, table),
            action=self._chord(number, table),
            on=phase,
            after=self._seconds(number, table, "after", DEFAULT_HOLD) if phase is Phase.HOLD else 0.0,
            cooldown=self._seconds(number, table, "cooldown", 0.0),
        )

    def _gesture(self, number: int, table: dict[str, Any]) -> str:
        gesture = self._text(number, table, "gesture")
        if gesture not in self._gestures:
            self._fail(self._value(number, "gesture"), self._unknown_gesture(gesture))
        return gesture

    def _unknown_gesture(self, gesture: str) -> str:
        recognised = ", ".join(self._gestures) or "none"
        if gesture in GESTURES:
            return f"this model does not recognise {gesture!r}; it recognises {recognised}"
        meant = _meant(gesture, [*self._gestures, *GESTURES]) or f"; this model recognises {recognised}"
        return f"unknown gesture {_shown(gesture)}{meant}"

    def _chord(self, number: int, table: dict[str, Any]) -> Chord:
        text = self._text(number, table, "key")
        try:
            return parse_chord(text)
        except BindingError as error:
            self._fail(self._value(number, "key"), str(error))

    def _phase(self, number: int, table: dict[str, Any]) -> Phase:
        text = self._text(number, table, "on") if "on" in table else "start"
        try:
            return Phase(text)
        except ValueError:
            phases = [phase.value for phase in Phase]
            meant = _meant(text, phases) or f"; it is one of {', '.join(phases)}"
            self._fail(self._value(number, "on"), f"unknown phase {_shown(text)} for 'on'{meant}")

    def _text(self, number: int, table: dict[str, Any], name: str) -> str:
        value = table[name]
        if not isinstance(value, str):
            self._fail(self._value(number, name), f"{name!r} must be text in quotes, not {_kind(value)}")
        return value

    def _seconds(self, number: int, table: dict[str, Any], name: str, default: float) -> float:
        value = table.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(self._value(number, name), f"{name!r} must be a number of seconds, not {_kind(value)}")
        if not (math.isfinite(value) and 0 <= value <= _LONGEST_TIME):
            self._fail(
                self._value(number, name), f"{name!r} must lie between 0 and {_LONGEST_TIME:.0f} seconds"
            )
        return float(value)

    def _key(self, *path: str | int) -> Position:
        return self._places[path].key

    def _value(self, number: int, name: str) -> Position:
        return self._places["bind", number, name].value

    def _fail(self, position: Position, message: str) -> NoReturn:
        raise BindingError(f"{self._file}:{position}: {message}")


def _meant(word: str, known: Sequence[str], shown: str | None = None) -> str:
    near = suggestion(word.lower(), list(known))
    return f": did you mean '{shown or near}'?" if near else ""


def _shown(word: str) -> str:
    return repr(word) if len(word) <= 40 else repr(word[:40] + "...")


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        str: "text",
        bool: "true or false",
        int: "number",
        float: "number",
        list: "list",
        dict: "table",
    }
    return kinds.get(type(value), "date or time")
