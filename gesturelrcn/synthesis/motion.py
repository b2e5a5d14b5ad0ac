"""Motion: arms go from rest through a gesture and back, timed as people do, and never quite still."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.gestures import GESTURES, MOVEMENTS, Keyframe, Movement, Oscillation, Range
from gesturelrcn.synthesis.pose import ArmPose, Pose, between
from gesturelrcn.synthesis.rotations import about, matrix, quaternion

VISIBLE_SHARE = 0.1
"""A minimum-jerk reach has moved by 0.9 % after this share of its time: before, nobody sees that it began."""
OVERSHOOT = 0.012
"""Share of the way by which a hand swings over its goal, damped within half a second."""
TREMOR_ARM_LENGTHS = 0.0012
"""Amplitude of the 8-11 Hz tremor of a held hand."""


@dataclass(frozen=True)
class Performed:
    """The truth about one gesture in a timeline, in seconds from its beginning.

    Attributes:
        gesture: name from the vocabulary; left and right are the person's own.
        hand: the person's own hand that did it.
        onset: the hand leaves its rest (visibly: `VISIBLE_SHARE`).
        stroke_end: the pose is reached, or the sweep is over.
        offset: the hand begins to go back.
        rested: the hand is back at rest.
    """

    gesture: str
    hand: Hand
    onset: float
    stroke_end: float
    offset: float
    rested: float


@dataclass(frozen=True)
class _Segment:
    start: float
    end: float
    first: ArmPose
    last: ArmPose
    oscillation: Oscillation | None = None
    hertz: float = 0.0


class Timeline:
    """What one person does, second by second: pauses and gestures are appended, poses are read at any time.

    Args:
        rng: every random choice comes from it, in the order of the calls.
        rest: pose of both arms between gestures, `left` and `right`.
        liveliness: 0 stands like a statue, 1 sways and breathes like most people.
    """

    def __init__(self, rng: Generator, rest: dict[Hand, ArmPose], liveliness: float = 1.0) -> None:
        self._rng = rng
        self._rest = rest
        self._segments: dict[Hand, list[_Segment]] = {"left": [], "right": []}
        self._drift = {name: _Drift(rng) for name in ("left", "right", "head", "spine", "shift")}
        self._tremor_phase = rng.uniform(0, 2 * np.pi, 3)
        self._tremor_hertz = rng.uniform(8, 11)
        self._breath_hertz = rng.uniform(0.2, 0.33)
        self._blinks = np.cumsum(rng.exponential(3.5, 400) + 0.4)
        self._liveliness = liveliness
        self.length = 0.0
        self.performed: list[Performed] = []

    def pause(self, seconds: float) -> None:
        """Arms rest for a while."""
        self.length += seconds

    def perform(
        self,
        gesture: str,
        hand: Hand = "right",
        movement: str | None = None,
        hold: float | None = None,
        tempo: float = 1.0,
    ) -> Performed:
        """Append a gesture, from rest back to rest.

        Args:
            gesture: name from the vocabulary.
            hand: the person's own hand that does it.
            movement: name from MOVEMENTS; chosen by chance among those of the gesture if None.
            hold: seconds that the end of the stroke is held; by chance if None.
            tempo: 1.0 is normal, 2.0 twice as fast.

        Raises:
            SynthesisError: nobody has described this gesture for this hand.
        """
        movement = movement or str(self._rng.choice(_described(gesture, hand)))
        script = MOVEMENTS[movement]
        began, at, pose = self.length, self.length, self._rest[hand]
        first_move = stroke_end = offset = 0.0
        for index, key in enumerate(script.keys):
            last = index == len(script.keys) - 1
            seconds = self._between(key.move) / tempo
            goal = self._scattered(key)
            at = self._append(hand, at, seconds, pose, goal)
            first_move = first_move or seconds
            stroke_end = at
            held = hold if hold is not None and last else self._between(key.hold)
            at = self._append(hand, at, held, goal, goal, script if last else None)
            offset, pose = at, goal
        at = self._append(hand, at, self._between(script.back) / tempo, pose, self._rest[hand])
        truth = Performed(gesture, hand, began + VISIBLE_SHARE * first_move, stroke_end, offset, at)
        self.length = at
        self.performed.append(truth)
        return truth

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
        shift = self._drift["shift"].at(time, 0.25) * np.array([0.012, 0.002, 0.012]) * lively
        return Pose(
            left=self._arm("left", time, breath),
            right=self._arm("right", time, breath),
            head=self._drift["head"].at(time, 0.5) * np.array([0.05, 0.09, 0.03]) * lively,
            spine=self._drift["spine"].at(time, 0.25) * np.array([0.02, 0.03, 0.015]) * lively
            + [0.006 * breath, 0, 0],
            shift=shift,
            blink=_blink(time, self._blinks) * min(1.0, lively),
        )

    def _between(self, limits: Range) -> float:
        return float(self._rng.uniform(*limits))

    def _scattered(self, key: Keyframe) -> ArmPose:
        return replace(key.pose, wrist=key.pose.wrist + self._rng.normal(0, key.scatter, 3))

    def _append(
        self,
        hand: Hand,
        at: float,
        seconds: float,
        first: ArmPose,
        last: ArmPose,
        held: Movement | None = None,
    ) -> float:
        if seconds > 0:
            swing = held.oscillation if held else None
            hertz = self._between(swing.hertz) if swing else 0.0
            self._segments[hand].append(_Segment(at, at + seconds, first, last, swing, hertz))
        return at + seconds

    def _arm(self, hand: Hand, time: float, breath: float) -> ArmPose:
        pose = self._rest[hand]
        for segment in reversed(self._segments[hand]):
            if segment.start <= time:
                share = minimum_jerk((time - segment.start) / (segment.end - segment.start))
                pose = between(segment.first, segment.last, share + self._overshoot(time - segment.end))
                if segment.oscillation is not None and time < segment.end:
                    pose = _swung(
                        pose, segment.oscillation, segment.hertz, time - segment.start, segment.end - time
                    )
                break
        tremor = np.sin(2 * np.pi * self._tremor_hertz * time + self._tremor_phase) * TREMOR_ARM_LENGTHS
        restless = self._drift[hand].at(time, 0.4) * 0.008 + tremor + [0, 0.003 * breath, 0]
        return replace(pose, wrist=pose.wrist + restless * self._liveliness, shrug=pose.shrug + 0.02 * breath)

    @staticmethod
    def _overshoot(since: float) -> float:
        return OVERSHOOT * float(np.exp(-7 * since) * np.sin(13 * since)) if since > 0 else 0.0


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


def _swung(pose: ArmPose, swing: Oscillation, hertz: float, since: float, left: float) -> ArmPose:
    fade = min(1.0, since / 0.2, left / 0.2)
    wave = fade * float(np.sin(2 * np.pi * hertz * since))
    tilted = matrix(pose.hand) @ about(np.array([0.0, 1.0, 0.0]), swing.tilt * wave)
    return replace(pose, wrist=pose.wrist + wave * np.array(swing.wrist), hand=quaternion(tilted))


def _blink(time: float, blinks: Floats) -> float:
    """Lids close and open within 0.3 s around each blink."""
    return float(np.clip(1 - np.abs(blinks - time).min() / 0.15, 0, 1))


def _described(gesture: str, hand: Hand) -> tuple[str, ...]:
    movements = GESTURES.get(gesture, {}).get(hand)
    if not movements:
        known = ", ".join(sorted(GESTURES))
        raise SynthesisError(
            f"No movement of the {hand} hand is described for the gesture {gesture!r}; known are {known}."
        )
    return movements
