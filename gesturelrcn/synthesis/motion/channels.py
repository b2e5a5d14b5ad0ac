"""What one part of the body does: stretches of motion, one after another, with rest between."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.motion.vocabulary import Swing
from gesturelrcn.synthesis.pose import ArmPose, Trunk, bent, between

OVERSHOOT = 0.015
"""Share of the way by which a hand swings over its goal, damped within half a second."""
LEG_METRES, STRIDE = 0.85, 0.36
"""Of people who walk: length of a leg, and the angle of the legs at the widest of a step, radians."""
FARTHEST_LEAN_METRES = 0.5
"""Whoever moves farther than that goes there."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Stretch(Protocol[T_co]):
    """A piece of motion between two moments."""

    @property
    def start(self) -> float:
        """Seconds on the clock of the channel."""

    @property
    def end(self) -> float:
        """Seconds on the same clock."""

    @property
    def resting(self) -> bool:
        """Whether it ends where this part of the body rests."""

    def at(self, time: float) -> T_co:
        """Where this part is at a time between start and end."""


class Channel(Generic[T]):
    """What one part of the body does, in stretches; between them it stays where the one before ended."""

    def __init__(self, rest: T) -> None:
        self._begin = rest
        self._starts: list[float] = []
        self._stretches: list[Stretch[T]] = []

    @property
    def newest(self) -> Stretch[T] | None:
        """What was appended last."""
        return self._stretches[-1] if self._stretches else None

    @property
    def resting(self) -> bool:
        """Whether it is at rest at the end of all that was appended."""
        return not self._stretches or self._stretches[-1].resting

    @property
    def last(self) -> T:
        """Where it is at the end of all that was appended."""
        newest = self.newest
        return self._begin if newest is None else newest.at(newest.end)

    def append(self, stretch: Stretch[T]) -> None:
        """Go on with a stretch, from its start on; one without length is left out."""
        if stretch.end > stretch.start:
            self._starts.append(stretch.start)
            self._stretches.append(stretch)

    def at(self, time: float) -> T:
        """Where it is at a time in seconds."""
        index = bisect_right(self._starts, time) - 1
        if index < 0:
            return self._begin
        stretch = self._stretches[index]
        return stretch.at(min(time, stretch.end))


@dataclass(frozen=True)
class Reaching:
    """An arm on its way; palm and fingers are there after the share `shaping` of the time."""

    start: float
    end: float
    first: ArmPose
    goal: ArmPose
    shaping: float = 1.0
    resting: bool = False

    def at(self, time: float) -> ArmPose:
        """The arm at a time between start and end."""
        share = (time - self.start) / (self.end - self.start)
        return between(self.first, self.goal, minimum_jerk(share), minimum_jerk(share / self.shaping))


class Drift:
    """Slow smooth wandering in three dimensions, each within about -1 to 1."""

    def __init__(self, rng: Generator) -> None:
        self._phases = rng.uniform(0, 2 * np.pi, (3, 3))
        self._speeds = rng.uniform(0.6, 1.6, (3, 3)) * np.array([0.4, 1.0, 1.7])

    def at(self, time: float, hertz: float) -> Floats:
        """(3,) the place at a time in seconds; `hertz` is about how often it comes back."""
        waves = np.sin(2 * np.pi * hertz * self._speeds * time + self._phases)
        return np.asarray(waves @ np.array([0.5, 0.35, 0.15]))


@dataclass(frozen=True)
class Swinging:
    """How a held arm goes to and fro: `hertz` times a second, `amplitude` times as far as described."""

    swing: Swing
    hertz: float
    amplitude: float
    wander: Drift

    def applied(self, pose: ArmPose, since: float, left: float) -> ArmPose:
        """The arm `since` seconds after it began to swing and `left` seconds before it ends."""
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
class Holding:
    """An arm that has come from `came_from` and stays at `pose`: it swings over, and to and fro."""

    start: float
    end: float
    pose: ArmPose
    came_from: ArmPose
    swinging: Swinging | None = None
    resting: bool = False

    def at(self, time: float) -> ArmPose:
        """The arm at a time between start and end."""
        since, left = time - self.start, self.end - time
        over = OVERSHOOT * float(np.exp(-7 * since) * np.sin(13 * since)) * min(1.0, left / 0.1)
        pose = between(self.came_from, self.pose, 1 + over)
        return pose if self.swinging is None else self.swinging.applied(pose, since, left)


@dataclass(frozen=True)
class Turning:
    """Head and trunk on their way. Whoever goes farther than a step walks there."""

    start: float
    end: float
    first: Trunk
    goal: Trunk
    resting: bool = False

    def at(self, time: float) -> Trunk:
        """Head and trunk at a time between start and end."""
        share = minimum_jerk((time - self.start) / (self.end - self.start))
        trunk = self.first.towards(self.goal, share)
        way = float(np.linalg.norm((self.goal.shift - self.first.shift)[[0, 2]]))
        if way < FARTHEST_LEAN_METRES:
            return trunk
        stride, lower = walking(share * way, STRIDE * min(1.0, 8 * share * (1 - share)))
        return replace(trunk, stride=stride, shift=trunk.shift - np.array([0, lower, 0]))


class Replayed(Generic[T]):
    """A stretch that somebody else knows; `read` is given seconds from its start."""

    resting = False

    def __init__(self, start: float, end: float, read: Callable[[float], T]) -> None:
        self.start, self.end, self._read = start, end, read

    def at(self, time: float) -> T:
        """What `read` says of that time."""
        return self._read(time - self.start)


def walking(metres: float, widest: float = STRIDE) -> tuple[float, float]:
    """The legs of somebody who has walked so far: `Trunk.stride`, and metres by which the hips are lower.

    `widest` is the angle of the legs at the widest of a step, radians.
    """
    step = 2 * LEG_METRES * np.sin(STRIDE)
    stride = widest * float(np.sin(np.pi * metres / step))
    return stride, LEG_METRES * (1 - float(np.cos(stride)))


def minimum_jerk(share: float) -> float:
    """Share of the way after a share of the time (Flash and Hogan 1985, equation 3), 0 before and 1 after."""
    t = float(np.clip(share, 0, 1))
    return t**3 * (10 - 15 * t + 6 * t * t)
