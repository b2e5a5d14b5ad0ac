"""Read a vocabulary file: TOML in which a gesture is keyframes. Errors name the file and the line.

`gestures.toml` beside this file is the one that the project ships; its head explains every field.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.vocabulary import Direction, Keyframe, Movement, Range, Swing, Vocabulary
from gesturelrcn.synthesis.pose import FINGER_JOINTS, HAND_SHAPES, ArmPose, Trunk, arm
from gesturelrcn.toml.positions import Path as Way
from gesturelrcn.toml.positions import Place, TomlError, UnreadableFileError, parse_toml, read_text
from gesturelrcn.vocabulary import GESTURES, NONE, mirrored, suggestion

_ARM = ("at", "wrist", "fingers", "palm", "shape", "elbow", "shrug")
_LEGS = ("hinge", "crouch", "apart", "stride")
_TRUNK = ("head", "spine", "turn", "shift", "jaw", *_LEGS, "fall")
_POSTURE = (*(field for field in _ARM if field != "at"), "rest")
_KEY = (*_ARM, *_TRUNK, "move", "hold", "scatter", "other")
_SWING = ("wrist", "quarter", "wander", "tilt", "flex", "roll", "curl", "hertz")
_MOVEMENT = (
    *("name", "gesture", "arms", "sides", "starts", "tempo", "amplitude", "back", "retrace", "repeat"),
    *("repeat_from", "swing", "key"),
)
_TABLES = ("gesture", "hand_shape", "posture", "movement")
_WHOLE_BODY = "whole_body"
_SIDES: tuple[Hand, ...] = ("left", "right")
_LONGEST_MESSAGE = 1000
"""Characters; the message shows what stands in the file, which may be anything."""
FARTHEST_WRIST = 1.15
"""Arm lengths from the shoulder; what lies beyond is a mistake in the file, not a long arm."""

RESTING = "rest"
"""Instead of a posture's name: the arm stays where it rests."""

T = TypeVar("T")


def load_vocabulary(path: str | os.PathLike[str], base: Vocabulary | None = None) -> Vocabulary:
    """Read a vocabulary file.

    Args:
        path: the file, UTF-8.
        base: its postures may be used by name, and its movements of class `none` are taken over.

    Raises:
        SynthesisError: anything wrong; the message begins with the file and the line.
    """
    text = _read(Path(path))
    try:
        document, places = parse_toml(text)
    except TomlError as error:
        raise SynthesisError(f"{path}:{error.position.line}: not TOML: {error}") from error
    return _Reader(str(path), places, base).vocabulary(document)


def _read(path: Path) -> str:
    try:
        return read_text(path, "vocabulary file")
    except UnreadableFileError as error:
        raise SynthesisError(f"{path}: {error}") from error


