"""How somebody does it: every person has habits, and does nothing twice alike."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.motion.vocabulary import Movement, Range
from gesturelrcn.synthesis.pose import HAND_SHAPES

_RELAXED = np.array(HAND_SHAPES["relaxed"])


@dataclass(frozen=True)
class Style:
    """One performance of a movement.

    Attributes:
        tempo: 1.0 is normal, 2.0 twice as fast; `amplitude`: 1.0 is normal.
        turn: (3,) roll, tilt and flex of the hand beside what is described, radians.
        looseness: 0 to 1, how far the hand is on the way from the described shape to a relaxed one.
        fingers: (7,) what is added to its shape.
        shape: 0 to 1, chooses among several shapes that are described.
        shaping: share of the way after which palm and fingers are there.
    """

    tempo: float
    amplitude: float
    turn: Floats
    looseness: float
    fingers: Floats
    shape: float
    shaping: float

    def fingers_of(self, shapes: tuple[Floats, ...]) -> Floats:
        """(7,) one of the described hand shapes as it is shown this time."""
        shape = shapes[int(self.shape * len(shapes))]
        loose = shape + self.looseness * (_RELAXED - shape) + self.fingers
        return np.concatenate([np.clip(loose[:4], 0, 1), loose[4:]])


class Habits:
    """Whether somebody is quick or slow, and moves widely or little.

    Args:
        rng: habits come from it, and all that is by chance each time.
    """

    def __init__(self, rng: Generator) -> None:
        self._rng = rng
        self._pace, self._size = rng.random(2)

    def style(self, movement: Movement, tempo: float | None = None, amplitude: float | None = None) -> Style:
        """How this person makes a movement this time, half habit and half chance, where nothing is given."""
        luck = self._rng
        turn = np.clip(luck.normal(0, 1, 3), -2, 2) * np.radians([10, 7, 8])
        pace, size = (0.5 * (habit + luck.random()) for habit in (self._pace, self._size))
        return Style(
            tempo=tempo if tempo is not None else _within(movement.tempo, pace),
            amplitude=amplitude if amplitude is not None else _within(movement.amplitude, size),
            turn=turn,
            looseness=float(luck.uniform(0, 0.2)),
            fingers=luck.normal(0, 0.04, len(_RELAXED)),
            shape=float(luck.random()),
            shaping=float(luck.uniform(0.65, 1.0)),
        )


def _within(limits: Range, share: float) -> float:
    return limits[0] + (limits[1] - limits[0]) * float(share)
