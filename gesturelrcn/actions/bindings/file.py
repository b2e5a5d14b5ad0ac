"""The binding file: TOML, read with errors that name file, line, column and what was meant."""

import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args

from gesturelrcn.actions.action import Action, Control, Hold, Key, Laser, Run, pressed_by
from gesturelrcn.actions.action import Sequence as ActionSequence
from gesturelrcn.actions.bindings.bindings import (
    DEFAULT_HOLD,
    TURN_ON,
    Binding,
    Bindings,
    Options,
    Profile,
    Rules,
    two_sensitivities,
)
from gesturelrcn.actions.bindings.notation import parse_action
from gesturelrcn.actions.desktop.window import CORNERS
from gesturelrcn.actions.keys import parse_chord
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase
from gesturelrcn.thresholds import SENSITIVITIES, Sensitivity, is_off
from gesturelrcn.toml.positions import UnreadableFileError, read_text
from gesturelrcn.toml.table_reader import Sentences, TableReader, kind_of, parse_document
from gesturelrcn.vocabulary import GESTURES, quoted, suggestion

SCHEMA = Path(__file__).with_name("bindings.schema.json")
"""The JSON schema of a binding file, for editors."""

LEAST_REPEAT = 0.1
"""Seconds; a gesture that is held is reported no more often."""

_LONGEST_TIME = 3600.0
_RULES = ("cooldown", "return_stroke", "inhibit_while_typing", "pause_while_mouse", "needs_arming")
_BINDING = ("gesture", "do", "key", "on", "after", "repeat", "says", "sensitivity", "turn_on", *_RULES)
_OPTIONS = (
    *("arm", "arm_after", "arm_for", "arm_key", "pause", "pause_after", "pause_key", "stop_corner"),
    *("commands", "command_limit", "only_in_profiles", "sensitivity", "armed_sensitivity", *_RULES),
)
_PROFILE = ("match", "full_screen", "alone", "bind", *_RULES)
_TOP = ("bind", "options", "profile")
_EXAMPLE = 'write for example [[bind]] and below it gesture = "point_right" and do = "key Right"'

_PhaseWord = Literal["start", "hold", "end"]
_PHASES: tuple[_PhaseWord, ...] = get_args(_PhaseWord)

_NOTHING: Mapping[str, str] = MappingProxyType({})

_SENTENCES = Sentences(BindingError, columns=True, choice="unknown {kind} {word} for {key!r}")

T = TypeVar("T")


