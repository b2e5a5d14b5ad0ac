"""The binding file: TOML, read with errors that name file, line, column and what was meant."""

import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, get_args

from gesturelrcn.actions.action import Action, Control, Hold, Key, Laser, Run, pressed_by
from gesturelrcn.actions.action import Sequence as ActionSequence
from gesturelrcn.actions.bindings.bindings import (
    CORNERS,
    DEFAULT_HOLD,
    Binding,
    Bindings,
    Options,
    Profile,
    Rules,
)
from gesturelrcn.actions.bindings.notation import parse_action
from gesturelrcn.actions.keys import Chord, parse_chord
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase
from gesturelrcn.toml.positions import Path as Way
from gesturelrcn.toml.positions import (
    Place,
    Position,
    TomlError,
    UnreadableFileError,
    parse_toml,
    read_text,
)
from gesturelrcn.vocabulary import GESTURES, suggestion

SCHEMA = Path(__file__).with_name("bindings.schema.json")
"""The JSON schema of a binding file, for editors."""

LEAST_REPEAT = 0.1
"""Seconds; a gesture that is held is reported no more often."""

_LONGEST_TIME = 3600.0
_RULES = ("cooldown", "return_stroke", "inhibit_while_typing", "pause_while_mouse", "needs_arming")
_BINDING = ("gesture", "do", "key", "on", "after", "repeat", "says", *_RULES)
_OPTIONS = (
    *("arm", "arm_after", "arm_for", "arm_key", "pause", "pause_after", "pause_key", "stop_corner"),
    *("commands", "command_limit", "only_in_profiles", *_RULES),
)
_PROFILE = ("match", "full_screen", "alone", "bind", *_RULES)
_TOP = ("bind", "options", "profile")
_EXAMPLE = 'write for example [[bind]] and below it gesture = "point_right" and do = "key Right"'

Table = dict[str, Any]
T = TypeVar("T", bound=str)
R = TypeVar("R")


def load_bindings(path: str | os.PathLike[str], gestures: Sequence[str]) -> Bindings:
    """Read a binding file; docs/bindings.md explains it, `SCHEMA` describes it.

        [options]
        arm = "raise_hand"       # nothing fires before this gesture ...
        arm_for = 8.0            # ... and for so many seconds after it

        [[bind]]
        gesture = "point_right"
        do = "key Right"         # or a list: ["key ctrl+s", "wait 0.2", "text saved"]
        on = "start"             # "start" (unless said otherwise), "hold" or "end"
        cooldown = 0.7           # seconds in which it does not fire again

        [profile.impress]
        match = "LibreOffice Impress"

        [[profile.impress.bind]]
        gesture = "raise_hand"
        do = "key b"
        on = "hold"
        after = 0.5              # seconds held

    Args:
        path: the file, UTF-8.
        gestures: what the model recognises (`Recognizer.gestures`).

    Raises:
        BindingError: anything wrong; the message begins with file, line and column.
    """
    try:
        text = read_text(Path(path), "binding file")
    except UnreadableFileError as error:
        place = f"{path}:{error.position}" if error.position else path
        hint = f"; {_EXAMPLE}" if str(error).startswith("there is no") else ""
        raise BindingError(f"{place}: {error}{hint}") from error
    return parse_bindings(text, gestures, str(path))


def parse_bindings(
    text: str,
    gestures: Sequence[str],
    name: str = "bindings",
    *,
    commands_exist: bool = True,
    may_be_empty: bool = False,
) -> Bindings:
    """Read the text of a binding file.

    Args:
        text: TOML.
        gestures: what the model recognises.
        name: what messages call the file.
        commands_exist: a command that this computer does not have is an error.
        may_be_empty: that nothing is bound is none.

    Raises:
        BindingError: as `load_bindings`.
    """
    try:
        document, places = parse_toml(text)
    except TomlError as error:
        raise BindingError(f"{name}:{error.position}: not TOML: {error}") from error
    found = _Reader(name, places, gestures, commands_exist).bindings(document)
    if not found and not may_be_empty:
        raise BindingError(f"{name}:{Position(1, 1)}: no binding in this file; {_EXAMPLE}")
    return found


