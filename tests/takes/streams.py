"""Joints of somebody who stands there and moves a hand, as a made-up stream."""

from collections.abc import Callable, Iterator

import numpy as np

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region import Region

FPS = 20.0
REGION = Region(320.0, 240.0, 420.0, 1.0, 0.0)
WIDTH = 1 / 4.2
"""A shoulder width in shares of the region."""

_PLACES = {"shoulder": (0.5, 0.45), "elbow": (0.7, 0.65), "wrist": (0.75, 0.85), "index_tip": (0.75, 0.92)}
_OTHERS = {"thumb_tip": (0.7, 0.9), "pinky_tip": (0.78, 0.9)}


def at_rest() -> np.ndarray:
    """(J, 3) with both hands hanging."""
    joints = np.zeros((len(KEYPOINTS), 3), np.float32)
    joints[:, 2] = 1.0
    for number, name in enumerate(KEYPOINTS):
        if name == "nose":
            joints[number, :2] = 0.5, 0.3
            continue
        side, _, joint = name.partition("_")
        out, down = {**_PLACES, **_OTHERS}[joint]
        across = (out - 0.5) * WIDTH * 2.1 + WIDTH / 2
        joints[number, :2] = 0.5 + (across if side == "left" else -across), down
    return joints


Lift = Callable[[float], float]
"""Shoulder widths by which a hand is up, at a time."""


def stroke(begin: float, there: float = 0.4, held: float = 1.0, back: float = 0.4, high: float = 2.0) -> Lift:
    """Up, held, down again."""
    moments = np.cumsum([begin, there, held, back])
    return lambda at: float(np.interp(at, moments, [0.0, high, high, 0.0]))


def moved(*, right: Lift = lambda at: 0.0, left: Lift = lambda at: 0.0, at: float = 0.0) -> np.ndarray:
    joints = at_rest()
    for side, lift in (("right", right), ("left", left)):
        for joint, share in (("elbow", 0.5), ("wrist", 1.0), ("index_tip", 1.0)):
            joints[KEYPOINTS.index(f"{side}_{joint}"), 1] -= share * lift(at) * WIDTH
    return joints


def times(seconds: float, begin: float = 0.0) -> Iterator[float]:
    return (begin + number / FPS for number in range(round(seconds * FPS) + 1))
