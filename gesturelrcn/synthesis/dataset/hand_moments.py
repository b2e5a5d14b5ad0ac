"""Moments in which a hand is looked at: in the middle of a gesture, or with arm and fingers anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.dataset.keypoint_images import random_pose
from gesturelrcn.synthesis.film.filming import Actor
from gesturelrcn.synthesis.motion.motion import Motion, PerformedMovement
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary
from gesturelrcn.synthesis.pose import HAND_SHAPES, SIDES, ArmPose, Pose
from gesturelrcn.synthesis.rendering.camera import PinholeCamera
from gesturelrcn.synthesis.scene.framing import ceiling_of

GESTURING_SHARE = 0.5
"""Of the moments, those in the middle of a performance."""
SEATED_RESTS, STANDING_REST = ("lap", "desk"), "hanging"
MOMENTS_PER_GESTURE = 2
ALIKE = 0.18
"""A hand shape may be off a named one by so much in each of its numbers."""


@dataclass(frozen=True)
class Moment:
    """A body at a moment of a motion, and the hands that are worth looking at, the busy one first."""

    motion: Motion
    time: float
    pose: Pose
    hands: tuple[Hand, ...]

    def shape(self, side: Hand) -> str:
        """Name of the hand shape that this hand has, or ""."""
        fingers = (self.pose.left if side == "left" else self.pose.right).fingers
        off = {name: float(np.abs(fingers - shape).max()) for name, shape in HAND_SHAPES.items()}
        nearest = min(off, key=off.__getitem__)
        return nearest if off[nearest] < ALIKE else ""


class Still:
    """Somebody who does not move: a `Motion` of one pose."""

    length = 0.0

    def __init__(self, pose: Pose) -> None:
        self._pose = pose
        self.performed: list[PerformedMovement] = []

    def pose(self, time: float) -> Pose:
        """Always the same."""
        return self._pose

    def gesture_at(self, time: float) -> str:
        """Always "none"."""
        return "none"


def moments(
    rng: Generator, vocabulary: Vocabulary, actor: Actor, camera: PinholeCamera, count: int
) -> Iterator[Moment]:
    """`count` moments of one person before one camera."""
    gesturing = int(rng.binomial(count, GESTURING_SHARE))
    timeline, hands = _performance(rng, vocabulary, actor, camera, -(-gesturing // MOMENTS_PER_GESTURE))
    for number in range(gesturing):
        done = timeline.performed[number // MOMENTS_PER_GESTURE]
        time = float(rng.uniform(done.onset, done.rested))
        lead = hands[number // MOMENTS_PER_GESTURE]
        other: Hand = "left" if lead == "right" else "right"
        both = done.hand == "both" or rng.random() < 0.3
        yield Moment(timeline, time, timeline.pose(time), (lead, other) if both else (lead,))
    for _ in range(count - gesturing):
        pose = random_pose(rng)
        pose = replace(pose, left=_refingered(rng, pose.left), right=_refingered(rng, pose.right))
        yield Moment(Still(pose), 0.0, pose, SIDES)


def holding(moment: Moment, side: Hand, fingers: Floats) -> Moment:
    """The same moment with the (7,) fingers of one hand around a thing; nothing moves then."""
    arm = replace(moment.pose.left if side == "left" else moment.pose.right, fingers=fingers)
    pose = replace(moment.pose, left=arm) if side == "left" else replace(moment.pose, right=arm)
    return replace(moment, motion=Still(pose), pose=pose)


def random_fingers(rng: Generator) -> Floats:
    """(7,) any hand shape: a named one, one between two, or one with single fingers bent or straight."""
    shapes = list(HAND_SHAPES.values())
    fingers = np.array(shapes[rng.integers(len(shapes))])
    kind = rng.choice(["named", "between", "single"], p=[0.4, 0.3, 0.3])
    if kind == "between":
        fingers = fingers + rng.random() * (np.array(shapes[rng.integers(len(shapes))]) - fingers)
    elif kind == "single":
        chosen = rng.random(len(fingers)) < 0.35
        anywhere = rng.uniform([0, 0, 0, 0, 0, -0.5, -0.1], [1, 1, 1, 1, 1.3, 1.1, 0.8])
        fingers = np.where(chosen, anywhere, fingers)
    loose = fingers + rng.normal(0, 0.04, len(fingers))
    return np.asarray(np.r_[np.clip(loose[:4], 0, 1), loose[4:]])


def _performance(
    rng: Generator, vocabulary: Vocabulary, actor: Actor, camera: PinholeCamera, count: int
) -> tuple[MotionTimeline, list[Hand]]:
    """`count` gestures and everyday movements one after another, and which hand leads in each."""
    rests = [name for name in SEATED_RESTS if name in vocabulary.rests] if actor.seated else [STANDING_REST]
    rest = rests[int(rng.integers(len(rests)))]
    # Half of all people keep their hands in the picture.
    at_rest = actor.joints(MotionTimeline(rng, rest, vocabulary=vocabulary).pose(0.0))
    ceiling = ceiling_of(camera, at_rest) if rng.random() < 0.5 else float("inf")
    timeline = MotionTimeline(rng, rest, vocabulary=vocabulary, ceiling=ceiling)
    hands: list[Hand] = []
    for _ in range(count):
        gesture = "none"
        if rng.random() < 0.75:
            gesture = str(rng.choice(sorted(vocabulary.gestures)))
        done = timeline.perform(gesture)
        hands.append(done.hand if done.hand != "both" else SIDES[int(rng.integers(2))])
        timeline.pause(0.3)
    return timeline, hands


def _refingered(rng: Generator, arm: ArmPose) -> ArmPose:
    return replace(arm, fingers=random_fingers(rng)) if rng.random() < 0.7 else arm
