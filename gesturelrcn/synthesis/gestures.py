"""How gestures are performed: keyframes for one arm, described as if it were the left one.

A movement is written once, for "the" arm: outwards is away from the body. `GESTURES` says which movement of
which hand is which gesture, so that left and right are always the person's own.
"""

from dataclasses import dataclass

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.pose import ArmPose, arm

Direction = tuple[float, float, float]
Range = tuple[float, float]


@dataclass(frozen=True)
class Keyframe:
    """A place on the way of a movement.

    Attributes:
        pose: where the arm is.
        move: seconds (least, most) that the way to it takes.
        hold: seconds (least, most) that the arm stays there.
        scatter: standard deviation of the wrist's place from one performance to the next, in arm lengths.
    """

    pose: ArmPose
    move: Range
    hold: Range = (0.0, 0.0)
    scatter: float = 0.05


@dataclass(frozen=True)
class Oscillation:
    """A hand that goes to and fro while it is held.

    Attributes:
        wrist: (x, y, z) amplitude of the wrist in arm lengths; `tilt`: of the fingers sideways, radians.
        hertz: (least, most) cycles a second.
    """

    wrist: Direction
    tilt: float
    hertz: Range


@dataclass(frozen=True)
class Movement:
    """Keyframes from rest to the end of the stroke; the way back to rest follows by itself.

    Attributes:
        keys: in order; the stroke ends when the last one is reached.
        back: seconds (least, most) of the way back to rest.
        oscillation: while the last key is held.
    """

    keys: tuple[Keyframe, ...]
    back: Range = (0.5, 0.8)
    oscillation: Oscillation | None = None


HANGING = arm((0.10, -0.95, 0.06), (0, -1, 0.1), (-1, 0, 0), "relaxed", elbow=(0.3, 0, -1))
IN_LAP = arm((-0.15, -0.70, 0.42), (-0.5, -0.2, 1), (0, -1, 0), "relaxed", elbow=(1, -0.6, -0.6))
ON_DESK = arm((-0.05, -0.52, 0.62), (-0.3, 0, 1), (0, -1, 0), "relaxed", elbow=(1, -0.7, -0.4))
RESTS = {"hanging": HANGING, "lap": IN_LAP, "desk": ON_DESK}

POSTURES: dict[str, ArmPose] = {
    "overhead": arm((0.05, 1.05, 0.0), (0, 1, 0), (0, 0, 1), "relaxed", elbow=(1, 0, 0.2)),
    "sideways": arm((0.98, 0.05, 0.1), (1, 0, 0), (0, -1, 0), "flat", elbow=(0, -0.6, -1)),
    "forward": arm((-0.1, 0.0, 0.95), (0, 0, 1), (0, -1, 0), "flat", elbow=(0.7, -1, 0)),
    "crossed": arm((-0.62, -0.32, 0.42), (-1, 0.1, -0.1), (0, -0.2, -1), "relaxed", elbow=(0.8, -1, 0.1)),
    "chin": arm((-0.30, 0.10, 0.40), (-0.15, 1, -0.15), (-0.2, 0, -1), "relaxed", elbow=(0.7, -1, 0.2)),
    "cheek": arm((-0.08, 0.22, 0.30), (-0.4, 1, -0.2), (-1, 0, -0.3), "relaxed", elbow=(0.8, -1, 0.1)),
    "hair": arm((0.0, 0.55, 0.12), (-0.8, 0.5, -0.3), (-0.4, -0.9, 0), "relaxed", elbow=(1, 0.1, 0.2)),
    "neck": arm((0.05, 0.32, -0.05), (-0.9, 0.2, -0.2), (-0.4, 0, 0.9), "relaxed", elbow=(1, 0.3, 0.4)),
    "hip": arm((0.22, -0.62, 0.08), (-0.6, -0.6, 0.5), (-1, 0, 0), "relaxed", elbow=(1, 0, -0.7)),
    "together": arm(
        (-0.30, -0.35, 0.55), (-0.6, 0.4, 0.6), (-0.9, -0.2, -0.3), "relaxed", elbow=(1, -0.6, -0.3)
    ),
    "mouth": arm((-0.25, 0.12, 0.45), (-0.7, 0.5, -0.3), (-0.5, 0, -0.8), "fist", elbow=(0.8, -1, 0.1)),
    "phone": arm((0.0, 0.22, 0.22), (-0.3, 1, -0.1), (-1, 0.2, 0), "relaxed", elbow=(0.8, -1, 0.2)),
}
"""Places where arms are that mean nothing."""

