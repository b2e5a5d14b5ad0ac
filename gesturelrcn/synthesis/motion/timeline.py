"""Motion: people go from rest through gestures and back, timed as people do, and are never quite still."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.vocabulary import Keyframe, Movement, Range, Swing, Vocabulary
from gesturelrcn.synthesis.pose import (
    HAND_SHAPES,
    ArmPose,
    Pose,
    Trunk,
    bent,
    between,
    carried,
    finger_direction,
    wrist_angles,
)
from gesturelrcn.synthesis.rendering.camera import Camera

VISIBLE_SHARE = 0.1
"""A minimum-jerk reach has moved by 0.9 % after this share of its time: before, nobody sees that it began."""
OVERSHOOT = 0.015
"""Share of the way by which a hand swings over its goal, damped within half a second."""
TREMOR_ARM_LENGTHS = 0.0012
"""Amplitude of the 8-11 Hz tremor of a held hand."""
HAND_ARM_LENGTHS = 0.40
"""From the wrist to the finger tips."""
MOST_WRIST_BEND, MOST_ROLL = np.radians(85), np.radians(105)
"""How far a hand is bent and rolled against its forearm: people can hardly do more."""
FARTHEST_REACH = 1.06
"""Arm lengths; the shoulder gives a little where the arm is stretched."""
LOWEST_RAISE = 0.10
"""Arm lengths above the shoulder: a hand that is kept in the picture is still held up this high."""
LEG_METRES, STRIDE = 0.85, 0.36
"""Of people who walk: length of a leg, and the angle of the legs at the widest of a step, radians."""
FARTHEST_LEAN_METRES = 0.5
"""Whoever moves farther than that goes there."""
SIDES: tuple[Hand, Hand] = ("left", "right")
_RELAXED = np.array(HAND_SHAPES["relaxed"])


@dataclass(frozen=True)
class Performed:
    """The truth about one gesture, or one movement that is none, in seconds from the beginning.

    Attributes:
        gesture: name from the vocabulary, or "none"; left and right are the person's own.
        hand: the person's own hand that did it, or "both".
        onset: the hand leaves its rest (visibly: `VISIBLE_SHARE`).
        stroke_end: the pose is reached, or the sweep is over (for the first time, where it is repeated).
        offset: the hand begins to go back.
        rested: the hand is back at rest.
        movement: name of the movement in the vocabulary file.
    """

    gesture: str
    hand: Hand
    onset: float
    stroke_end: float
    offset: float
    rested: float
    movement: str = ""


class Motion(Protocol):
    """Something that a body does over time and that can be filmed."""

    @property
    def length(self) -> float:
        """Seconds."""

    @property
    def performed(self) -> list[Performed]:
        """The truth, in order."""

    def pose(self, time: float) -> Pose:
        """The body `time` seconds after the beginning."""

    def gesture_at(self, time: float) -> str:
        """Name from the vocabulary, or "none"."""


class Track(Protocol):
    """Somebody's recorded motion, fit for `Timeline.play`."""

    @property
    def truth(self) -> Performed:
        """The gesture in it, in seconds from its beginning."""

    @property
    def length(self) -> float:
        """Seconds."""

    def arm(self, hand: Hand, time: float) -> ArmPose:
        """One arm at a moment."""

    def trunk(self, time: float) -> Trunk:
        """The rest of the body at that moment."""


