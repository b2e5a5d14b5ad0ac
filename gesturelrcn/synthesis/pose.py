"""What a body does at one moment, in words that fit every body: arms, hands, trunk, head."""

from dataclasses import dataclass, field, replace

import numpy as np

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.rotations import about, cross, frame, matrix, quaternion, slerp, twist, unit

SIDES: tuple[Hand, Hand] = ("left", "right")
NOMINAL_UPPER_ARM = 0.53
"""Share of the upper arm in the length from shoulder to wrist."""

HAND_SHAPES: dict[str, tuple[float, ...]] = {
    # curl of index, middle, ring, little finger; spread; thumb across the palm; thumb curl
    "open": (0.02, 0.02, 0.03, 0.05, 1.0, -0.2, 0.0),
    "flat": (0.05, 0.05, 0.06, 0.08, 0.1, 0.2, 0.1),
    "relaxed": (0.22, 0.28, 0.34, 0.40, 0.3, 0.3, 0.25),
    "loose_open": (0.12, 0.14, 0.17, 0.20, 0.5, 0.1, 0.12),
    "fist": (0.97, 0.98, 0.98, 0.98, 0.0, 1.15, 0.85),
    "point": (0.0, 0.93, 0.97, 0.98, 0.0, 0.85, 0.6),
    "thumb": (0.97, 0.98, 0.98, 0.98, 0.0, -0.55, -0.15),
    "pinch": (0.47, 0.22, 0.18, 0.16, 0.2, -0.09, 0.80),
    "two": (0.0, 0.0, 0.95, 0.97, 1.2, 0.9, 0.7),
    "spread": (0.0, 0.0, 0.0, 0.02, 1.6, -0.5, 0.0),
    "cupped": (0.25, 0.25, 0.28, 0.32, 0.1, 0.3, 0.3),
    "grip": (0.50, 0.52, 0.55, 0.58, 0.1, 0.7, 0.4),
    "typing": (0.38, 0.40, 0.42, 0.45, 0.6, 0.25, 0.25),
    "loose_fist": (0.75, 0.80, 0.84, 0.86, 0.1, 0.5, 0.5),
    "loose_point": (0.10, 0.70, 0.78, 0.82, 0.2, 0.4, 0.4),
    "pen": (0.48, 0.50, 0.60, 0.66, 0.0, 0.75, 0.40),
    "picking": (0.45, 0.45, 0.50, 0.55, 0.1, 0.85, 0.35),
}
"""Hand shapes by name."""

FINGER_JOINTS = ("index", "middle", "ring", "little", "spread", "thumb_across", "thumb_curl")
"""What the numbers of a hand shape are."""


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
class Trunk:
    """All of a body but its arms; angles in radians, lengths in metres.

    Attributes:
        head: (3,) nod (down positive), turn (to the person's left positive), tilt.
        spine: (3,) the same for the trunk, spread over its vertebrae.
        turn: of the whole body on the spot; `shift`: (3,) of the whole body.
        jaw: opening of the mouth.
        stride: angle of the left leg forward and the right one back, for those who walk.
        hinge: of the trunk forward at the hips, the legs staying as they are.
        crouch: of the thighs forward, knees bent so that the soles stay on the floor and below the hips.
        apart: of each leg to its side.
        fall: (2,) of the whole body over its soles: forward, to the person's left.
    """

    head: Floats = field(default_factory=lambda: np.zeros(3))
    spine: Floats = field(default_factory=lambda: np.zeros(3))
    turn: float = 0.0
    shift: Floats = field(default_factory=lambda: np.zeros(3))
    jaw: float = 0.0
    stride: float = 0.0
    hinge: float = 0.0
    crouch: float = 0.0
    apart: float = 0.0
    fall: Floats = field(default_factory=lambda: np.zeros(2))

    def mirrored(self) -> "Trunk":
        """The mirror picture, for a movement that the right arm leads."""
        sides = np.array([1.0, -1.0, -1.0])
        shift = self.shift * np.array([-1.0, 1.0, 1.0])
        return replace(
            self,
            head=self.head * sides,
            spine=self.spine * sides,
            turn=-self.turn,
            shift=shift,
            stride=-self.stride,
            fall=self.fall * np.array([1.0, -1.0]),
        )

    def sized(self, factor: float) -> "Trunk":
        """The same with larger or smaller angles of hips and legs; the rest as it is."""
        return replace(
            self,
            hinge=factor * self.hinge,
            crouch=factor * self.crouch,
            apart=factor * self.apart,
            stride=factor * self.stride,
        )

    def plus(self, other: "Trunk") -> "Trunk":
        """Both at once, for small angles."""
        return Trunk(
            self.head + other.head,
            self.spine + other.spine,
            self.turn + other.turn,
            self.shift + other.shift,
            self.jaw + other.jaw,
            self.stride + other.stride,
            self.hinge + other.hinge,
            self.crouch + other.crouch,
            self.apart + other.apart,
            self.fall + other.fall,
        )

    def towards(self, other: "Trunk", share: float) -> "Trunk":
        """`share` (0 to 1) of the way to another one."""
        return Trunk(
            self.head + share * (other.head - self.head),
            self.spine + share * (other.spine - self.spine),
            self.turn + share * (other.turn - self.turn),
            self.shift + share * (other.shift - self.shift),
            self.jaw + share * (other.jaw - self.jaw),
            self.stride + share * (other.stride - self.stride),
            self.hinge + share * (other.hinge - self.hinge),
            self.crouch + share * (other.crouch - self.crouch),
            self.apart + share * (other.apart - self.apart),
            self.fall + share * (other.fall - self.fall),
        )


