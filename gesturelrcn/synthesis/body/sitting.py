"""People on chairs: thighs forward, shanks down, the body as much deeper."""

import numpy as np

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.rotations import about

BEND = 1.45
"""Radians at hips and knees."""
THIGH_METRES = 0.06
"""Half a thigh: seats are that much below the hip joints."""
_LEFT_HIP, _LEFT_KNEE = BONES.index("upperleg01.L"), BONES.index("lowerleg01.L")


def lowered_by_sitting(person: Person) -> float:
    """Metres by which everything above the legs comes down, so that the soles stay on the floor."""
    hip, knee = person.heads[_LEFT_HIP], person.heads[_LEFT_KNEE]
    thigh = float(np.linalg.norm(hip - knee))
    return float(hip[1] - knee[1]) - thigh * float(np.cos(BEND))


def seat_height(person: Person) -> float:
    """Metres from the floor to the seat of a chair that fits."""
    hip = person.heads[_LEFT_HIP, 1] - person.ground - lowered_by_sitting(person)
    return float(hip) - THIGH_METRES


def seat(transforms: Floats, person: Person, lowered: float) -> Floats:
    """(B, 3, 4) of somebody who stands, as `Rig.transforms` returns them, of the same person on a chair."""
    seated: Floats = transforms.copy()
    seated[:, 1, 3] -= lowered
    for side in "LR":
        _bend(seated, person, f"upperleg01.{side}", (f"upperleg02.{side}",), -BEND)
        shank = (f"lowerleg02.{side}", f"foot.{side}")
        _bend(seated, person, f"lowerleg01.{side}", shank, BEND, f"upperleg02.{side}")
    return seated


def _bend(
    transforms: Floats,
    person: Person,
    bone: str,
    followers: tuple[str, ...],
    angle: float,
    parent: str | None = None,
) -> None:
    """Turn a bone about the body's own sideways axis, at its head, and everything below it with it."""
    index = BONES.index(bone)
    above = transforms[index if parent is None else BONES.index(parent)]
    head = person.heads[index]
    turned = above[:, :3] @ about(np.array([1.0, 0.0, 0.0]), angle)
    moved = np.c_[turned, above[:, :3] @ head + above[:, 3] - turned @ head]
    for name in (bone, *followers):
        transforms[BONES.index(name)] = moved