class Timeline:
    """What one person does, second by second: pauses and gestures are appended, poses are read at any time.

    Places and times come from `rng` in the order of the calls, manners from a child of it.

    Args:
        rng: every random choice comes from it.
        rest: where the arms are between gestures: the name of a rest of the vocabulary, or a pose for each.
        liveliness: 0 stands like a statue, 1 sways, breathes and fidgets like most people.
        vocabulary: what this person can do.
        ceiling: how high finger tips may go above the shoulder, in arm lengths: raised hands that would go
            higher are held lower with the elbow out, as people do who see themselves (see `ceiling_of`).

    Raises:
        SynthesisError: the vocabulary has no such rest.
    """

    def __init__(
        self,
        rng: Generator,
        rest: str | Mapping[Hand, ArmPose],
        liveliness: float = 1.0,
        *,
        vocabulary: Vocabulary = SHIPPED,
        ceiling: float = float("inf"),
    ) -> None:
        self._rng, self._liveliness = rng, liveliness
        self._manner = rng.spawn(1)[0]
        self._vocabulary, self._ceiling = vocabulary, ceiling
        self._rest_name = rest if isinstance(rest, str) else None
        self._rest = _named_rest(vocabulary, rest) if isinstance(rest, str) else dict(rest)
        self._arms = {side: _Channel(self._rest[side]) for side in SIDES}
        self._trunk = _Channel(Trunk())
        self._stance = Trunk()
        self._drift = {name: _Drift(rng) for name in ("left", "right", "head", "spine", "shift")}
        self._tremor_phase = rng.uniform(0, 2 * np.pi, 3)
        self._tremor_hertz = rng.uniform(8, 11)
        self._breath_hertz = rng.uniform(0.2, 0.33)
        self._blinks = np.cumsum(rng.exponential(3.5, 400) + 0.4)
        self._pace, self._size = self._manner.random(2)
        self.length = 0.0
        self.performed: list[Performed] = []

    def pause(self, seconds: float) -> None:
        """Arms rest for a while; lively people look around and shift their weight."""
        if self._liveliness > 0:
            self._fidget(self.length, self.length + seconds)
        self.length += seconds

    def perform(
        self,
        gesture: str,
        hand: Hand | None = None,
        movement: str | None = None,
        hold: float | None = None,
        tempo: float | None = None,
        amplitude: float | None = None,
    ) -> Performed:
        """Append a gesture, from rest back to rest.

        Args:
            gesture: name from the vocabulary, or "none" for a movement that means nothing.
            hand: the person's own hand that leads; "both" for a gesture of two hands; by chance if None.
            movement: name from the vocabulary's movements; by chance among those of the gesture if None.
            hold: seconds that the end of the stroke is held or repeated; by chance if None.
            tempo: 1.0 is normal, 2.0 twice as fast; by chance, as this person is, if None.
            amplitude: 1.0 is normal; by chance, as this person is, if None.

        Raises:
            SynthesisError: nobody has described this gesture for this hand.
        """
        script, lead = self._chosen(gesture, hand, movement)
        style = self._style(script, tempo, amplitude)
        began, at = self.length, self.length
        keys = self._repeated(script, hold)
        first_move = stroke_end = offset = 0.0
        first_goal: ArmPose | None = None
        for index, key in enumerate(keys):
            last = index == len(keys) - 1
            seconds = self._between(key.move) / style.tempo
            goal = self._goal(script, key, style, lead)
            first_goal = first_goal or goal
            fixed = hold is not None and last and len(keys) == len(script.keys)
            self._move(script, key, style, lead, goal, at, seconds)
            at += seconds
            first_move = first_move or seconds
            stroke_end = stroke_end or (at if index == len(script.keys) - 1 else 0.0)
            held = float(hold) if fixed and hold is not None else self._between(key.hold)
            swing = script.swing if last else None
            self._hold(lead, script.both, at, held, swing, style.amplitude)
            at += held
            offset = at
        rested = self._go_back(script, lead, first_goal, offset, style)
        truth = Performed(
            gesture=gesture,
            hand="both" if script.both else lead,
            onset=began + VISIBLE_SHARE * first_move,
            stroke_end=stroke_end,
            offset=offset,
            rested=rested,
            movement=script.name,
        )
        self.length = rested
        self.performed.append(truth)
        return truth

    def abandon(self, gesture: str, hand: Hand | None = None, movement: str | None = None) -> Performed:
        """Append a gesture that is begun and broken off before anybody could tell: class `none`."""
        script, lead = self._chosen(gesture, hand, movement)
        style = self._style(script, None, None)
        key = script.keys[0]
        share = self._rng.uniform(0.2, 0.45)
        seconds = self._between(key.move) / style.tempo * (0.4 + share)
        goal = self._goal(script, key, style, lead)
        began = self.length
        for side in SIDES if script.both else (lead,):
            here = self._arms[side].last
            self._arms[side].append(
                _Reach(began, began + seconds, here, between(here, goal, share), style.shaping)
            )
        reached = began + seconds
        offset = reached + self._rng.uniform(0.0, 0.5)
        self._hold(lead, script.both, reached, offset - reached, None, 1.0)
        rested = self._go_back(script, lead, None, offset, style)
        truth = Performed(
            "none",
            "both" if script.both else lead,
            began + VISIBLE_SHARE * seconds,
            reached,
            offset,
            rested,
            f"{script.name} (abandoned)",
        )
        self.length = rested
        self.performed.append(truth)
        return truth

    def everyday(self, seconds: float) -> None:
        """At least so long of what people do in front of a camera without meaning anything: class `none`."""
        ends = self.length + seconds
        gestures = [name for name in self._vocabulary.gestures if name != "none"]
        while self.length < ends:
            kind, left = self._rng.random(), ends - self.length
            if kind < 0.4 or left < 2.5 or not self._fitting("none", None):
                self.pause(min(left, float(self._rng.uniform(1.0, 7.0))))
            elif kind < 0.55:
                self.abandon(gestures[int(self._rng.integers(len(gestures)))])
            else:
                self.perform("none")

    def play(self, track: Track) -> Performed:
        """Append recorded motion: the arms go where it begins, follow it, and come back."""
        at = self.length
        begins = at + float(self._manner.uniform(0.4, 0.8))
        ends = begins + track.length
        rested = ends + float(self._manner.uniform(0.5, 0.9))
        for side in SIDES:
            channel = self._arms[side]
            channel.append(_Reach(at, begins, channel.last, track.arm(side, 0.0)))
            channel.append(_Played(begins, ends, lambda time, side=side: track.arm(side, time)))
            channel.append(_Reach(ends, rested, channel.last, self._rest_again(side)))
        self._trunk.append(_Turning(at, begins, self._trunk.last, track.trunk(0.0)))
        self._trunk.append(_Played(begins, ends, track.trunk))
        self._trunk.append(_Turning(ends, rested, self._trunk.last, self._stance))
        truth = track.truth
        # Clips that end while the gesture is held go on to be held until the arms go back.
        shifted = replace(
            truth,
            onset=begins + truth.onset,
            stroke_end=begins + truth.stroke_end,
            offset=begins + min(truth.offset, track.length),
            rested=rested,
        )
        self.length = rested
        self.performed.append(shifted)
        return shifted

    def gesture_at(self, time: float) -> str:
        """The gesture whose onset and offset enclose `time`, else "none"."""
        for done in self.performed:
            if done.onset <= time <= done.offset:
                return done.gesture
        return "none"

    def pose(self, time: float) -> Pose:
        """The body `time` seconds after the beginning; at rest outside what was appended."""
        lively = self._liveliness
        breath = lively * np.sin(2 * np.pi * self._breath_hertz * time)
        trunk = self._trunk.at(time)
        drift = {name: self._drift[name].at(time, hertz) * lively for name, hertz in _SWAY_HERTZ.items()}
        return Pose(
            left=self._arm("left", time, breath),
            right=self._arm("right", time, breath),
            head=trunk.head + drift["head"] * np.array([0.05, 0.09, 0.03]),
            spine=trunk.spine + drift["spine"] * np.array([0.02, 0.03, 0.015]) + [0.006 * breath, 0, 0],
            turn=trunk.turn,
            shift=trunk.shift + drift["shift"] * np.array([0.012, 0.002, 0.012]),
            blink=_blink(time, self._blinks) * min(1.0, lively),
            jaw=trunk.jaw,
            stride=trunk.stride,
            hinge=trunk.hinge,
            crouch=trunk.crouch,
            apart=trunk.apart,
            fall=trunk.fall,
        )

    # Choosing what to do and how.

    def _chosen(self, gesture: str, hand: Hand | None, movement: str | None) -> tuple[Movement, Hand]:
        if movement is not None and movement not in self._vocabulary.movements:
            known = ", ".join(sorted(self._vocabulary.movements))
            raise SynthesisError(f"No movement {movement!r} is described; known are {known}.")
        fitting = self._fitting(gesture, hand)
        if movement is not None:
            fitting = [(name, side) for name, side in self._fitting(gesture, hand, True) if name == movement]
        if not fitting:
            known = ", ".join(sorted(self._vocabulary.gestures))
            whose = "" if hand is None else f" of the {hand} hand" if hand != "both" else " of both hands"
            which = f" called {movement!r}" if movement else ""
            raise SynthesisError(
                f"No movement{which}{whose} is described for the gesture {gesture!r}; known are {known}."
            )
        choice = 0 if len(fitting) == 1 else self._by_chance(fitting)
        name, lead = fitting[choice]
        return self._vocabulary.movements[name], lead

    def _by_chance(self, fitting: list[tuple[str, Hand]]) -> int:
        """Most people use the right hand for most things."""
        weights = np.array([2.0 if side == "right" else 1.0 for _, side in fitting])
        return int(self._rng.choice(len(fitting), p=weights / weights.sum()))

    def _fitting(self, gesture: str, hand: Hand | None, any_start: bool = False) -> list[tuple[str, Hand]]:
        """Movements of a gesture that these hands can do from where they rest."""
        hands = self._vocabulary.gestures.get(gesture, {})
        found: list[tuple[str, Hand]] = []
        for side in SIDES if hand in (None, "both") else (hand,):
            for name in hands.get(side, ()) if side else ():
                script = self._vocabulary.movements[name]
                starts = script.starts
                here = any_start or not starts or self._rest_name is None or self._rest_name in starts
                if here and (hand != "both" or script.both):
                    found.append((name, side))
        return found

    def _style(self, script: Movement, tempo: float | None, amplitude: float | None) -> "_Style":
        """How this person does it this time: half habit, half chance."""
        luck = self._manner
        turn = np.clip(luck.normal(0, 1, 3), -2, 2) * np.radians([10, 7, 8])
        pace, size = (0.5 * (habit + luck.random()) for habit in (self._pace, self._size))
        return _Style(
            tempo=tempo if tempo is not None else _within(script.tempo, pace),
            amplitude=amplitude if amplitude is not None else _within(script.amplitude, size),
            turn=turn,
            looseness=float(luck.uniform(0, 0.2)),
            fingers=luck.normal(0, 0.04, len(_RELAXED)),
            shape=float(luck.random()),
            shaping=float(luck.uniform(0.65, 1.0)),
        )

    def _repeated(self, script: Movement, hold: float | None) -> list[Keyframe]:
        again = script.keys[script.repeat_from :]
        times = int(self._rng.integers(script.repeat[0], script.repeat[1] + 1)) if script.repeat[1] > 1 else 1
        if hold is not None and script.repeat[1] > 1:
            once = sum(np.mean(key.move) + np.mean(key.hold) for key in again)
            times = max(1, round(float(hold / once)))
        return [*script.keys, *(list(again) * (times - 1))]

    def _goal(self, script: Movement, key: Keyframe, style: "_Style", lead: Hand) -> ArmPose:
        """Where the arm goes this time: the keyframe, scattered, within what arms can do."""
        scattered = self._rng.normal(0, key.scatter, 3)
        if key.resting:
            return self._arms[lead].last
        middle = np.mean([k.pose.wrist for k in script.keys], axis=0)
        origin = middle if len(script.keys) > 1 else self._rest[lead].wrist
        # What swings is as large as it swings, wherever the hand is.
        size = 1.0 if script.swing is not None else style.amplitude
        wrist = origin + size * (key.pose.wrist - origin) + scattered
        distance = float(np.linalg.norm(wrist))
        wrist = wrist * min(1.0, FARTHEST_REACH / max(distance, 1e-6))
        pose = _turned(_placed(key.pose, wrist), style.turn)
        if key.shapes:
            shape = key.shapes[int(style.shape * len(key.shapes))]
            loose = shape + style.looseness * (_RELAXED - shape) + style.fingers
            pose = replace(pose, fingers=np.r_[np.clip(loose[:4], 0, 1), loose[4:]])
        return _under(pose, self._ceiling)

    # Appending.

    def _move(
        self,
        script: Movement,
        key: Keyframe,
        style: "_Style",
        lead: Hand,
        goal: ArmPose,
        at: float,
        seconds: float,
    ) -> None:
        follower: Hand = "left" if lead == "right" else "right"
        goals = {lead: goal}
        if script.both and not key.resting:
            # Two hands never do quite the same.
            goals[follower] = replace(goal, wrist=goal.wrist + self._manner.normal(0, 0.3 * key.scatter, 3))
        elif key.other is not None:
            goals[follower] = _turned(key.other, style.turn)
        for side, pose in goals.items():
            channel = self._arms[side]
            channel.append(_Reach(at, at + seconds, channel.last, pose, style.shaping))
        if key.trunk is not None:
            trunk = (key.trunk if lead == "left" else key.trunk.mirrored()).sized(style.amplitude)
            self._trunk.append(_Turning(at, at + seconds, self._trunk.last, trunk.plus(self._stance)))

    def _hold(
        self, lead: Hand, both: bool, at: float, seconds: float, swing: Swing | None, amplitude: float
    ) -> None:
        if seconds <= 0:
            return
        hertz = self._between(swing.hertz) if swing else 0.0
        for side in SIDES if both else (lead,):
            channel = self._arms[side]
            came = channel.newest
            start = came.first if isinstance(came, _Reach) else channel.last
            swinging = _Swinging(swing, hertz, amplitude, _Drift(self._manner)) if swing else None
            channel.append(_Held(at, at + seconds, channel.last, start, swinging))

    def _go_back(
        self, script: Movement, lead: Hand, first: ArmPose | None, at: float, style: "_Style"
    ) -> float:
        """Everything that has left its rest returns to it; returns when it is there."""
        seconds = self._between(script.back) / style.tempo
        if first is not None and len(script.keys) > 1 and self._manner.random() < script.retrace:
            channel = self._arms[lead]
            by = at + 0.8 * seconds
            channel.append(_Reach(at, by, channel.last, first))
            at = by
        rested = at + seconds
        for side in SIDES:
            channel = self._arms[side]
            if channel.newest is not None and not channel.resting:
                channel.append(_Reach(at, rested, channel.last, self._rest_again(side), resting=True))
        if not self._trunk.resting:
            self._trunk.append(_Turning(at, rested, self._trunk.last, self._stance, resting=True))
        return rested

    def _rest_again(self, side: Hand) -> ArmPose:
        """Nobody puts a hand back to quite where it was."""
        astray = self._manner.normal(0, 0.018, 3) * min(1.0, self._liveliness)
        return replace(self._rest[side], wrist=self._rest[side].wrist + astray)

    def _fidget(self, at: float, ends: float) -> None:
        """Glances, weight shifts and hands laid anew between two moments."""
        luck = self._manner
        while True:
            at += float(luck.exponential(4.5 / self._liveliness))
            there, stays, back = luck.uniform((0.3, 0.2, 0.3), (0.8, 2.0, 0.8))
            if at + there + stays + back > ends:
                return
            kind = luck.random()
            if kind < 0.55:
                look = Trunk(head=np.clip(luck.normal(0, 1, 3), -2, 2) * [0.14, 0.38, 0.05])
                self._trunk.append(_Turning(at, at + there, self._stance, self._stance.plus(look)))
                self._trunk.append(
                    _Turning(at + there + stays, at + there + stays + back, self._trunk.last, self._stance)
                )
            elif kind < 0.8:
                aside = float(np.clip(luck.normal(0, 1), -2, 2))
                stance = Trunk(spine=np.array([0, 0, -0.025 * aside]), shift=np.array([0.018 * aside, 0, 0]))
                self._trunk.append(_Turning(at, at + there + stays, self._stance, stance))
                self._stance = stance
            else:
                side = SIDES[int(luck.integers(2))]
                channel = self._arms[side]
                channel.append(
                    _Reach(at, at + there + back, channel.last, self._rest_again(side), resting=True)
                )
            at += there + stays + back

    def _between(self, limits: Range) -> float:
        return float(self._rng.uniform(*limits))

    def _arm(self, hand: Hand, time: float, breath: float) -> ArmPose:
        pose = self._arms[hand].at(time)
        tremor = np.sin(2 * np.pi * self._tremor_hertz * time + self._tremor_phase) * TREMOR_ARM_LENGTHS
        restless = self._drift[hand].at(time, 0.4) * 0.014 + tremor + [0, 0.003 * breath, 0]
        return replace(pose, wrist=pose.wrist + restless * self._liveliness, shrug=pose.shrug + 0.02 * breath)