def load_bindings(
    path: str | os.PathLike[str],
    gestures: Sequence[str],
    *,
    off: Mapping[str, str] = _NOTHING,
    sensitivities: Sequence[Sensitivity] = SENSITIVITIES,
) -> Bindings:
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
        off: those of them that start nothing unless a binding turns them on -> why (`Recognizer.off`).
        sensitivities: those that the model has (`ModelCard.sensitivities`).

    Raises:
        BindingError: anything wrong; the message begins with file, line and column.
    """
    try:
        text = read_text(Path(path), "binding file")
    except UnreadableFileError as error:
        place = f"{path}:{error.position}" if error.position else path
        hint = f"; {_EXAMPLE}" if str(error).startswith("there is no") else ""
        raise BindingError(f"{place}: {error}{hint}") from error
    return parse_bindings(text, gestures, str(path), off=off, sensitivities=sensitivities)


def parse_bindings(
    text: str,
    gestures: Sequence[str],
    name: str = "bindings",
    *,
    commands_exist: bool = True,
    may_be_empty: bool = False,
    off: Mapping[str, str] = _NOTHING,
    sensitivities: Sequence[Sensitivity] = SENSITIVITIES,
) -> Bindings:
    """Read the text of a binding file.

    Args:
        text: TOML.
        gestures: what the model recognises.
        name: what messages call the file.
        commands_exist: a command that this computer does not have is an error.
        may_be_empty: that nothing is bound is none.
        off: as `load_bindings`.
        sensitivities: as `load_bindings`.

    Raises:
        BindingError: as `load_bindings`.
    """
    document = parse_document(text, name, _SENTENCES)
    bindings = _BindingsTable(gestures, commands_exist, off, sensitivities).bindings(document)
    if not bindings and not may_be_empty:
        document.fail(f"no binding in this file; {_EXAMPLE}")
    return bindings


class _BindingsTable:
    """Turns the tables of a binding file into bindings."""

    def __init__(
        self,
        gestures: Sequence[str],
        commands_exist: bool,
        off: Mapping[str, str],
        sensitivities: Sequence[Sensitivity],
    ) -> None:
        self._gestures = gestures
        self._commands_exist = commands_exist
        self._off = off
        self._sensitivities = sensitivities
        self._asked: dict[str, Sensitivity] = {}
        self._options = Options()

    def bindings(self, document: TableReader) -> Bindings:
        for key in document:
            if key not in _TOP:
                near = (
                    "[[bind]]" if suggestion(key.lower(), ["bind"]) else suggestion(key.lower(), list(_TOP))
                )
                meant = f": did you mean '{near}'?" if near else ""
                document.fail_at_key(key, f"unknown {kind_of(document.value(key))} {quoted(key)}{meant}")
        options = document.table("options")
        self._options = self._read_options(options)
        everywhere = self._list_of_bindings(document)
        profiles = self._profiles(document.table("profile"))
        if self._options.only_in_profiles and not profiles:
            message = "'only_in_profiles' lets nothing fire, because this file has no [profile.NAME]"
            options.fail_at_key("only_in_profiles", message)
        return Bindings(everywhere, self._options, profiles)

    # Tables.

    def _read_options(self, table: TableReader) -> Options:
        table.must_know(_OPTIONS, listed="[options] has")
        values: dict[str, Any] = {"rules": self._rules(table)}
        for key in ("arm", "pause"):
            if key in table:
                values[key] = gesture = self._gesture(table, key)
                if gesture in self._off:
                    remedy = f"choose another one, or start with --turn-on {gesture}"
                    table.fail(is_off(gesture, self._off[gesture], remedy), key)
        for key in ("sensitivity", "armed_sensitivity"):
            if key in table:
                values[key] = self._sensitivity(table, key)
        for key in ("arm_after", "arm_for", "pause_after", "command_limit"):
            if key in table:
                least = 0.1 if key in ("arm_for", "command_limit") else 0.0
                values[key] = _seconds(table, key, least)
        for key in ("arm_key", "pause_key"):
            if key in table:
                values[key] = _parsed(parse_chord, table, key)
        values |= {key: table.flag(key) for key in ("commands", "only_in_profiles") if key in table}
        if "stop_corner" in table:
            values["stop_corner"] = table.choice(
                "stop_corner", known=CORNERS, kind="corner", listed="it is one of"
            )
        options = Options(**values)
        if options.arm is not None and options.arm == options.pause:
            table.fail(f"{options.pause!r} cannot arm and pause; choose another gesture", "pause")
        if options.arm_key is not None and options.arm_key == options.pause_key:
            table.fail(f"{options.pause_key} cannot arm and pause; choose another key", "pause_key")
        if options.armed_sensitivity is not None and not options.arming:
            table.fail_at_key("armed_sensitivity", "'armed_sensitivity' goes only with 'arm' or 'arm_key'")
        return options

    def _profiles(self, tables: TableReader) -> tuple[Profile, ...]:
        profiles = []
        for name in tables:
            if not isinstance(tables.value(name), dict):
                message = f"a profile has a name of its own: write [profile.NAME], not {name} = ..."
                tables.fail_at_key(name, message)
            table = tables.table(name)
            table.must_know(_PROFILE, listed="a profile has")
            if "match" not in table:
                table.fail(f"this profile has no 'match'; write for example match = \"{name}\"")
            match = _texts(table, "match")
            flags = {flag: table.flag(flag) for flag in ("full_screen", "alone") if flag in table}
            bindings = self._list_of_bindings(table)
            profiles.append(Profile(name, match, **flags, bindings=bindings, rules=self._rules(table)))
        return tuple(profiles)

    def _list_of_bindings(self, outer: TableReader) -> tuple[Binding, ...]:
        lines: dict[tuple[str, Phase, float], int] = {}
        bindings = []
        for table in outer.tables("bind"):
            binding = self._binding(table)
            slot = (binding.gesture, binding.on, binding.after)
            if slot in lines:
                message = f"second binding for {slot[0]!r} on {slot[1]}; the first is in line {lines[slot]}"
                table.fail(message, "gesture")
            lines[slot] = table.place("gesture").value.line
            bindings.append(binding)
        return tuple(bindings)

    def _binding(self, table: TableReader) -> Binding:
        table.must_know(_BINDING, listed="a binding has")
        if "gesture" not in table:
            table.fail(f"this binding has no 'gesture'; {_EXAMPLE}")
        gesture = self._gesture(table, "gesture")
        turn_on = table.flag("turn_on", default=False)
        if gesture in self._off and not turn_on:
            table.fail(is_off(gesture, self._off[gesture], TURN_ON), "gesture")
        phase = Phase(table.choice("on", known=_PHASES, kind="phase", listed="it is one of", default="start"))
        for key in ("after", "repeat"):
            if key in table and phase is not Phase.HOLD:
                table.fail_at_key(key, f"'{key}' goes only with on = \"hold\"")
        action = self._action(table)
        self._check(action, phase, table)
        after = _seconds(table, "after") if "after" in table else DEFAULT_HOLD
        return Binding(
            gesture=gesture,
            action=action,
            on=phase,
            after=after if phase is Phase.HOLD else 0.0,
            repeat=_seconds(table, "repeat", LEAST_REPEAT) if "repeat" in table else None,
            rules=self._rules(table),
            says=table.text("says", default=""),
            sensitivity=self._sensitivity_of(gesture, table) if "sensitivity" in table else None,
            turn_on=turn_on,
        )

    def _sensitivity_of(self, gesture: str, table: TableReader) -> Sensitivity:
        """Of a binding; all of one gesture have to agree."""
        sensitivity = self._sensitivity(table, "sensitivity")
        before = self._asked.setdefault(gesture, sensitivity)
        if before != sensitivity:
            table.fail(two_sensitivities(gesture, before, sensitivity), "sensitivity")
        return sensitivity

    def _sensitivity(self, table: TableReader, key: str) -> Sensitivity:
        sensitivity = table.choice(key, known=SENSITIVITIES, kind="sensitivity", listed="it is one of")
        if sensitivity not in self._sensitivities:
            message = (
                f"this model has no sensitivity {sensitivity!r}; it has {', '.join(self._sensitivities)}"
            )
            table.fail(message, key)
        return sensitivity

    def _rules(self, table: TableReader) -> Rules:
        values: dict[str, Any] = {key: _seconds(table, key) for key in _RULES[:-1] if key in table}
        if "needs_arming" in table:
            values["needs_arming"] = table.flag("needs_arming")
        return Rules(**values)

    def _gesture(self, table: TableReader, key: str) -> str:
        gesture = table.text(key)
        if gesture in self._gestures:
            return gesture
        recognised = ", ".join(self._gestures) or "none"
        if gesture in GESTURES:
            table.fail(f"this model does not recognise {gesture!r}; it recognises {recognised}", key)
        near = suggestion(gesture.lower(), [*self._gestures, *GESTURES])
        meant = f": did you mean {near!r}?" if near else f"; this model recognises {recognised}"
        return table.fail(f"unknown gesture {quoted(gesture)}{meant}", key)

    # Actions.

    def _action(self, table: TableReader) -> Action:
        if "do" in table and "key" in table:
            table.fail(
                "this binding has both 'do' and 'key', which is short for do = \"key ...\"; leave one out"
            )
        if "key" in table:
            return _parsed(Key, table, "key")
        if "do" not in table:
            table.fail(f"this binding has no do; {_EXAMPLE}")
        steps = [self._step(table, *way) for way in table.one_or_more("do")]
        if not steps:
            table.fail("'do' is an empty list; leave the binding out instead", "do")
        return ActionSequence(tuple(steps)) if len(steps) > 1 else steps[0]

    def _step(self, table: TableReader, *way: str | int) -> Action:
        if len(way) == 1 and not isinstance(table.value(*way), str):
            table.wrong("text in quotes or a list of such texts", *way)
        action = _parsed(parse_action, table, *way)
        if isinstance(action, Run):
            self._check_command(action, table, *way)
        return action

    def _check_command(self, action: Run, table: TableReader, *way: str | int) -> None:
        command = repr(action.command[0])
        if not self._options.commands:
            message = f"{command} is a command, and those are off: write commands = true in [options]"
            table.fail(message, *way)
        if self._commands_exist and not action.shell and shutil.which(action.command[0]) is None:
            table.fail(f"there is no command {command} on this computer", *way)

    def _check(self, action: Action, phase: Phase, table: TableReader) -> None:
        """What each action by itself is right but the binding as a whole is not."""
        key = "do" if "do" in table else "key"
        lasting = [step for step in action.steps if isinstance(step, Hold | Laser)]
        if lasting and (phase is Phase.END or "repeat" in table):
            when = "at the end of a gesture" if phase is Phase.END else "again and again"
            message = f"'{lasting[0]}' lasts as long as the gesture, so it cannot begin {when}"
            table.fail(message, key)
        hot_keys = {"arm_key": self._options.arm_key, "pause_key": self._options.pause_key}
        for option, chord in hot_keys.items():
            if chord is not None and set(chord.keys) <= set(pressed_by(action)):
                pressed = f"it presses {chord}, which is the {option!r} of [options]"
                table.fail(f"this action triggers itself: {pressed}", key)
        own = {"arm": self._options.arm, "pause": self._options.pause}
        words = {step.word for step in action.steps if isinstance(step, Control)}
        for option, gesture in own.items():
            if gesture == table.value("gesture") and words & {option, f"dis{option}"}:
                message = f"this action triggers itself: {gesture!r} is the {option!r} of [options] already"
                table.fail(message, key)


def _parsed(parse: Callable[[str], T], table: TableReader, *way: str | int) -> T:
    """Read a text with `parse`, whose complaints get the place in front."""
    text = table.text(*way)
    try:
        return parse(text)
    except BindingError as error:
        return table.fail(str(error), *way)


def _texts(table: TableReader, key: str) -> tuple[str, ...]:
    texts = [table.value(*way) for way in table.one_or_more(key)]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        table.fail(f"{key!r} must be a text in quotes or a list of texts, none of them empty", key)
    return tuple(texts)


def _seconds(table: TableReader, key: str, least: float = 0.0) -> float:
    seconds = table.number(key, expected="a number of seconds", finite=False)
    if not (math.isfinite(seconds) and least <= seconds <= _LONGEST_TIME):
        table.fail(f"{key!r} must lie between {least:g} and {_LONGEST_TIME:.0f} seconds", key)
    return seconds