_REACH = (0.5, 0.7)
_HOLD = (0.9, 1.8)
_SWEEP = (0.28, 0.45)

_INNER = arm((-0.36, 0.02, 0.60), (-0.5, 0.6, 0.6), (-0.5, 0, -0.86), "flat", elbow=(1, -0.7, -0.1))
_OUTER = arm((0.58, 0.05, 0.46), (0.35, 0.75, 0.55), (-0.95, 0, 0.3), "flat", elbow=(0.6, -1, -0.2))

MOVEMENTS: dict[str, Movement] = {
    "raise_straight": Movement(
        (
            Keyframe(
                arm((0.08, 1.06, 0.10), (0, 1, 0), (0, 0, 1), "open", (1, 0, 0.2), shrug=0.2),
                _REACH,
                _HOLD,
                0.03,
            ),
        )
    ),
    "raise_bent": Movement(
        (Keyframe(arm((0.22, 0.48, 0.25), (0.05, 1, 0), (0, 0, 1), "open", (1, -0.6, -0.1)), _REACH, _HOLD),)
    ),
    "point_outwards": Movement(
        (
            Keyframe(
                arm((1.0, -0.08, 0.14), (1, 0, 0.12), (0, -1, 0), "point", (0, -1, -0.3)), _REACH, _HOLD, 0.03
            ),
        )
    ),
    "point_outwards_bent": Movement(
        (
            Keyframe(
                arm((0.55, 0.0, 0.35), (1, 0.1, 0.1), (0, -1, 0.2), "point", (0.2, -1, -0.3)), _REACH, _HOLD
            ),
        )
    ),
    "point_across": Movement(
        (
            Keyframe(
                arm((-0.5, 0.0, 0.55), (-1, 0.05, 0.25), (0, -1, 0), "point", (0.7, -1, 0)), _REACH, _HOLD
            ),
        )
    ),
    "stop": Movement(
        (Keyframe(arm((0.0, 0.08, 0.75), (0, 1, 0.1), (0, 0, 1), "open", (0.8, -1, 0)), _REACH, _HOLD),)
    ),
    "wave": Movement(
        (
            Keyframe(
                arm((0.24, 0.40, 0.30), (0, 1, 0.1), (0, 0, 1), "open", (0.9, -1, -0.2)), _REACH, (1.2, 2.5)
            ),
        ),
        oscillation=Oscillation((0.10, 0, 0), 0.35, (1.2, 2.4)),
    ),
    "thumb_up": Movement(
        (
            Keyframe(
                arm((0.0, -0.1, 0.6), (-0.7, 0, 0.7), (-0.7, 0, -0.7), "thumb", (0.8, -1, -0.1)),
                _REACH,
                _HOLD,
            ),
        )
    ),
    "sweep_outwards": Movement(
        (Keyframe(_INNER, (0.4, 0.6), (0.02, 0.15)), Keyframe(_OUTER, _SWEEP, (0.05, 0.25)))
    ),
    "sweep_inwards": Movement(
        (Keyframe(_OUTER, (0.4, 0.6), (0.02, 0.15)), Keyframe(_INNER, _SWEEP, (0.05, 0.25)))
    ),
}

GESTURES: dict[str, dict[Hand, tuple[str, ...]]] = {
    "raise_hand": {"right": ("raise_straight", "raise_bent"), "left": ("raise_straight", "raise_bent")},
    "point_right": {"right": ("point_outwards", "point_outwards_bent"), "left": ("point_across",)},
    "point_left": {"left": ("point_outwards", "point_outwards_bent"), "right": ("point_across",)},
    "stop": {"right": ("stop",), "left": ("stop",)},
    "wave": {"right": ("wave",), "left": ("wave",)},
    "thumbs_up": {"right": ("thumb_up",), "left": ("thumb_up",)},
    "swipe_right": {"right": ("sweep_outwards",), "left": ("sweep_inwards",)},
    "swipe_left": {"left": ("sweep_outwards",), "right": ("sweep_inwards",)},
}
"""Gesture of the vocabulary -> hand that performs it -> movements to choose from."""