_SWAY_HERTZ = {"head": 0.5, "spine": 0.25, "shift": 0.25}


@dataclass(frozen=True)
class _Style:
    """One performance: speed, size, turn of the hand, looseness of its shape."""

    tempo: float
    amplitude: float
    turn: Floats
    looseness: float
    fingers: Floats
    shape: float
    shaping: float


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Stretch(Protocol[T_co]):
    """A piece of motion between two moments."""

    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def resting(self) -> bool: ...
    def at(self, time: float) -> T_co: ...


class _Channel(Generic[T]):
    """What one part of the body does, in stretches; between them it stays where the one before ended."""

    def __init__(self, rest: T) -> None:
        self._begin = rest
        self._starts: list[float] = []
        self._stretches: list[_Stretch[T]] = []

    @property
    def newest(self) -> _Stretch[T] | None:
        return self._stretches[-1] if self._stretches else None

    @property
    def resting(self) -> bool:
        return not self._stretches or self._stretches[-1].resting

    @property
    def last(self) -> T:
        """Where it is at the end of all that was appended."""
        newest = self.newest
        return self._begin if newest is None else newest.at(newest.end)

    def append(self, stretch: _Stretch[T]) -> None:
        if stretch.end > stretch.start:
            self._starts.append(stretch.start)
            self._stretches.append(stretch)

    def at(self, time: float) -> T:
        index = bisect_right(self._starts, time) - 1
        if index < 0:
            return self._begin
        stretch = self._stretches[index]
        return stretch.at(min(time, stretch.end))