class _Reader:
    """Checks a parsed document and knows on which line each value of it stands."""

    def __init__(self, file: str, places: Mapping[Way, Place], base: Vocabulary | None) -> None:
        self._file = file
        self._places = places
        self._base = base
        self._shapes: dict[str, Floats] = {name: np.array(shape) for name, shape in HAND_SHAPES.items()}
        self._postures: dict[str, ArmPose] = dict(base.postures) if base else {}
        self._rests: dict[str, ArmPose] = dict(base.rests) if base else {}
        self._mirrors: dict[str, str] = dict(base.mirrors) if base else {}
        self._gestures: list[str] = [*GESTURES, NONE, *self._mirrors]

    def vocabulary(self, document: dict[str, Any]) -> Vocabulary:
        self._known(document, (*_TABLES, _WHOLE_BODY), (), "table")
        whole_body = self._optional(document, _WHOLE_BODY, (), self._flag, False)
        for number, _ in enumerate(self._tables(document, "gesture", ())):
            self._declared(document["gesture"][number], ("gesture", number))
        for name, table in self._named(document, "hand_shape"):
            self._shapes[name] = self._hand_shape(table, ("hand_shape", name))
        for name, table in self._named(document, "posture"):
            way: Way = ("posture", name)
            self._known(table, _POSTURE, way, "field")
            self._postures[name], _ = self._arm(table, way)
            if self._optional(table, "rest", way, self._flag, False):
                self._rests[name] = self._postures[name]
        movements: dict[str, Movement] = {}
        for number, table in enumerate(self._tables(document, "movement", ())):
            way = ("movement", number)
            movement = self._movement(table, way)
            if movement.name in movements:
                self._fail((*way, "name"), f"a second movement {movement.name!r}: give it another name")
            movements[movement.name] = movement
        if not movements:
            raise SynthesisError(f"{self._file}:1: no [[movement]] in this file, so nobody can do anything")
        for name in self._base.negatives if self._base else ():
            movements.setdefault(name, self._base.movements[name])  # type: ignore[union-attr]
        by_gesture = self._by_gesture(movements)
        return Vocabulary(movements, by_gesture, self._postures, self._rests, self._mirrors, whole_body)

    def _by_gesture(self, movements: Mapping[str, Movement]) -> dict[str, dict[Hand, tuple[str, ...]]]:
        table: dict[str, dict[Hand, tuple[str, ...]]] = {}
        for name, movement in movements.items():
            for side in movement.sides:
                gesture = movement.gesture if side == "left" else self._mirror(movement.gesture)
                hands = table.setdefault(gesture, {})
                hands[side] = (*hands.get(side, ()), name)
        return table

    def _mirror(self, gesture: str) -> str:
        return self._mirrors.get(gesture) or mirrored(gesture)

    def _declared(self, table: dict[str, Any], way: Way) -> None:
        """A gesture that the project has no word for yet."""
        self._known(table, ("name", "mirror"), way, "field")
        name = self._required(table, "name", way, self._word)
        mirror = self._optional(table, "mirror", way, self._word, name)
        self._mirrors |= {name: mirror, mirror: name}
        self._gestures += [name, mirror]

    def _hand_shape(self, table: dict[str, Any], way: Way) -> Floats:
        self._known(table, FINGER_JOINTS, way, "joint")
        relaxed = dict(zip(FINGER_JOINTS, HAND_SHAPES["relaxed"], strict=True))
        return np.array(
            [self._optional(table, joint, way, self._number, relaxed[joint]) for joint in FINGER_JOINTS]
        )

    def _movement(self, table: dict[str, Any], way: Way) -> Movement:
        self._known(table, _MOVEMENT, way, "field")
        keys = self._tables(table, "key", way)
        if not keys:
            self._fail(way, "this movement has no keyframe: write [[movement.key]] below it")
        both = self._optional(table, "arms", way, self._one_of(("one", "both")), "one") == "both"
        gesture = self._required(table, "gesture", way, self._gesture)
        if both and self._mirror(gesture) != gesture:
            self._fail((*way, "arms"), f"both arms cannot do {gesture!r}, which has a side")
        name = self._required(table, "name", way, self._word)
        repeat = self._optional(table, "repeat", way, self._range, (1.0, 1.0))
        repeat_from = int(self._optional(table, "repeat_from", way, self._number, 0.0))
        if not 0 <= repeat_from < len(keys):
            self._fail((*way, "repeat_from"), f"there is no keyframe {repeat_from}; the first is number 0")
        swing = self._optional(table, "swing", way, self._swing, None)
        return Movement(
            name=name,
            gesture=gesture,
            keys=tuple(self._key(key, (*way, "key", number)) for number, key in enumerate(keys)),
            both=both,
            sides=tuple(self._optional(table, "sides", way, self._list_of(_SIDES, "side"), _SIDES)),
            starts=tuple(
                self._optional(table, "starts", way, self._list_of(list(self._rests), "start pose"), ())
            ),
            tempo=self._optional(table, "tempo", way, self._range, Movement.tempo),
            amplitude=self._optional(table, "amplitude", way, self._range, Movement.amplitude),
            back=self._optional(table, "back", way, self._range, Movement.back),
            retrace=self._optional(table, "retrace", way, self._number, 0.0),
            repeat=(int(repeat[0]), int(repeat[1])),
            repeat_from=repeat_from,
            swing=swing,
        )

    def _swing(self, value: Any, way: Way) -> Swing | None:
        table = self._table(value, way)
        self._known(table, _SWING, way, "field")
        return Swing(
            wrist=self._optional(table, "wrist", way, self._vector, Swing.wrist),
            quarter=self._optional(table, "quarter", way, self._vector, Swing.quarter),
            wander=self._optional(table, "wander", way, self._vector, Swing.wander),
            tilt=self._optional(table, "tilt", way, self._angle, 0.0),
            flex=self._optional(table, "flex", way, self._angle, 0.0),
            roll=self._optional(table, "roll", way, self._angle, 0.0),
            curl=self._optional(table, "curl", way, self._number, 0.0),
            hertz=self._optional(table, "hertz", way, self._range, Swing.hertz),
        )

    def _key(self, table: dict[str, Any], way: Way) -> Keyframe:
        self._known(table, _KEY, way, "field")
        pose, shapes = self._arm(table, way)
        other = table.get("other")
        if other is not None:
            self._known(self._table(other, (*way, "other")), _ARM, (*way, "other"), "field")
        return Keyframe(
            pose=pose,
            move=self._optional(table, "move", way, self._range, (0.5, 0.7)),
            hold=self._optional(table, "hold", way, self._range, (0.0, 0.0)),
            scatter=self._optional(table, "scatter", way, self._number, 0.05),
            shapes=shapes,
            other=None if other is None else self._arm(other, (*way, "other"))[0],
            trunk=self._trunk(table, way) if set(table) & set(_TRUNK) else None,
            resting=table.get("at") == RESTING,
        )

    def _trunk(self, table: dict[str, Any], way: Way) -> Trunk:
        nothing: Direction = (0.0, 0.0, 0.0)
        head, spine, shift = (
            np.array(self._optional(table, bone, way, self._vector, nothing))
            for bone in ("head", "spine", "shift")
        )
        turn, jaw = (self._optional(table, bone, way, self._number, 0.0) for bone in ("turn", "jaw"))
        legs: dict[str, Any] = {name: self._optional(table, name, way, self._angle, 0.0) for name in _LEGS}
        fall = np.radians(self._optional(table, "fall", way, self._pair, (0.0, 0.0)))
        trunk = Trunk(np.radians(head), np.radians(spine), math.radians(turn), shift, math.radians(jaw))
        return replace(trunk, **legs, fall=fall)

    def _arm(self, table: dict[str, Any], way: Way) -> tuple[ArmPose, tuple[Floats, ...]]:
        if "at" in table:
            return self._arm_at(table, way)
        wrist = self._required(table, "wrist", way, self._vector)
        if math.hypot(*wrist) > FARTHEST_WRIST:
            self._fail((*way, "wrist"), f"no arm reaches {math.hypot(*wrist):.2f} arm lengths; at most 1")
        fingers, palm = (self._required(table, field, way, self._direction) for field in ("fingers", "palm"))
        if np.linalg.norm(np.cross(fingers, palm)) < 0.1 * math.hypot(*fingers) * math.hypot(*palm):
            self._fail((*way, "palm"), "the palm cannot face where the fingers point")
        shapes = self._required(table, "shape", way, self._shapes_named)
        pose = arm(
            wrist,
            fingers,
            palm,
            shapes[0],
            self._optional(table, "elbow", way, self._direction, (0.5, -1.0, -0.3)),
            self._optional(table, "shrug", way, self._number, 0.0),
        )
        return pose, shapes

    def _arm_at(self, table: dict[str, Any], way: Way) -> tuple[ArmPose, tuple[Floats, ...]]:
        for field in ("wrist", "fingers", "palm", "shape", "elbow", "shrug"):
            if field in table:
                self._fail((*way, field), f"{field!r} does not go with 'at', which names a whole arm")
        name = self._required(table, "at", way, self._one_of([*self._postures, RESTING], "posture"))
        if name == RESTING:
            if not self._rests:
                self._fail((*way, "at"), "no posture of this file has rest = true")
            name = next(iter(self._rests))
        return self._postures[name], (self._postures[name].fingers,)

    # What a single value may be.

    def _gesture(self, value: Any, way: Way) -> str:
        return self._one_of(self._gestures, "gesture")(value, way)

    def _shapes_named(self, value: Any, way: Way) -> tuple[Floats, ...]:
        names = value if isinstance(value, list) and value else [value]
        check = self._one_of(list(self._shapes), "hand shape")
        ways = [(*way, number) for number in range(len(names))] if names is value else [way]
        return tuple(self._shapes[check(name, at)] for name, at in zip(names, ways, strict=True))

    def _one_of(self, known: Sequence[str], kind: str = "word") -> Callable[[Any, Way], str]:
        def check(value: Any, way: Way) -> str:
            name = self._word(value, way)
            if name not in known:
                self._fail(way, f"unknown {kind} {name!r}{_meant(name, known)}")
            return name

        return check

    def _list_of(self, known: Sequence[str], kind: str) -> Callable[[Any, Way], Any]:
        def check(value: Any, way: Way) -> Any:
            if not isinstance(value, list) or not value:
                self._fail(way, f"{_field(way)} is a list of names in brackets, not {value!r}")
            return [self._one_of(known, kind)(name, (*way, i)) for i, name in enumerate(value)]

        return check

    def _word(self, value: Any, way: Way) -> str:
        if not isinstance(value, str) or not value:
            self._fail(way, f"{_field(way)} is a name in quotes, not {value!r}")
        return value

    def _flag(self, value: Any, way: Way) -> bool:
        if not isinstance(value, bool):
            self._fail(way, f"{_field(way)} is true or false, not {value!r}")
        return value

    def _number(self, value: Any, way: Way) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self._fail(way, f"{_field(way)} is a number, not {value!r}")
        return float(value)

    def _angle(self, value: Any, way: Way) -> float:
        return math.radians(self._number(value, way))

    def _range(self, value: Any, way: Way) -> Range:
        if not isinstance(value, list) or len(value) != 2:
            self._fail(way, f"{_field(way)} is a range [least, most], not {value!r}")
        least, most = (self._number(item, (*way, i)) for i, item in enumerate(value))
        if not 0 <= least <= most:
            self._fail(way, f"{_field(way)} is a range [least, most] from 0 upwards, not {value!r}")
        return least, most

    def _pair(self, value: Any, way: Way) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            self._fail(way, f"{_field(way)} is two angles [forward, to the left], not {value!r}")
        forward, left = (self._number(item, (*way, i)) for i, item in enumerate(value))
        return forward, left

    def _vector(self, value: Any, way: Way) -> Direction:
        if not isinstance(value, list) or len(value) != 3:
            self._fail(way, f"{_field(way)} is three numbers [outwards, up, forward], not {value!r}")
        x, y, z = (self._number(item, (*way, i)) for i, item in enumerate(value))
        return x, y, z

    def _direction(self, value: Any, way: Way) -> Direction:
        vector = self._vector(value, way)
        if math.hypot(*vector) < 1e-6:
            self._fail(way, f"{_field(way)} is a direction and cannot be [0, 0, 0]")
        return vector

    # Getting at values.

    def _required(self, table: dict[str, Any], field: str, way: Way, check: Callable[[Any, Way], T]) -> T:
        if field not in table:
            self._fail(way, f"{field!r} is missing here")
        return check(table[field], (*way, field))

    def _optional(
        self, table: dict[str, Any], field: str, way: Way, check: Callable[[Any, Way], T], default: T
    ) -> T:
        return check(table[field], (*way, field)) if field in table else default

    def _table(self, value: Any, way: Way) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fail(way, f"{_field(way)} is a table of fields, not {value!r}")
        return value

    def _tables(self, table: dict[str, Any], name: str, way: Way) -> list[dict[str, Any]]:
        found = table.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self._fail((*way, name), f"{name!r} is a list of tables: write [[...]] with two brackets")
        return found

    def _named(self, document: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
        found = self._table(document.get(name, {}), (name,))
        return [(key, self._table(table, (name, key))) for key, table in found.items()]

    def _known(self, table: dict[str, Any], fields: Sequence[str], way: Way, kind: str) -> None:
        for field in table:
            if field not in fields:
                word = "bone" if kind == "field" and suggestion(field, list(fields)) in _TRUNK else kind
                self._fail((*way, field), f"unknown {word} {field!r}{_meant(field, fields)}")

    def _fail(self, way: Way, message: str) -> NoReturn:
        while way and way not in self._places:
            way = way[:-1]
        line = self._places[way].key.line if way else 1
        raise SynthesisError(f"{self._file}:{line}: {message[:_LONGEST_MESSAGE]}")


def _field(way: Way) -> str:
    return repr(next(step for step in reversed(way) if isinstance(step, str)))


def _meant(name: str, known: Sequence[str]) -> str:
    near = suggestion(name, list(known))
    return f": did you mean {near!r}?" if near else f"; known are {', '.join(known)}" if known else ""
