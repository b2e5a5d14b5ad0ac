"""What a movement is: keyframes of one or both arms and the trunk, with ranges, timing and a way back.

A movement is written for the left arm: outwards is away from the body. The right arm performs its mirror
picture, which is the mirror gesture: who points outwards with the left arm points left, with the right arm
right. So left and right are always the person's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.pose import ArmPose, Trunk
from gesturelrcn.vocabulary import NONE

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
        shapes: (7,) hand shapes of which each performance takes one; the first is that of `pose`.
        other: where the other arm is; None leaves it where it was.
        trunk: head, spine and place of the body; None leaves them as they were.
        resting: the arm stays wherever it rests; `pose` is only one such place.
    """

    pose: ArmPose
    move: Range
    hold: Range = (0.0, 0.0)
    scatter: float = 0.05
    shapes: tuple[Floats, ...] = ()
    other: ArmPose | None = None
    trunk: Trunk | None = None
    resting: bool = False


@dataclass(frozen=True)
class Swing:
    """What goes to and fro in an arm while it is held.

    Attributes:
        wrist: (x, y, z) amplitude of the wrist in arm lengths; `quarter`: the same a quarter of a cycle
            later, so that both together are an ellipse.
        wander: (x, y, z) by which the wrist strays without a rhythm, arm lengths.
        tilt: amplitude of the fingers sideways, `flex`: towards the palm, `roll`: of the palm about the
            fingers, all radians.
        curl: share by which the four fingers (the index finger alone where only it is straight) close.
        hertz: (least, most) cycles a second.
    """

    wrist: Direction = (0.0, 0.0, 0.0)
    quarter: Direction = (0.0, 0.0, 0.0)
    wander: Direction = (0.0, 0.0, 0.0)
    tilt: float = 0.0
    flex: float = 0.0
    roll: float = 0.0
    curl: float = 0.0
    hertz: Range = (1.0, 1.0)


@dataclass(frozen=True)
class Movement:
    """Keyframes from rest to the end of the stroke, and how the arm comes back.

    Attributes:
        name: of the movement; `gesture`: what it means for the left arm, or "none".
        keys: in order; the stroke ends when the last one is reached.
        both: both arms do it, each the mirror picture of the other.
        sides: the hands that perform it.
        starts: names of the start poses from which it may begin; empty for all.
        tempo: factor (least, most) on its speed; `amplitude`: on its size.
        back: seconds (least, most) of the way back to rest.
        retrace: how often, 0 to 1, the hand goes back through the first keyframe instead of straight to rest.
        repeat: how often (least, most) the keys from number `repeat_from` on are done.
        swing: while the last key is held.
    """

    name: str
    gesture: str
    keys: tuple[Keyframe, ...]
    both: bool = False
    sides: tuple[Hand, ...] = ("left", "right")
    starts: tuple[str, ...] = ()
    tempo: Range = (0.8, 1.3)
    amplitude: Range = (1.0, 1.0)
    back: Range = (0.5, 0.8)
    retrace: float = 0.0
    repeat: tuple[int, int] = (1, 1)
    repeat_from: int = 0
    swing: Swing | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Everything that people of one vocabulary file can do.

    Attributes:
        movements: by name.
        gestures: gesture -> hand that leads -> names of the movements to choose from, "none" among them.
        postures: arms in places that mean nothing, by name; `rests`: those in which arms rest.
        mirrors: mirror gesture of every gesture that is not its own mirror.
        whole_body: people stand, and are filmed from head to foot, wherever they go or fall.
    """

    movements: Mapping[str, Movement]
    gestures: Mapping[str, Mapping[Hand, tuple[str, ...]]]
    postures: Mapping[str, ArmPose]
    rests: Mapping[str, ArmPose]
    mirrors: Mapping[str, str] = field(default_factory=dict)
    whole_body: bool = False

    @property
    def negatives(self) -> tuple[str, ...]:
        """Names of the movements of class `none`."""
        return tuple(name for name, movement in self.movements.items() if movement.gesture == "none")


def gesture_names(vocabulary: Vocabulary) -> list[str]:
    """Every gesture of a vocabulary but `none`, sorted."""
    return sorted(name for name in vocabulary.gestures if name != NONE)