@dataclass(frozen=True)
class _Reach:
    """An arm on its way; palm and fingers are there after the share `shaping` of the time."""

    start: float
    end: float
    first: ArmPose
    goal: ArmPose
    shaping: float = 1.0
    resting: bool = False

    def at(self, time: float) -> ArmPose:
        share = (time - self.start) / (self.end - self.start)
        return between(self.first, self.goal, minimum_jerk(share), minimum_jerk(share / self.shaping))


@dataclass(frozen=True)
class _Swinging:
    swing: Swing
    hertz: float
    amplitude: float
    wander: "_Drift"

    def applied(self, pose: ArmPose, since: float, left: float) -> ArmPose:
        swing, fade = self.swing, min(1.0, since / 0.25, left / 0.2) * self.amplitude
        cycle = 2 * np.pi * self.hertz * since
        wave, quarter = fade * float(np.sin(cycle)), fade * float(np.cos(cycle))
        way = wave * np.array(swing.wrist) + quarter * np.array(swing.quarter)
        way = way + fade * self.wander.at(since, self.hertz) * np.array(swing.wander)
        fingers = pose.fingers.copy()
        # A straight index finger between closed ones is the one that moves.
        moving = slice(0, 1) if fingers[1] - fingers[0] > 0.3 else slice(0, 4)
        fingers[moving] = np.clip(fingers[moving] + swing.curl * (fade - quarter) / 2, 0, 1)
        moved = replace(pose, wrist=pose.wrist + way, fingers=fingers)
        return bent(moved, swing.roll * wave, swing.tilt * wave, swing.flex * wave)


