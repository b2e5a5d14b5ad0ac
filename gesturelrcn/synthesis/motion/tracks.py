"""Motion from tracks: joints seen in real pictures, lifted to three dimensions and given to any body.

A single view does not tell depth. It is guessed from lengths: an arm of known length that looks shorter
points towards or away from the camera (foreshortening; Taylor 2000, "Reconstruction of articulated objects
from point correspondences in a single uncalibrated image", with one scale for the whole body). Which of the
two it is cannot be seen: gestures are made in front of the body, so hands are taken to be nearer than elbows,
and elbows nearer than shoulders. So what is lifted looks right from the front, where the track was taken, and
is only plausible from the side. How long the bones are is guessed from the longest that they ever look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats, Image
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.motion import VISIBLE_SHARE, PerformedMovement
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.pose import (
    HAND_SHAPES,
    NOMINAL_UPPER_ARM,
    SIDES,
    ArmPose,
    Trunk,
    between,
    reach,
    wrist_angles,
)
from gesturelrcn.synthesis.rotations import frame, quaternion, unit

SEEN = 0.5
"""Joints with a lower visibility are bridged from the frames before and after."""
SMOOTHING_S = 0.06
"""Standard deviation of the smoothing of every joint over time: finders of joints tremble."""
UPPER_ARM_SHOULDERS, FOREARM_SHOULDERS, HAND_SHOULDERS = 0.80, 0.74, 0.50
"""Usual lengths in widths of the shoulders (between their joints)."""
FRAMES_AT_LEAST = 4

_AT = {name: index for index, name in enumerate(KEYPOINTS)}


@dataclass(frozen=True)
class JointTrack:
    """Somebody's arms, trunk and head over time, ready for any body. `MotionTimeline.play` appends it.

    Attributes:
        times: (T,) seconds from the beginning.
        arms: T poses of each arm.
        trunks: T poses of the rest.
        truth: the gesture in it.
    """

    times: Floats
    arms: dict[Hand, list[ArmPose]]
    trunks: list[Trunk]
    truth: PerformedMovement

    @property
    def length(self) -> float:
        """Seconds."""
        return float(self.times[-1])

    def stretched(self, factor: float) -> "JointTrack":
        """The same motion `factor` times as long."""
        truth = self.truth
        slower = replace(
            truth,
            onset=truth.onset * factor,
            stroke_end=truth.stroke_end * factor,
            offset=truth.offset * factor,
            rested=truth.rested * factor,
        )
        return replace(self, times=self.times * factor, truth=slower)

    def arm(self, hand: Hand, time: float) -> ArmPose:
        """One arm at a moment, between the frames of the track."""
        before, after, share = self._around(time)
        poses = self.arms[hand]
        return _mixed(poses[before], poses[after], share)

    def trunk(self, time: float) -> Trunk:
        """The rest of the body at that moment."""
        before, after, share = self._around(time)
        return self.trunks[before].towards(self.trunks[after], share)

    def _around(self, time: float) -> tuple[int, int, float]:
        place = float(np.interp(time, self.times, np.arange(len(self.times))))
        before = min(int(place), len(self.times) - 2)
        return before, before + 1, place - before


def joint_track(
    keypoints: Image,
    times: Sequence[float] | Floats,
    gesture: str,
    *,
    hand: Hand | None = None,
    onset: float | None = None,
    stroke_end: float | None = None,
    offset: float | None = None,
) -> JointTrack:
    """Lift a track of joints that was taken from the front.

    Args:
        keypoints: (T, J, 3) joints of `KEYPOINTS`: x and y in the same unit (shares of a square picture, or
            pixels), from the top left, not mirrored, and visibility. Shoulders must be seen; finger tips
            that are not seen are taken from the gesture's own description, or hang relaxed.
        times: (T,) seconds, rising.
        gesture: what is shown, or "none".
        hand: the person's own hand that does it; the one that moves more if None.
        onset, stroke_end, offset: seconds on the clock of `times`, as in `PerformedMovement`. What is None is
            taken from the wrist: it leaves its first place, is farthest from it; the gesture lasts until the
            end.

    Raises:
        SynthesisError: the arrays do not fit together, or the shoulders are hardly ever seen.
    """
    clock = np.asarray(times, float)
    points = _checked(np.asarray(keypoints, float), clock)
    flat = _smoothed(points, clock)
    shoulders = flat[:, _AT["left_shoulder"]] - flat[:, _AT["right_shoulder"]]
    width = float(np.percentile(np.linalg.norm(shoulders, axis=1), 90))
    likely = {side: _described(gesture, side) for side in SIDES}
    arms: dict[Hand, list[ArmPose]] = {
        side: _arms(flat, points[:, :, 2] > SEEN, side, width, likely[side]) for side in SIDES
    }
    truth = _truth(arms, clock, gesture, hand, (onset, stroke_end, offset))
    return JointTrack(clock - clock[0], arms, _trunks(flat, width), truth)


def _checked(keypoints: Floats, times: Floats) -> Floats:
    if keypoints.ndim != 3 or keypoints.shape[1:] != (len(KEYPOINTS), 3) or len(keypoints) != len(times):
        raise SynthesisError(
            f"A track is (T, {len(KEYPOINTS)}, 3) joints and T times,"
            f" not {keypoints.shape} and {times.shape}."
        )
    if len(times) < FRAMES_AT_LEAST or not (np.diff(times) > 0).all() or not np.isfinite(keypoints).all():
        raise SynthesisError(
            f"A track needs at least {FRAMES_AT_LEAST} frames with rising times and finite joints."
        )
    for joint in (f"{side}_{joint}" for side in SIDES for joint in ("shoulder", "elbow", "wrist")):
        if (keypoints[:, _AT[joint], 2] > SEEN).sum() < 2:
            raise SynthesisError(f"The joint {joint!r} is seen in fewer than two frames of this track.")
    return keypoints


def _smoothed(points: Floats, times: Floats) -> Floats:
    """(T, J, 2) without gaps and tremble, x to the person's left and y up."""
    weights = np.exp(-0.5 * ((times[:, None] - times[None, :]) / SMOOTHING_S) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    flat = np.zeros((*points.shape[:2], 2))
    for joint in range(points.shape[1]):
        seen = points[:, joint, 2] > SEEN
        if seen.any():
            for axis in (0, 1):
                flat[:, joint, axis] = weights @ np.interp(times, times[seen], points[seen, joint, axis])
    return np.asarray(flat * np.array([1.0, -1.0]))


def _described(gesture: str, side: Hand) -> ArmPose | None:
    """How the hand of this gesture is held, for tracks that do not show it."""
    names = SHIPPED.gestures.get(gesture, {}).get(side, ()) if gesture != "none" else ()
    return SHIPPED.movements[names[0]].keys[-1].pose if names else None


def _arms(
    flat: Floats, seen: NDArray[np.bool_], side: Hand, width: float, likely: ArmPose | None
) -> list[ArmPose]:
    """T poses of one arm, as if it were the left one."""
    outwards = np.array([1.0 if side == "left" else -1.0, 1.0])
    at = {joint: flat[:, _AT[f"{side}_{joint}"]] * outwards for joint in ("shoulder", "elbow", "wrist")}
    upper_flat, lower_flat = at["elbow"] - at["shoulder"], at["wrist"] - at["elbow"]
    upper = _bone_length(upper_flat, UPPER_ARM_SHOULDERS * width)
    lower = _bone_length(lower_flat, FOREARM_SHOULDERS * width)
    tips = {
        tip: (flat[:, _AT[f"{side}_{tip}"]] * outwards - at["wrist"]) / width
        for tip in ("index_tip", "thumb_tip", "pinky_tip")
    }
    shown = np.all([seen[:, _AT[f"{side}_{tip}"]] for tip in tips], axis=0)
    start = at["wrist"][0] - at["shoulder"][0]
    poses: list[ArmPose] = []
    for frame_number in range(len(flat)):
        elbow = _lifted(upper_flat[frame_number], upper)
        wrist = elbow + _lifted(lower_flat[frame_number], lower)
        away = float(np.linalg.norm(at["wrist"][frame_number] - at["shoulder"][frame_number] - start))
        pose = _posed(wrist / (upper + lower), elbow, likely, min(1.0, away / width))
        if shown[frame_number]:
            pose = _with_hand(pose, {name: tip[frame_number] for name, tip in tips.items()})
        poses.append(pose)
    return _steadied(poses)


def _bone_length(flat: Floats, usual: float) -> float:
    """The longest that a bone looks, but no longer and no shorter than bones are."""
    return float(np.clip(np.percentile(np.linalg.norm(flat, axis=1), 95), 0.9 * usual, 1.25 * usual))


def _lifted(flat: Floats, length: float) -> Floats:
    """(3,) of a bone that looks like (2,), its far end nearer to the camera."""
    seen = float(np.linalg.norm(flat))
    if seen >= length:
        return np.array([*(flat * length / seen), 0.0])
    return np.array([*flat, np.sqrt(length**2 - seen**2)])


def _posed(wrist: Floats, elbow: Floats, likely: ArmPose | None, away: float) -> ArmPose:
    """The arm, its hand relaxed in its first place and as the gesture is described once it is away."""
    way = unit(wrist)
    aside = elbow - way * (way @ elbow)
    straight = np.linalg.norm(aside) < 0.05 * np.linalg.norm(elbow)
    bend = np.array([0.5, -0.8, -0.3]) if straight else unit(aside)
    relaxed = ArmPose(wrist, unit(bend), np.array([1.0, 0, 0, 0]), np.array(HAND_SHAPES["relaxed"]))
    if likely is None:
        return relaxed
    mixed = between(relaxed, likely, away)
    return replace(relaxed, hand=mixed.hand, fingers=mixed.fingers)


def _with_hand(pose: ArmPose, tips: dict[str, Floats]) -> ArmPose:
    """The hand turned so that it shows these finger tips, (2,) each, in shoulder widths from the wrist.

    Fingers that look shorter than they are may be bent or point at the camera: both are half believed.
    """
    index, pinky, thumb = tips["index_tip"], tips["pinky_tip"], tips["thumb_tip"]
    farthest = index if np.linalg.norm(index) > np.linalg.norm(pinky) else pinky
    pointing = _lifted(farthest, HAND_SHOULDERS * 0.9)
    across = np.r_[index - pinky, 0.0]
    across = across if np.linalg.norm(across) > 0.06 else np.r_[thumb - pinky, 0.0]
    across = across - unit(pointing) * (unit(pointing) @ across)
    if np.linalg.norm(across) < 0.05 or np.linalg.norm(farthest) < 0.15:
        return pose
    # The thumb lies on the side of the index finger; of a left hand, palm and fingers span it in this order.
    palm = np.cross(unit(pointing), unit(across))
    _, forearm, axis = reach(pose.wrist, pose.elbow, NOMINAL_UPPER_ARM, 1 - NOMINAL_UPPER_ARM)
    turned = replace(pose, hand=quaternion(frame(forearm, axis).T @ frame(pointing, palm)))
    if wrist_angles(turned)[0] > np.radians(95):
        return pose
    lengths = [float(np.linalg.norm(tip)) / HAND_SHOULDERS for tip in (index, pinky)]
    curls = [float(np.clip(1.5 - 2.0 * length, 0, 1)) for length in lengths]
    fingers = pose.fingers.copy()
    fingers[[0, 3]] = 0.5 * (fingers[[0, 3]] + curls)
    fingers[[1, 2]] = 0.5 * (fingers[[1, 2]] + [0.5 * (curls[0] + curls[1]), curls[1]])
    return replace(turned, fingers=fingers)


def _steadied(poses: list[ArmPose]) -> list[ArmPose]:
    """Hands follow what is seen of them with a little inertia, forwards and back, so that no frame jumps."""
    for order in (range(1, len(poses)), range(len(poses) - 2, -1, -1)):
        step = 1 if order.step < 0 else -1
        for number in order:
            calm = _mixed(poses[number + step], poses[number], 0.55)
            poses[number] = replace(poses[number], hand=calm.hand, fingers=calm.fingers, elbow=calm.elbow)
    return poses


def _mixed(first: ArmPose, second: ArmPose, share: float) -> ArmPose:
    """`between` on the straight line: neighbours in a track are near."""
    mixed = between(first, second, share)
    return replace(mixed, wrist=first.wrist + share * (second.wrist - first.wrist))


def _trunks(flat: Floats, width: float) -> list[Trunk]:
    """T trunks: sideways lean from the shoulder line, head from the nose above it, place from the chest."""
    left, right, nose = (flat[:, _AT[joint]] for joint in ("left_shoulder", "right_shoulder", "nose"))
    middle, line = (left + right) / 2, left - right
    lean = np.arctan2(line[:, 1], line[:, 0])
    lean = lean - np.median(lean)
    up = (nose - middle) / width
    usual = np.median(up, axis=0)
    turn = np.arcsin(np.clip((up[:, 0] - usual[0]) / 0.35, -0.8, 0.8))
    nod = np.clip((usual[1] - up[:, 1]) / 0.6, -0.5, 0.6)
    place = (middle - middle[0]) / width * 0.36
    place = np.where(np.abs(place).max(axis=1, keepdims=True) < 0.5, place, 0.0)
    return [
        Trunk(
            head=np.array([nod[i], turn[i], -0.5 * lean[i]]),
            spine=np.array([0.0, 0.0, lean[i]]),
            shift=np.array([place[i, 0], place[i, 1], 0.0]),
        )
        for i in range(len(flat))
    ]


def _truth(
    arms: dict[Hand, list[ArmPose]],
    clock: Floats,
    gesture: str,
    hand: Hand | None,
    given: tuple[float | None, float | None, float | None],
) -> PerformedMovement:
    away = {
        side: np.array([np.linalg.norm(pose.wrist - poses[0].wrist) for pose in poses])
        for side, poses in arms.items()
    }
    farthest = {side: float(away[side].max()) for side in SIDES}
    lead: Hand = max(SIDES, key=lambda side: farthest[side])
    both = min(farthest.values()) > 0.6 * max(farthest.values()) and max(farthest.values()) > 0.3
    moved = away[lead]
    leaves = clock[np.flatnonzero(moved > max(0.05, VISIBLE_SHARE * farthest[lead]))[:1]]
    onset, stroke_end, offset = given
    began = onset if onset is not None else float(leaves[0]) if len(leaves) else float(clock[0])
    reached = clock[(moved > 0.9 * farthest[lead]) & (clock >= began)]
    done = stroke_end if stroke_end is not None else float(reached[0]) if len(reached) else began
    ends = offset if offset is not None else float(clock[-1])
    begin = float(clock[0])
    return PerformedMovement(
        gesture=gesture,
        hand=hand or ("both" if both else lead),
        onset=began - begin,
        stroke_end=max(done, began) - begin,
        offset=ends - begin,
        rested=float(clock[-1]) - begin,
        movement="track",
    )
