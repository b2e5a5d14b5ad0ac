"""From a pose to the bones of one person: forward kinematics, arm reach, fingers, hands off the trunk."""

import numpy as np

from gesturelrcn.events import Hand
from gesturelrcn.synthesis.arrays import Floats, Indices
from gesturelrcn.synthesis.body.legs import fallen, hips, hips_lowered, leg_turns, legs_move
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.pose import ArmPose, Pose, hand_frame, reach
from gesturelrcn.synthesis.rotations import about, cross, frame, twist, unit

X, Y, Z = np.eye(3)
INDEX = {bone: i for i, bone in enumerate(BONES)}
MIRROR = np.diag([-1.0, 1.0, 1.0])

FINGER_BENDS = (1.45, 1.75, 1.10)
"""Radians at full curl of a finger's three joints."""
HAND_CLEARANCE_METRES = 0.055
"""How far a wrist stays off the trunk: half a hand and clothes."""
SHOULDER_RHYTHM = 0.42
"""Radians that the collar bone rises for an arm straight up."""
HAND_LANDMARKS = 21
"""Of a hand in MediaPipe's order: the wrist, then four of each finger from the thumb on, the tip last."""
MEDIAPIPE_OFFSETS = {
    0: (0.15, 0.0),
    1: (-0.04, 0.02),
    2: (0.07, 0.03),
    3: (0.01, -0.03),
    5: (-0.08, -0.03),
    6: (-0.02, -0.03),
    9: (-0.07, 0.01),
    10: (-0.03, 0.01),
    13: (-0.06, 0.01),
    17: (-0.07, 0.03),
}
"""How far MediaPipe's landmarks are from the joints of the skeleton, along the palm and towards the thumb, in
lengths from wrist to middle knuckle: medians over 154 drawn hands."""


class _RestArm:
    """Measures of one arm at rest, mirrored to the left side where it is the right one."""

    def __init__(self, person: Person, side: str) -> None:
        mirror = MIRROR if side == "R" else np.eye(3)

        def head(bone: str) -> Floats:
            return np.asarray(mirror @ person.heads[INDEX[f"{bone}.{side}"]])

        self.shoulder, elbow, wrist = head("upperarm01"), head("lowerarm01"), head("wrist")
        self.upper, self.lower = (
            float(np.linalg.norm(elbow - self.shoulder)),
            float(np.linalg.norm(wrist - elbow)),
        )
        self.upper_way, self.lower_way = unit(elbow - self.shoulder), unit(wrist - elbow)
        axis = unit(cross(self.upper_way, self.lower_way))
        self.upper_frame, self.lower_frame = frame(self.upper_way, axis), frame(self.lower_way, axis)
        knuckles = [head(f"finger{finger}-1") for finger in range(1, 6)]
        pointing = unit(knuckles[2] - wrist)
        palm = unit(cross(knuckles[4] - wrist, knuckles[1] - wrist))
        # Whichever way the data winds: at rest the palms look down, not up.
        self.palm = palm if palm[1] < 0 else -palm
        self.hand_frame = frame(pointing, self.palm)
        self.finger_ways = {f: unit(head(f"finger{f}-2") - head(f"finger{f}-1")) for f in range(1, 6)}
        self.to_little_finger = unit(knuckles[3] - knuckles[1])