@dataclass(frozen=True)
class Pose:
    """A whole body at one moment.

    Attributes:
        left, right: the person's own arms; `trunk`: all the rest.
        blink: 0 eyes open to 1 closed.
    """

    left: ArmPose
    right: ArmPose
    trunk: Trunk = field(default_factory=Trunk)
    blink: float = 0.0


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
    return upper_way, lower_way, cross(outwards, way)


def arm(
    wrist: tuple[float, float, float],
    fingers: tuple[float, float, float],
    palm: tuple[float, float, float],
    shape: str | Floats,
    elbow: tuple[float, float, float] = (0.5, -1.0, -0.3),
    shrug: float = 0.0,
) -> ArmPose:
    """An arm from what one sees: where the wrist is, whereto fingers and palm point, the hand's shape.

    The hand is stored relative to the forearm: between two poses the wrist then turns as wrists do, and never
    flips although the fingers point down in one and up in the other.
    """
    place, bend = np.array(wrist, float), np.array(elbow, float)
    curls = np.array(HAND_SHAPES[shape] if isinstance(shape, str) else shape)
    _, forearm, axis = reach(place, bend, NOMINAL_UPPER_ARM, 1 - NOMINAL_UPPER_ARM)
    relative = frame(forearm, axis).T @ frame(np.array(fingers, float), np.array(palm, float))
    return ArmPose(place, unit(bend), quaternion(relative), curls, shrug)


def between(start: ArmPose, end: ArmPose, share: float, shaping: float | None = None) -> ArmPose:
    """The arm at `share` (0 to 1, may overshoot) of the way; the wrist's curve keeps off the shoulder.

    Args:
        start, end: the arm before and after.
        share: of the way of the wrist.
        shaping: share of the way of palm and fingers, which are often there before the wrist; None: the same.
    """
    bulge = path_bulge(start, end)
    wrist = start.wrist + share * (end.wrist - start.wrist) + 4 * share * (1 - share) * bulge
    inside = float(np.clip(share, 0, 1))
    shaped = inside if shaping is None else float(np.clip(shaping, 0, 1))
    return ArmPose(
        wrist=wrist,
        elbow=unit(start.elbow + inside * (end.elbow - start.elbow)),
        hand=slerp(start.hand, end.hand, shaped),
        fingers=start.fingers + shaped * (end.fingers - start.fingers),
        shrug=start.shrug + inside * (end.shrug - start.shrug),
    )


def path_bulge(start: ArmPose, end: ArmPose) -> Floats:
    """(3,) by which the middle of the way leaves the straight line: outwards and forward."""
    middle = (start.wrist + end.wrist) / 2
    clear = 0.62 * min(1.0, float(np.linalg.norm(end.wrist - start.wrist)))
    missing = max(0.0, clear - float(np.linalg.norm(middle)))
    return missing * unit(np.array([0.35, 0.0, 0.9]))


def bent(pose: ArmPose, roll: float, tilt: float, flex: float) -> ArmPose:
    """The arm with its hand turned, radians.

    `roll` turns the palm about the fingers, `tilt` the fingers sideways (outwards where the palm faces
    forward and the fingers point up), `flex` the fingers towards the palm.
    """
    x, y, z = np.eye(3)
    turn = about(x, roll) @ about(y, -tilt) @ about(z, flex)
    return replace(pose, hand=quaternion(matrix(pose.hand) @ turn))


def carried(pose: ArmPose, wrist: Floats, elbow: Floats) -> ArmPose:
    """The hand as it is, fingers and palm whereto they were, but with the wrist and the elbow elsewhere."""
    upper, lower = NOMINAL_UPPER_ARM, 1 - NOMINAL_UPPER_ARM
    hand = hand_frame(pose, *reach(pose.wrist, pose.elbow, upper, lower)[1:])
    relative = frame(*reach(wrist, elbow, upper, lower)[1:]).T @ hand
    return replace(pose, wrist=wrist, elbow=unit(elbow), hand=quaternion(relative))


def finger_direction(pose: ArmPose) -> Floats:
    """(3,) whereto the fingers point, in the axes of `ArmPose.wrist`, for an arm of nominal proportions."""
    _, forearm, axis = reach(pose.wrist, pose.elbow, NOMINAL_UPPER_ARM, 1 - NOMINAL_UPPER_ARM)
    return np.asarray(hand_frame(pose, forearm, axis)[:, 0])


def wrist_angles(pose: ArmPose) -> tuple[float, float]:
    """How a hand is held against its forearm, radians: fingers off the forearm's line, and roll about it.

    A wrist bends by less than 90 degrees; forearm and shoulder together roll a hand by about 120 either way.
    """
    turn = matrix(pose.hand)
    return float(np.arccos(np.clip(turn[0, 0], -1, 1))), twist(turn, np.array([1.0, 0.0, 0.0]))


def hand_frame(pose: ArmPose, forearm: Floats, axis: Floats) -> Floats:
    """(3, 3) columns: finger direction, palm direction, their cross product, for a solved forearm."""
    return frame(forearm, axis) @ matrix(pose.hand)
