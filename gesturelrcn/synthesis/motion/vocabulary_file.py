"""Read a vocabulary file: TOML in which a gesture is keyframes. Errors name the file and the line.

`gestures.toml` beside this file is the one that the project ships; its head explains every field.
"""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.vocabulary import Direction, Keyframe, Movement, Range, Swing, Vocabulary
from gesturelrcn.synthesis.pose import FINGER_JOINTS, HAND_SHAPES, ArmPose, Trunk, arm
from gesturelrcn.toml.table_reader import Sentences, TableReader, read_document
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

FARTHEST_WRIST = 1.15
"""Arm lengths from the shoulder; what lies beyond is a mistake in the file, not a long arm."""

RESTING = "rest"
"""Instead of a posture's name: the arm stays where it rests."""

_SENTENCES = Sentences(
    SynthesisError,
    wrong="{key!r} is {expected}, not {value}",
    text="a name in quotes",
    table="a table of fields",
)

Word = TypeVar("Word", bound=str)


def load_vocabulary(path: str | os.PathLike[str], base: Vocabulary | None = None) -> Vocabulary:
    """Read a vocabulary file.

    Args:
        path: the file, UTF-8.
        base: its postures may be used by name, and its movements of class `none` are taken over.

    Raises:
        SynthesisError: anything wrong; the message begins with the file and the line.
    """
    return _VocabularyTable(base).vocabulary(read_document(path, "vocabulary file", _SENTENCES))


class _VocabularyTable:
    """Turns the tables of a vocabulary file into movements, with the names that the file itself declares."""

    def __init__(self, base: Vocabulary | None) -> None:
        self._base = base
        self._shapes: dict[str, Floats] = {name: np.array(shape) for name, shape in HAND_SHAPES.items()}
        self._postures: dict[str, ArmPose] = dict(base.postures) if base else {}
        self._rests: dict[str, ArmPose] = dict(base.rests) if base else {}
        self._mirrors: dict[str, str] = dict(base.mirrors) if base else {}
        self._gestures: list[str] = [*GESTURES, NONE, *self._mirrors]

    def vocabulary(self, document: TableReader) -> Vocabulary:
        document.must_know((*_TABLES, _WHOLE_BODY), "table")
        whole_body = document.flag(_WHOLE_BODY, default=False)
        for table in document.tables("gesture"):
            self._declare_gesture(table)
        shapes, postures = document.table("hand_shape"), document.table("posture")
        for name in shapes:
            self._shapes[name] = _hand_shape(shapes.table(name))
        for name in postures:
            self._declare_posture(name, postures.table(name))
        movements: dict[str, Movement] = {}
        for table in document.tables("movement"):
            movement = self._movement(table)
            if movement.name in movements:
                table.fail(f"a second movement {movement.name!r}: give it another name", "name")
            movements[movement.name] = movement
        if not movements:
            document.fail("no [[movement]] in this file, so nobody can do anything")
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

    def _declare_gesture(self, table: TableReader) -> None:
        """A gesture that the project has no word for yet."""
        table.must_know(("name", "mirror"))
        name = _name(table, "name")
        mirror = _name(table, "mirror") if "mirror" in table else name
        self._mirrors |= {name: mirror, mirror: name}
        self._gestures += [name, mirror]

    def _declare_posture(self, name: str, table: TableReader) -> None:
        _must_know(table, _POSTURE)
        self._postures[name], _ = self._arm(table)
        if table.flag("rest", default=False):
            self._rests[name] = self._postures[name]

    def _movement(self, table: TableReader) -> Movement:
        _must_know(table, _MOVEMENT)
        keys = table.tables("key")
        if not keys:
            table.fail("this movement has no keyframe: write [[movement.key]] below it")
        both = table.choice("arms", known=("one", "both"), kind="word", default="one") == "both"
        gesture = table.choice("gesture", known=self._gestures, kind="gesture")
        if both and self._mirror(gesture) != gesture:
            table.fail(f"both arms cannot do {gesture!r}, which has a side", "arms")
        name = _name(table, "name")
        repeat = _range(table, "repeat", (1.0, 1.0))
        repeat_from = int(table.number("repeat_from", default=0.0))
        if not 0 <= repeat_from < len(keys):
            table.fail(f"there is no keyframe {repeat_from}; the first is number 0", "repeat_from")
        swing = _swing(table.table("swing")) if "swing" in table else None
        return Movement(
            name=name,
            gesture=gesture,
            keys=tuple(self._key(key) for key in keys),
            both=both,
            sides=_choices(table, "sides", _SIDES, "side") if "sides" in table else _SIDES,
            starts=_choices(table, "starts", list(self._rests), "start pose") if "starts" in table else (),
            tempo=_range(table, "tempo", Movement.tempo),
            amplitude=_range(table, "amplitude", Movement.amplitude),
            back=_range(table, "back", Movement.back),
            retrace=table.number("retrace", default=0.0),
            repeat=(int(repeat[0]), int(repeat[1])),
            repeat_from=repeat_from,
            swing=swing,
        )

    def _key(self, table: TableReader) -> Keyframe:
        _must_know(table, _KEY)
        pose, shapes = self._arm(table)
        other = None
        if "other" in table:
            other_arm = table.table("other")
            _must_know(other_arm, _ARM)
            other, _ = self._arm(other_arm)
        return Keyframe(
            pose=pose,
            move=_range(table, "move", (0.5, 0.7)),
            hold=_range(table, "hold", (0.0, 0.0)),
            scatter=table.number("scatter", default=0.05),
            shapes=shapes,
            other=other,
            trunk=_trunk(table) if set(table) & set(_TRUNK) else None,
            resting="at" in table and table.value("at") == RESTING,
        )

    def _arm(self, table: TableReader) -> tuple[ArmPose, tuple[Floats, ...]]:
        if "at" in table:
            return self._arm_at(table)
        wrist = _vector(table, "wrist")
        if math.hypot(*wrist) > FARTHEST_WRIST:
            table.fail(f"no arm reaches {math.hypot(*wrist):.2f} arm lengths; at most 1", "wrist")
        fingers, palm = _direction(table, "fingers"), _direction(table, "palm")
        if np.linalg.norm(np.cross(fingers, palm)) < 0.1 * math.hypot(*fingers) * math.hypot(*palm):
            table.fail("the palm cannot face where the fingers point", "palm")
        shapes = self._shapes_named(table)
        elbow = _direction(table, "elbow") if "elbow" in table else (0.5, -1.0, -0.3)
        pose = arm(wrist, fingers, palm, shapes[0], elbow, table.number("shrug", default=0.0))
        return pose, shapes

    def _arm_at(self, table: TableReader) -> tuple[ArmPose, tuple[Floats, ...]]:
        for field in ("wrist", "fingers", "palm", "shape", "elbow", "shrug"):
            if field in table:
                table.fail(f"{field!r} does not go with 'at', which names a whole arm", field)
        name = table.choice("at", known=[*self._postures, RESTING], kind="posture")
        if name == RESTING:
            if not self._rests:
                table.fail("no posture of this file has rest = true", "at")
            name = next(iter(self._rests))
        return self._postures[name], (self._postures[name].fingers,)

    def _shapes_named(self, table: TableReader) -> tuple[Floats, ...]:
        ways = table.one_or_more("shape") or [("shape",)]
        names = [table.choice(*way, known=list(self._shapes), kind="hand shape") for way in ways]
        return tuple(self._shapes[name] for name in names)