class _Reader:
    """Checks a parsed document and knows where each value of it stands."""

    def __init__(
        self, file: str, places: Mapping[Way, Place], gestures: Sequence[str], commands_exist: bool
    ) -> None:
        self._file = file
        self._places = places
        self._gestures = gestures
        self._commands_exist = commands_exist
        self._options = Options()

    def bindings(self, document: Table) -> Bindings:
        for name in document:
            if name not in _TOP:
                meant = _meant(name, _TOP, "[[bind]]" if suggestion(name.lower(), ["bind"]) else None)
                self._fail(self._key((name,)), f"unknown {_kind(document[name])} {_shown(name)}{meant}")
        self._options = self._read_options(document)
        everywhere = self._list_of_bindings(document, ())
        profiles = self._profiles(document)
        found = Bindings(everywhere, self._options, profiles)
        if self._options.only_in_profiles and not profiles:
            self._fail(
                self._key(("options", "only_in_profiles")),
                "'only_in_profiles' lets nothing fire, because this file has no [profile.NAME]",
            )
        return found

    # Tables.

    def _read_options(self, document: Table) -> Options:
        way: Way = ("options",)
        table = self._table(document.get("options", {}), way)
        self._known(table, way, _OPTIONS, "[options] has")
        read: dict[str, Any] = {"rules": self._rules(table, way)}
        for name in ("arm", "pause"):
            if name in table:
                read[name] = self._gesture(table, way, name)
        for name in ("arm_after", "arm_for", "pause_after", "command_limit"):
            if name in table:
                least = 0.1 if name in ("arm_for", "command_limit") else 0.0
                read[name] = self._seconds(table, way, name, least)
        for name in ("arm_key", "pause_key"):
            if name in table:
                read[name] = self._chord(table, way, name)
        for name in ("commands", "only_in_profiles"):
            if name in table:
                read[name] = self._flag(table, way, name)
        if "stop_corner" in table:
            read["stop_corner"] = self._one_of(table, way, "stop_corner", CORNERS, "corner")
        options = Options(**read)
        self._must_differ(options, way)
        return options

    def _must_differ(self, options: Options, way: Way) -> None:
        if options.arm is not None and options.arm == options.pause:
            message = f"{options.pause!r} cannot arm and pause; choose another gesture"
            self._fail(self._value((*way, "pause")), message)
        if options.arm_key is not None and options.arm_key == options.pause_key:
            message = f"{options.pause_key} cannot arm and pause; choose another key"
            self._fail(self._value((*way, "pause_key")), message)

    def _profiles(self, document: Table) -> tuple[Profile, ...]:
        tables = self._table(document.get("profile", {}), ("profile",))
        profiles = []
        for name, table in tables.items():
            way: Way = ("profile", name)
            if not isinstance(table, dict):
                self._fail(
                    self._key(way), f"a profile has a name of its own: write [profile.NAME], not {name} = ..."
                )
            self._known(table, way, _PROFILE, "a profile has")
            if "match" not in table:
                self._fail(
                    self._key(way), f"this profile has no 'match'; write for example match = \"{name}\""
                )
            match = self._texts(table, way, "match")
            flags = {flag: self._flag(table, way, flag) for flag in ("full_screen", "alone") if flag in table}
            bindings = self._list_of_bindings(table, way)
            profiles.append(Profile(name, match, **flags, bindings=bindings, rules=self._rules(table, way)))
        return tuple(profiles)

    def _list_of_bindings(self, table: Table, outer: Way) -> tuple[Binding, ...]:
        way: Way = (*outer, "bind")
        tables = table.get("bind", [])
        header = ".".join(map(str, way))
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            message = f"'bind' is not a list of tables: write [[{header}]] with two brackets"
            self._fail(self._key(way), message)
        lines: dict[tuple[str, Phase, float], int] = {}
        found = []
        for number, each in enumerate(tables):
            binding = self._binding(each, (*way, number))
            place = self._value((*way, number, "gesture"))
            slot = (binding.gesture, binding.on, binding.after)
            if slot in lines:
                message = f"second binding for {slot[0]!r} on {slot[1]}; the first is in line {lines[slot]}"
                self._fail(place, message)
            lines[slot] = place.line
            found.append(binding)
        return tuple(found)

    def _binding(self, table: Table, way: Way) -> Binding:
        self._known(table, way, _BINDING, "a binding has")
        if "gesture" not in table:
            self._fail(self._key(way), f"this binding has no 'gesture'; {_EXAMPLE}")
        gesture = self._gesture(table, way, "gesture")
        phase = self._phase(table, way)
        for name in ("after", "repeat"):
            if name in table and phase is not Phase.HOLD:
                self._fail(self._key((*way, name)), f"'{name}' goes only with on = \"hold\"")
        action = self._action(table, way)
        self._check(action, phase, table, way)
        after = self._seconds(table, way, "after") if "after" in table else DEFAULT_HOLD
        return Binding(
            gesture=gesture,
            action=action,
            on=phase,
            after=after if phase is Phase.HOLD else 0.0,
            repeat=self._seconds(table, way, "repeat", LEAST_REPEAT) if "repeat" in table else None,
            rules=self._rules(table, way),
            says=self._text(table, way, "says") if "says" in table else "",
        )

    def _rules(self, table: Table, way: Way) -> Rules:
        read: dict[str, Any] = {
            name: self._seconds(table, way, name) for name in _RULES[:-1] if name in table
        }
        if "needs_arming" in table:
            read["needs_arming"] = self._flag(table, way, "needs_arming")
        return Rules(**read)

    # Actions.

    def _action(self, table: Table, way: Way) -> Action:
        if ("do" in table) == ("key" in table):
            many = "has both 'do' and 'key', which is short for do = \"key ...\"; leave one out"
            self._fail(self._key(way), f"this binding {many if 'do' in table else f'has no do; {_EXAMPLE}'}")
        if "key" in table:
            return self._told(Key, self._text(table, way, "key"), (*way, "key"))
        value = table["do"]
        if isinstance(value, list):
            if not value:
                self._fail(self._value((*way, "do")), "'do' is an empty list; leave the binding out instead")
            ways: list[Way] = [(*way, "do", number) for number in range(len(value))]
            steps = [self._step(each, at) for each, at in zip(value, ways, strict=True)]
            return ActionSequence(tuple(steps)) if len(steps) > 1 else steps[0]
        return self._step(value, (*way, "do"))

    def _step(self, value: object, way: Way) -> Action:
        if not isinstance(value, str):
            what = "text in quotes or a list of such texts" if way[-1] == "do" else "text in quotes"
            self._fail(self._value(way), f"'do' must be {what}, not {_kind(value)}")
        action = self._told(parse_action, value, way)
        if isinstance(action, Run):
            self._check_command(action, way)
        return action

    def _told(self, read: Callable[[str], R], text: str, way: Way) -> R:
        """Read with `read`; its complaints get the place in front."""
        try:
            return read(text)
        except BindingError as error:
            return self._fail(self._value(way), str(error))

    def _check_command(self, action: Run, way: Way) -> None:
        if not self._options.commands:
            message = (
                f"{action.command[0]!r} is a command, and those are off: write commands = true in [options]"
            )
            self._fail(self._value(way), message)
        if self._commands_exist and not action.shell and shutil.which(action.command[0]) is None:
            self._fail(self._value(way), f"there is no command {action.command[0]!r} on this computer")

    def _check(self, action: Action, phase: Phase, table: Table, way: Way) -> None:
        """What each action by itself is right but the binding as a whole is not."""
        place = self._value((*way, "do" if "do" in table else "key"))
        lasting = [step for step in action.steps if isinstance(step, Hold | Laser)]
        if lasting and (phase is Phase.END or "repeat" in table):
            when = "at the end of a gesture" if phase is Phase.END else "again and again"
            self._fail(place, f"'{lasting[0]}' lasts as long as the gesture, so it cannot begin {when}")
        hot_keys = {"arm_key": self._options.arm_key, "pause_key": self._options.pause_key}
        for option, chord in hot_keys.items():
            if chord is not None and set(chord.keys) <= set(pressed_by(action)):
                message = (
                    f"this action triggers itself: it presses {chord}, which is the {option!r} of [options]"
                )
                self._fail(place, message)
        own = {"arm": self._options.arm, "pause": self._options.pause}
        for step in action.steps:
            if not isinstance(step, Control):
                continue
            for option, gesture in own.items():
                if table.get("gesture") == gesture and step.word in (option, f"dis{option}"):
                    message = (
                        f"this action triggers itself: {gesture!r} is the {option!r} of [options] already"
                    )
                    self._fail(place, message)

    # Values.

    def _gesture(self, table: Table, way: Way, name: str) -> str:
        gesture = self._text(table, way, name)
        if gesture not in self._gestures:
            self._fail(self._value((*way, name)), self._unknown_gesture(gesture))
        return gesture

    def _unknown_gesture(self, gesture: str) -> str:
        recognised = ", ".join(self._gestures) or "none"
        if gesture in GESTURES:
            return f"this model does not recognise {gesture!r}; it recognises {recognised}"
        meant = _meant(gesture, [*self._gestures, *GESTURES]) or f"; this model recognises {recognised}"
        return f"unknown gesture {_shown(gesture)}{meant}"

    def _chord(self, table: Table, way: Way, name: str) -> Chord:
        return self._told(parse_chord, self._text(table, way, name), (*way, name))

    def _phase(self, table: Table, way: Way) -> Phase:
        if "on" not in table:
            return Phase.START
        return Phase(self._one_of(table, way, "on", _PHASES, "phase"))

    def _one_of(self, table: Table, way: Way, name: str, known: tuple[T, ...], kind: str) -> T:
        text = self._text(table, way, name)
        for word in known:
            if word == text:
                return word
        meant = _meant(text, known) or f"; it is one of {', '.join(known)}"
        return self._fail(self._value((*way, name)), f"unknown {kind} {_shown(text)} for '{name}'{meant}")

    def _text(self, table: Table, way: Way, name: str) -> str:
        value = table[name]
        if not isinstance(value, str):
            self._fail(self._value((*way, name)), f"{name!r} must be text in quotes, not {_kind(value)}")
        return value

    def _texts(self, table: Table, way: Way, name: str) -> tuple[str, ...]:
        value = table[name]
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            self._fail(
                self._value((*way, name)),
                f"{name!r} must be a text in quotes or a list of texts, none of them empty",
            )
        return tuple(texts)

    def _flag(self, table: Table, way: Way, name: str) -> bool:
        value = table[name]
        if not isinstance(value, bool):
            self._fail(self._value((*way, name)), f"{name!r} must be true or false, not {_kind(value)}")
        return value

    def _seconds(self, table: Table, way: Way, name: str, least: float = 0.0) -> float:
        value = table[name]
        place = self._value((*way, name))
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(place, f"{name!r} must be a number of seconds, not {_kind(value)}")
        if not (math.isfinite(value) and least <= value <= _LONGEST_TIME):
            self._fail(place, f"{name!r} must lie between {least:g} and {_LONGEST_TIME:.0f} seconds")
        return float(value)

    def _table(self, value: object, way: Way) -> Table:
        if not isinstance(value, dict):
            name = ".".join(map(str, way))
            self._fail(self._key(way), f"{name!r} must be a table, written [{name}], not {_kind(value)}")
        return value

    def _known(self, table: Table, way: Way, names: Sequence[str], has: str) -> None:
        for name in table:
            if name not in names:
                meant = _meant(name, names) or f"; {has} {', '.join(names)}"
                self._fail(self._key((*way, name)), f"unknown field {_shown(name)}{meant}")

    # Places.

    def _key(self, way: Way) -> Position:
        return self._places[way].key

    def _value(self, way: Way) -> Position:
        return self._places[way].value

    def _fail(self, position: Position, message: str) -> NoReturn:
        raise BindingError(f"{self._file}:{position}: {message}")


_PhaseWord = Literal["start", "hold", "end"]
_PHASES: tuple[_PhaseWord, ...] = get_args(_PhaseWord)


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
