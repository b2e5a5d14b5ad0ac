"""What whole bodies do: bend at the hips, crouch, put their legs apart, fall over.

The person stands at rest with straight legs; the axes are those of `Rig.transforms`: x to the person's left,
y up, z forward.
"""

import numpy as np

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rotations import about

X, Y, Z = np.eye(3)
LYING_SIDE_METRES, LYING_FRONT_METRES = 0.17, 0.11
"""From the middle of the body to the floor for people who lie on their side, and on their front or back."""
MOST_REACH = 0.98
"""Share of a shank by which a knee may go forward, so that the soles still come below the hips."""


def legs_move(pose: Pose) -> bool:
    """Whether hips and knees have anything to do but to walk."""
    return bool(pose.trunk.hinge or pose.trunk.crouch or pose.trunk.apart)


def leg_turns(person: Person, pose: Pose) -> dict[str, Floats]:
    """Turn of each bone of the legs in its parent, those of walking left out."""
    knee = _knee(person, pose.trunk.crouch)
    turns = {}
    for side, outwards in (("L", 1.0), ("R", -1.0)):
        thigh = about(Z, outwards * pose.trunk.apart) @ about(X, -pose.trunk.crouch)
        # The trunk has gone forward at the hips and taken the legs with it: they come back.
        turns[f"upperleg01.{side}"] = about(X, -pose.trunk.hinge) @ thigh
        turns[f"lowerleg01.{side}"] = about(X, knee)
        turns[f"foot.{side}"] = about(X, pose.trunk.crouch - knee)
    return turns


def hips_lowered(person: Person, pose: Pose) -> float:
    """Metres by which the hips come down, so that the soles stay on the floor."""
    hip, knee, ankle = _joints(person)
    shank = about(X, _knee(person, pose.trunk.crouch) - pose.trunk.crouch) @ (ankle - knee)
    leg = about(Z, pose.trunk.apart) @ (about(X, -pose.trunk.crouch) @ (knee - hip) + shank)
    return float(leg[1] - (ankle - hip)[1])


def hips(person: Person) -> Floats:
    """(3,) the middle between the hip joints at rest."""
    left, right = (person.heads[BONES.index(f"upperleg01.{side}")] for side in "LR")
    return np.asarray((left + right) / 2)


def fallen(transforms: Floats, pose: Pose) -> Floats:
    """(B, 3, 4) of somebody who stands, tipped over the place of the soles as far as the trunk falls."""
    forward, left = (float(angle) for angle in pose.trunk.fall)
    if not forward and not left:
        return transforms
    turn = about(Y, pose.trunk.turn) @ about(Z, -left) @ about(X, forward) @ about(Y, -pose.trunk.turn)
    soles = pose.trunk.shift * np.array([1.0, 0.0, 1.0])
    lift = LYING_SIDE_METRES * abs(np.sin(left)) + LYING_FRONT_METRES * abs(np.sin(forward))
    out = np.empty_like(transforms)
    out[:, :, :3] = turn @ transforms[:, :, :3]
    out[:, :, 3] = (transforms[:, :, 3] - soles) @ turn.T + soles + lift * Y
    return out


def _knee(person: Person, crouch: float) -> float:
    """Bend of the knees that brings the soles below the hips again, radians."""
    hip, knee, ankle = _joints(person)
    forward = float(np.linalg.norm(knee - hip)) * float(np.sin(crouch))
    share = np.clip(forward / float(np.linalg.norm(ankle - knee)), -MOST_REACH, MOST_REACH)
    return crouch + float(np.arcsin(share))


def _joints(person: Person) -> tuple[Floats, Floats, Floats]:
    """Hip, knee and ankle of the left leg at rest."""
    hip, knee, ankle = (BONES.index(f"{bone}.L") for bone in ("upperleg01", "lowerleg01", "foot"))
    return person.heads[hip], person.heads[knee], person.heads[ankle]