def _hand_shape(table: TableReader) -> Floats:
    table.must_know(FINGER_JOINTS, "joint")
    relaxed = dict(zip(FINGER_JOINTS, HAND_SHAPES["relaxed"], strict=True))
    return np.array([table.number(joint, default=relaxed[joint]) for joint in FINGER_JOINTS])


def _swing(table: TableReader) -> Swing:
    _must_know(table, _SWING)
    return Swing(
        wrist=_vector(table, "wrist", Swing.wrist),
        quarter=_vector(table, "quarter", Swing.quarter),
        wander=_vector(table, "wander", Swing.wander),
        tilt=_angle(table, "tilt"),
        flex=_angle(table, "flex"),
        roll=_angle(table, "roll"),
        curl=table.number("curl", default=0.0),
        hertz=_range(table, "hertz", Swing.hertz),
    )


def _trunk(table: TableReader) -> Trunk:
    nothing: Direction = (0.0, 0.0, 0.0)
    head, spine, shift = (np.array(_vector(table, bone, nothing)) for bone in ("head", "spine", "shift"))
    turn, jaw = _angle(table, "turn"), _angle(table, "jaw")
    legs: dict[str, Any] = {name: _angle(table, name) for name in _LEGS}
    fall: tuple[float, ...] = (0.0, 0.0)
    if "fall" in table:
        fall = table.numbers("fall", count=2, expected="two angles [forward, to the left]")
    trunk = Trunk(np.radians(head), np.radians(spine), turn, shift, jaw)
    return replace(trunk, **legs, fall=np.radians(fall))


def _must_know(table: TableReader, fields: Sequence[str]) -> None:
    for field in table:
        if field not in fields:
            is_bone = suggestion(field, list(fields)) in _TRUNK
            table.unknown(field, fields, "bone" if is_bone else "field")


# What a single value may be.


def _name(table: TableReader, key: str) -> str:
    name = table.text(key)
    if not name:
        table.wrong("a name in quotes", key)
    return name


def _choices(table: TableReader, key: str, known: Sequence[Word], kind: str) -> tuple[Word, ...]:
    ways = table.items(key, expected="a list of names in brackets")
    if not ways:
        table.wrong("a list of names in brackets", key)
    return tuple(table.choice(*way, known=known, kind=kind) for way in ways)


def _angle(table: TableReader, key: str) -> float:
    return math.radians(table.number(key, default=0.0))


def _range(table: TableReader, key: str, default: Range) -> Range:
    if key not in table:
        return default
    least, most = table.numbers(key, count=2, expected="a range [least, most]")
    if not 0 <= least <= most:
        table.wrong("a range [least, most] from 0 upwards", key)
    return least, most


def _vector(table: TableReader, key: str, default: Direction | None = None) -> Direction:
    if default is not None and key not in table:
        return default
    x, y, z = table.numbers(key, count=3, expected="three numbers [outwards, up, forward]")
    return x, y, z


def _direction(table: TableReader, key: str) -> Direction:
    vector = _vector(table, key)
    if math.hypot(*vector) < 1e-6:
        table.fail(f"{key!r} is a direction and cannot be [0, 0, 0]", key)
    return vector
