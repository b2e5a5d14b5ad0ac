"""What a body does over time, with the truth about it."""

from dataclasses import dataclass
from typing import Protocol

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.pose import ArmPose, Pose, Trunk

VISIBLE_SHARE = 0.1
"""A minimum-jerk reach has moved by 0.9 % after this share of its time: before, nobody sees that it began."""


@dataclass(frozen=True)
class PerformedMovement:
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
    def performed(self) -> list[PerformedMovement]:
        """The truth, in order."""

    def pose(self, time: float) -> Pose:
        """The body `time` seconds after the beginning."""

    def gesture_at(self, time: float) -> str:
        """Name from the vocabulary, or "none"."""


class RecordedMotion(Protocol):
    """Somebody's recorded motion, fit for `MotionTimeline.play`."""

    @property
    def truth(self) -> PerformedMovement:
        """The gesture in it, in seconds from its beginning."""

    @property
    def length(self) -> float:
        """Seconds."""

    def arm(self, hand: Hand, time: float) -> ArmPose:
        """One arm at a moment."""

    def trunk(self, time: float) -> Trunk:
        """The rest of the body at that moment."""
