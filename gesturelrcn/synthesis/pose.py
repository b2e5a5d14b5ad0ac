"""What a body does at one moment, in words that fit every body: arms, hands, trunk, head."""

from dataclasses import dataclass, field

import numpy as np

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.rotations import frame, matrix, quaternion, slerp, unit

NOMINAL_UPPER_ARM = 0.53
"""Share of the upper arm in the length from shoulder to wrist."""

HAND_SHAPES: dict[str, tuple[float, ...]] = {
    # curl of index, middle, ring, little finger; spread; thumb across the palm; thumb curl
    "open": (0.02, 0.02, 0.03, 0.05, 1.0, -0.2, 0.0),
    "flat": (0.05, 0.05, 0.06, 0.08, 0.1, 0.2, 0.1),
    "relaxed": (0.22, 0.28, 0.34, 0.40, 0.3, 0.3, 0.25),
    "fist": (0.97, 0.98, 0.98, 0.98, 0.0, 0.9, 0.7),
    "point": (0.0, 0.93, 0.97, 0.98, 0.0, 0.85, 0.6),
    "thumb": (0.97, 0.98, 0.98, 0.98, 0.0, -0.55, -0.15),
    "pinch": (0.50, 0.35, 0.30, 0.28, 0.5, 0.75, 0.45),
    "two": (0.0, 0.0, 0.95, 0.97, 1.2, 0.9, 0.7),
}


@dataclass(frozen=True)
class ArmPose:
    """One arm as if it were the left one; the right arm is its mirror picture.

    Attributes:
        wrist: (3,) from the shoulder, in lengths from shoulder to wrist: x outwards, y up, z forward.
        elbow: (3,) direction to which the elbow bends out.
        hand: (4,) quaternion of the hand relative to the forearm (see `arm`).
        fingers: (7,) hand shape, in the order of HAND_SHAPES.
        shrug: how far the shoulder is pulled up, 0 to 1.
    """

    wrist: Floats
    elbow: Floats
    hand: Floats
    fingers: Floats
    shrug: float = 0.0


@dataclass(frozen=True)
class Pose:
    """A whole body at one moment; angles in radians, lengths in metres.

    Attributes:
        left, right: the person's own arms.
        head: (3,) nod (down positive), turn (to the person's left positive), tilt.
        spine: (3,) the same for the trunk, spread over its vertebrae.
        turn: of the whole body on the spot; `shift`: (3,) of the whole body.
        blink: 0 eyes open to 1 closed; `jaw`: opening of the mouth.
    """

    left: ArmPose
    right: ArmPose
    head: Floats = field(default_factory=lambda: np.zeros(3))
    spine: Floats = field(default_factory=lambda: np.zeros(3))
    turn: float = 0.0
    shift: Floats = field(default_factory=lambda: np.zeros(3))
    blink: float = 0.0
    jaw: float = 0.0


def reach(wrist: Floats, elbow: Floats, upper: float, lower: float) -> tuple[Floats, Floats, Floats]:
    """Two-bone inverse kinematics by the law of cosines.

    Args:
        wrist: (3,) target from the shoulder; drawn nearer or farther where the arm cannot reach.
        elbow: (3,) direction to which the elbow bends out.
        upper, lower: lengths of upper arm and forearm in the same unit.

    Returns:
        unit directions of the upper arm and the forearm, and the axis of the elbow, all (3,).
    """
    way = unit(wrist)
    distance = float(np.clip(np.linalg.norm(wrist), abs(upper - lower) + 0.2 * upper, 0.99 * (upper + lower)))
    outwards = unit(elbow - way * (way @ elbow))
    cosine = np.clip((upper**2 + distance**2 - lower**2) / (2 * upper * distance), -1, 1)
    upper_way = cosine * way + np.sqrt(1 - cosine**2) * outwards
    lower_way = unit(distance * way - upper * upper_way)
    return upper_way, lower_way, np.cross(outwards, way)


def arm(
    wrist: tuple[float, float, float],
    fingers: tuple[float, float, float],
    palm: tuple[float, float, float],
    shape: str,
    elbow: tuple[float, float, float] = (0.5, -1.0, -0.3),
    shrug: float = 0.0,
) -> ArmPose:
    """An arm from what one sees: where the wrist is, whereto fingers and palm point, the hand's shape.

    The hand is stored relative to the forearm: between two poses the wrist then turns as wrists do, and never
    flips although the fingers point down in one and up in the other.
    """
    place, bend = np.array(wrist, float), np.array(elbow, float)
    _, forearm, axis = reach(place, bend, NOMINAL_UPPER_ARM, 1 - NOMINAL_UPPER_ARM)
    relative = frame(forearm, axis).T @ frame(np.array(fingers, float), np.array(palm, float))
    return ArmPose(place, unit(bend), quaternion(relative), np.array(HAND_SHAPES[shape]), shrug)


def between(start: ArmPose, end: ArmPose, share: float) -> ArmPose:
    """The arm at `share` (0 to 1, may overshoot) of the way; the wrist's curve keeps off the shoulder."""
    bulge = path_bulge(start, end)
    wrist = start.wrist + share * (end.wrist - start.wrist) + 4 * share * (1 - share) * bulge
    inside = float(np.clip(share, 0, 1))
    return ArmPose(
        wrist=wrist,
        elbow=unit(start.elbow + inside * (end.elbow - start.elbow)),
        hand=slerp(start.hand, end.hand, inside),
        fingers=start.fingers + inside * (end.fingers - start.fingers),
        shrug=start.shrug + inside * (end.shrug - start.shrug),
    )


def path_bulge(start: ArmPose, end: ArmPose) -> Floats:
    """(3,) by which the middle of the way leaves the straight line: outwards and forward."""
    middle = (start.wrist + end.wrist) / 2
    clear = 0.62 * min(1.0, float(np.linalg.norm(end.wrist - start.wrist)))
    missing = max(0.0, clear - float(np.linalg.norm(middle)))
    return missing * unit(np.array([0.35, 0.0, 0.9]))


def hand_frame(pose: ArmPose, forearm: Floats, axis: Floats) -> Floats:
    """(3, 3) columns: finger direction, palm direction, their cross product, for a solved forearm."""
    return frame(forearm, axis) @ matrix(pose.hand)