@dataclass(frozen=True)
class _Held:
    """An arm that has come from `came_from` and stays at `pose`: it swings over, and to and fro."""

    start: float
    end: float
    pose: ArmPose
    came_from: ArmPose
    swinging: _Swinging | None = None
    resting: bool = False

    def at(self, time: float) -> ArmPose:
        since, left = time - self.start, self.end - time
        over = OVERSHOOT * float(np.exp(-7 * since) * np.sin(13 * since)) * min(1.0, left / 0.1)
        pose = between(self.came_from, self.pose, 1 + over)
        return pose if self.swinging is None else self.swinging.applied(pose, since, left)


@dataclass(frozen=True)
class _Turning:
    """Head and trunk on their way. Whoever goes farther than a step walks there."""

    start: float
    end: float
    first: Trunk
    goal: Trunk
    resting: bool = False

    def at(self, time: float) -> Trunk:
        share = minimum_jerk((time - self.start) / (self.end - self.start))
        trunk = self.first.towards(self.goal, share)
        way = float(np.linalg.norm((self.goal.shift - self.first.shift)[[0, 2]]))
        if way < FARTHEST_LEAN_METRES:
            return trunk
        stride, lower = walking(share * way, STRIDE * min(1.0, 8 * share * (1 - share)))
        return replace(trunk, stride=stride, shift=trunk.shift - np.array([0, lower, 0]))