class Rig:
    """Moves one person's bones."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._arms = {side: _RestArm(person, side) for side in "LR"}
        self._hands: dict[Hand, tuple[Floats, Indices]] = {
            "left": _resting_hand(person, "L"),
            "right": _resting_hand(person, "R"),
        }
        self._trunk_heights, self._trunk_profile = _profile(person.trunk)

    def transforms(self, pose: Pose) -> Floats:
        """(B, 3, 4) from rest to world points: metres, soles at y = 0, x to the person's left."""
        local = self._trunk_turns(pose)
        fixed: dict[str, Floats] = {}
        for side, arm in (("L", pose.left), ("R", pose.right)):
            mirror = MIRROR if side == "R" else np.eye(3)
            turns, holds = self._arm_turns(arm, self._arms[side])
            local.update({f"{bone}.{side}": mirror @ turn @ mirror for bone, turn in turns.items()})
            fixed.update({f"{bone}.{side}": mirror @ turn @ mirror for bone, turn in holds.items()})
        return fallen(self._chain(local, fixed, pose), pose)

    def landmarks(self, transforms: Floats) -> Floats:
        """(J, 3) world places of the joints of `KEYPOINTS` for transforms of this rig."""
        of_bone = transforms[self._person.landmark_bones]
        turned = np.einsum("nij,nj->ni", of_bone[:, :, :3], self._person.landmarks)
        return np.asarray(turned + of_bone[:, :, 3])

    def hand(self, transforms: Floats, side: Hand) -> Floats:
        """(HAND_LANDMARKS, 3) world places of one hand's landmarks for transforms of this rig."""
        rest, bones = self._hands[side]
        of_bone = transforms[bones]
        return np.asarray(np.einsum("nij,nj->ni", of_bone[:, :, :3], rest) + of_bone[:, :, 3])

    def palm(self, transforms: Floats, side: Hand) -> Floats:
        """(3, 4) from a hand's own axes to the world: fingers, palm and their cross product, and the wrist.

        The axes of the right hand are the mirror picture of the left one's.
        """
        letter = side[0].upper()
        mirror = MIRROR if side == "right" else np.eye(3)
        wrist = transforms[INDEX[f"wrist.{letter}"]]
        turned = wrist[:, :3] @ mirror @ self._arms[letter].hand_frame
        return np.asarray(
            np.c_[turned, wrist[:, :3] @ self._person.heads[INDEX[f"wrist.{letter}"]] + wrist[:, 3]]
        )

    def _chain(self, local: dict[str, Floats], fixed: dict[str, Floats], pose: Pose) -> Floats:
        """Forward kinematics: `local` turns each bone in its parent, `fixed` sets its turn in the chest."""
        heads = self._person.heads
        out = np.zeros((len(BONES), 3, 4))
        chest = INDEX["spine01"]
        for i, bone in enumerate(BONES):
            parent = self._person.parents[i]
            if parent < 0:
                out[i, :, :3] = about(Y, pose.trunk.turn)
                out[i, :, 3] = np.array([0, -self._person.ground, 0]) + pose.trunk.shift
                if legs_move(pose):
                    self._move_hips(out[i], pose)
                continue
            above = out[parent]
            if bone in fixed:
                turned = out[chest, :, :3] @ fixed[bone]
            elif bone in local:
                turned = above[:, :3] @ local[bone]
            else:
                out[i] = above
                continue
            out[i, :, :3] = turned
            out[i, :, 3] = above[:, :3] @ heads[i] + above[:, 3] - turned @ heads[i]
        return out

    def _move_hips(self, root: Floats, pose: Pose) -> None:
        """Turn the root (3, 4) forward at the hips, and lower it so that the soles stay on the floor."""
        middle = hips(self._person)
        place = root[:, :3] @ middle + root[:, 3]
        root[:, :3] = root[:, :3] @ about(X, pose.trunk.hinge)
        root[:, 3] = place - root[:, :3] @ middle - hips_lowered(self._person, pose) * Y

    def _trunk_turns(self, pose: Pose) -> dict[str, Floats]:
        turns = {}
        for bone, share in (("spine04", 0.25), ("spine03", 0.3), ("spine02", 0.3), ("spine01", 0.15)):
            turns[bone] = _nod_turn_tilt(pose.trunk.spine * share)
        for bone, share in (("neck01", 0.3), ("neck02", 0.3), ("head", 0.4)):
            turns[bone] = _nod_turn_tilt(pose.trunk.head * share)
        for side in "LR":
            turns[f"orbicularis03.{side}"] = about(X, 0.55 * pose.blink)
        turns["jaw"] = about(X, pose.trunk.jaw)
        if pose.trunk.stride:
            for side, forward in (("L", pose.trunk.stride), ("R", -pose.trunk.stride)):
                turns[f"upperleg01.{side}"] = about(X, -forward)
                # The knee behind bends more than the one that the body stands on.
                turns[f"lowerleg01.{side}"] = about(X, 0.15 * abs(forward) + 1.1 * max(0.0, -forward))
        if legs_move(pose):
            for bone, turn in leg_turns(self._person, pose).items():
                turns[bone] = turn @ turns[bone] if bone in turns else turn
        return turns

    def _arm_turns(self, pose: ArmPose, rest: _RestArm) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Turns in the parent bone, and turns in the chest, for the left arm (or the right one mirrored)."""
        lift = SHOULDER_RHYTHM * float(np.clip(pose.wrist[1], 0, 1)) ** 2 + 0.3 * pose.shrug
        forward = 0.25 * float(np.clip(-pose.wrist[0], 0, 1))
        collar = about(Z, lift / 2) @ about(Y, -forward)
        local = {"clavicle": collar, "shoulder01": about(Z, lift / 2)}
        shoulder = rest.shoulder + np.array([0.0, 0.11 * lift, 0.10 * forward])
        length = rest.upper + rest.lower
        target = self._off_the_trunk(rest.shoulder + pose.wrist * length)
        upper, lower, axis = reach(target - shoulder, pose.elbow, rest.upper, rest.lower)
        upper_turn = frame(upper, axis) @ rest.upper_frame.T
        lower_turn = frame(lower, axis) @ rest.lower_frame.T
        hand_turn = hand_frame(pose, lower, axis) @ rest.hand_frame.T
        # Twist runs along the arm instead of wringing one joint.
        upper_twist = twist(upper_turn, rest.upper_way)
        hand_twist = twist(lower_turn.T @ hand_turn, rest.lower_way)
        fixed = {
            "upperarm01": upper_turn @ about(rest.upper_way, -0.6 * upper_twist),
            "upperarm02": upper_turn @ about(rest.upper_way, -0.15 * upper_twist),
            "lowerarm01": lower_turn @ about(rest.lower_way, 0.25 * hand_twist),
            "lowerarm02": lower_turn @ about(rest.lower_way, 0.65 * hand_twist),
            "wrist": hand_turn,
        }
        return local | _finger_turns(pose.fingers, rest), fixed

    def _off_the_trunk(self, point: Floats) -> Floats:
        """The point, moved out of the ellipse that the trunk fills at its height (left side, rest pose)."""
        width, front, back = (
            np.interp(point[1], self._trunk_heights, column) for column in self._trunk_profile.T
        )
        middle = (front + back) / 2
        axes = np.array([width, (front - back) / 2]) + HAND_CLEARANCE_METRES
        place = np.array([point[0], point[2] - middle]) / axes
        inside = float(np.linalg.norm(place))
        if inside >= 1 or point[1] > self._trunk_heights[-1]:
            return point
        # The deeper inside, the more to the front: hands lie before bodies, not behind them.
        x, z = unit(place + np.array([0.0, 0.6 * (1 - inside)])) * axes
        return np.array([x, point[1], middle + z])


def _nod_turn_tilt(angles: Floats) -> Floats:
    return about(Y, float(angles[1])) @ about(X, float(angles[0])) @ about(Z, float(angles[2]))


def _resting_hand(person: Person, side: str) -> tuple[Floats, Indices]:
    """(HAND_LANDMARKS, 3) landmarks of a hand at rest, and which bone each of them follows."""
    wrist = INDEX[f"wrist.{side}"]
    places, bones = [person.heads[wrist]], [wrist]
    for finger in range(1, 6):
        joints = [INDEX[f"finger{finger}-{phalanx}.{side}"] for phalanx in (1, 2, 3)]
        places += [*person.heads[joints], person.tails[joints[-1]]]
        # Where a finger begins is a place of the palm, whatever the finger does.
        bones += [wrist, *joints[1:], joints[-1]]
    rest = np.array(places)
    along = rest[9] - rest[0]
    thumbwards = rest[5] - rest[17]
    thumbwards = unit(thumbwards - along * (along @ thumbwards) / (along @ along)) * np.linalg.norm(along)
    for landmark, (forth, aside) in MEDIAPIPE_OFFSETS.items():
        rest[landmark] += forth * along + aside * thumbwards
    return rest, np.array(bones)


def _finger_turns(fingers: Floats, rest: _RestArm) -> dict[str, Floats]:
    turns = {}
    spread, across, thumb_curl = fingers[4:]
    for finger in range(2, 6):
        bend_axis = unit(cross(rest.finger_ways[finger], rest.palm))
        apart = about(rest.palm, -float(spread) * (finger - 3.5) * 0.12)
        for phalanx, most in enumerate(FINGER_BENDS, start=1):
            bend = about(bend_axis, float(fingers[finger - 2]) * most)
            turns[f"finger{finger}-{phalanx}"] = apart @ bend if phalanx == 1 else bend
    thumb_axis = unit(cross(rest.finger_ways[1], unit(0.45 * rest.palm + rest.to_little_finger)))
    for phalanx, angle in enumerate((0.8 * across, 0.9 * thumb_curl, 1.2 * thumb_curl), start=1):
        turns[f"finger1-{phalanx}"] = about(thumb_axis, float(angle))
    return turns


def _profile(trunk: Floats) -> tuple[Floats, Floats]:
    """Heights (H,), and at each (H, 3): half width, front and back of the trunk, metres."""
    step = 0.04
    heights = np.arange(trunk[:, 1].min(), trunk[:, 1].max() - 0.12, step)
    rows = []
    for height in heights:
        near = trunk[np.abs(trunk[:, 1] - height) < step]
        rows.append([np.abs(near[:, 0]).max(), near[:, 2].max(), near[:, 2].min()])
    return heights, np.array(rows)