class _Played(Generic[T]):
    """A stretch that somebody else knows; `read` is given seconds from its start."""

    resting = False

    def __init__(self, start: float, end: float, read: "_Reader[T]") -> None:
        self.start, self.end, self._read = start, end, read

    def at(self, time: float) -> T:
        return self._read(time - self.start)


class _Reader(Protocol[T_co]):
    def __call__(self, time: float, /) -> T_co: ...


def ceiling_of(camera: Camera, joints: Floats, margin: float = 0.05) -> float:
    """How high a hand can go above the shoulders and stay in this camera's picture, in arm lengths.

    Args:
        camera: whose picture.
        joints: (J, 3) world places of the joints of `KEYPOINTS` of the person at rest.
        margin: share of the picture's height to keep free.
    """
    at = dict(zip(KEYPOINTS, joints, strict=True))
    lowest = np.inf
    for side in SIDES:
        shoulder, elbow, wrist = (at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
        length = float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))
        ways = np.arange(0.0, 2.0, 0.02)
        # A raised hand is somewhat nearer to the camera than the shoulder.
        points = shoulder + length * np.c_[0 * ways, ways, 0 * ways + 0.3]
        out = np.flatnonzero(camera.project(points)[:, 1] < margin)
        lowest = min(lowest, float(ways[out[0]]) if len(out) else np.inf)
    return float(lowest)


def walking(metres: float, widest: float = STRIDE) -> tuple[float, float]:
    """The legs of somebody who has walked so far: `Pose.stride`, and metres by which the hips are lower.

    `widest` is the angle of the legs at the widest of a step, radians.
    """
    step = 2 * LEG_METRES * np.sin(STRIDE)
    stride = widest * float(np.sin(np.pi * metres / step))
    return stride, LEG_METRES * (1 - float(np.cos(stride)))


def minimum_jerk(share: float) -> float:
    """Share of the way after a share of the time (Flash and Hogan 1985, equation 3), 0 before and 1 after."""
    t = float(np.clip(share, 0, 1))
    return t**3 * (10 - 15 * t + 6 * t * t)


class _Drift:
    """Slow smooth wandering in three dimensions, each within about -1 to 1."""

    def __init__(self, rng: Generator) -> None:
        self._phases = rng.uniform(0, 2 * np.pi, (3, 3))
        self._speeds = rng.uniform(0.6, 1.6, (3, 3)) * np.array([0.4, 1.0, 1.7])

    def at(self, time: float, hertz: float) -> Floats:
        waves = np.sin(2 * np.pi * hertz * self._speeds * time + self._phases)
        return np.asarray(waves @ np.array([0.5, 0.35, 0.15]))


def _named_rest(vocabulary: Vocabulary, name: str) -> dict[Hand, ArmPose]:
    if name not in vocabulary.rests:
        known = ", ".join(sorted(vocabulary.rests))
        raise SynthesisError(f"No rest {name!r} is described; known are {known}.")
    return {"left": vocabulary.rests[name], "right": vocabulary.rests[name]}


def _within(limits: Range, share: float) -> float:
    return limits[0] + (limits[1] - limits[0]) * float(share)


def _placed(pose: ArmPose, wrist: Floats) -> ArmPose:
    """The arm with its wrist elsewhere; the hand stays as it is seen, or else as it is on its forearm."""
    moved = carried(pose, wrist, pose.elbow)
    bend, roll = wrist_angles(moved)
    return moved if bend < MOST_WRIST_BEND and abs(roll) < MOST_ROLL else replace(pose, wrist=wrist)


def _turned(pose: ArmPose, turn: Floats) -> ArmPose:
    """The hand turned by (3,) roll, tilt, flex, or by as much of that as a wrist allows."""
    before = wrist_angles(pose)
    for share in (1.0, 0.6, 0.3):
        tried = bent(pose, *(share * turn))
        after = wrist_angles(tried)
        if after[0] < max(before[0], MOST_WRIST_BEND) and abs(after[1]) < max(abs(before[1]), MOST_ROLL):
            return tried
    return pose


def _under(pose: ArmPose, ceiling: float) -> ArmPose:
    """The pose with its finger tips at most at `ceiling`, the elbow out where that lowers the hand."""
    top = pose.wrist[1] + HAND_ARM_LENGTHS * max(0.0, float(finger_direction(pose)[1]))
    if top <= ceiling or pose.wrist[1] <= LOWEST_RAISE:
        return pose
    wrist = pose.wrist.copy()
    wrist[1] = max(LOWEST_RAISE, wrist[1] - (top - ceiling))
    # A bent arm is not held over the shoulder but beside the head.
    wrist[0] = max(wrist[0], 0.22)
    return carried(pose, wrist, np.array([1.0, -0.6, -0.1]))


def _blink(time: float, blinks: Floats) -> float:
    """Lids close and open within 0.3 s around each blink."""
    return float(np.clip(1 - np.abs(blinks - time).min() / 0.15, 0, 1))
