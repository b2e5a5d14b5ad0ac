"""The keypoint teacher: MediaPipe's pose and hand landmarks on every frame, computed once and cached."""

import logging
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import CaptureError
from gesturelrcn.keypoints import HAND_LANDMARKS, KEYPOINTS
from gesturelrcn.model.fovea import SIDE as FOVEA_SIDE
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.region import Region, crop, person_follower
from gesturelrcn.region.mediapipe import PoseLocator
from gesturelrcn.region.mediapipe.graphs import solution
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.teacher.cache import (
    HAND_MARGIN,
    HAND_SIZE,
    SIZE,
    ZOOM,
    LabelledClip,
    LabelledFrame,
    cached_path,
    keep_arrays,
    kept_square,
    stacked,
)

logger = logging.getLogger(__name__)

_HAND_SEEN = 224
"""The hand detector sees each hand scaled to this many pixels, or a far hand is too small for it."""

_POSE = {"wrist": (15, 16), "shoulder": (11, 12), "elbow": (13, 14)}
_SIDES = ("left", "right")
_KNUCKLES = ((17, 19), (18, 20))  # little and index finger of the left hand, of the right
_TIPS = {"index_tip": 8, "thumb_tip": 4, "pinky_tip": 20}
_VISIBLE = 0.6
_HANDY = 0.3  # visibility of a wrist below which its hand is not searched for
_ASTRAY = 0.25  # shares of the hand's picture; a hand whose wrist is farther from the arm's is the other one
_SURE = 0.6  # least score of a hand
_STILLS_AT_ONCE = 100  # that a process labels before it takes others


class KeypointTeacher:
    """MediaPipe Pose and Hands 0.10.21 (Apache-2.0 models), merged into our joints.

    The hand detector does not get the whole frame but a square around the knuckles that the pose gives,
    one for each hand: so it finds hands six metres away, and knows whose they are.
    """

    def __init__(self, *, tracking: bool = True) -> None:
        """Args: tracking: frames come in order; False for single pictures."""
        self._pose = PoseLocator(tracking=tracking)
        self._hands: list[Any] = [
            solution(
                "hands",
                "Hands",
                static_image_mode=not tracking,
                max_num_hands=1,
                model_complexity=1,
                min_detection_confidence=0.4,
                min_tracking_confidence=0.4,
            )
            for _ in _SIDES
        ]

    def locate(self, image: NDArray[np.uint8]) -> Region | None:
        """The person region of a single picture, or None."""
        return self._pose.locate(image, 0.0)

    def frame(self, image: NDArray[np.uint8], region: Region) -> LabelledFrame:
        """Label `image` ((H, W, 3) uint8 BGR), in which the person is in `region`."""
        wide = kept_square(region)
        joints = np.zeros((len(KEYPOINTS), 3), np.float32)
        pictures = np.zeros((2, HAND_SIZE, HAND_SIZE, 3), np.uint8)
        hands = np.full((2, HAND_LANDMARKS, 3), np.nan, np.float32)
        pose = self._pose.landmarks(image)
        if pose is not None:
            corner = np.array([wide.x, wide.y]) - wide.side / 2
            shares = (pose[:, :2] - corner) / wide.side
            for name, pair in _POSE.items():
                for side, mark in zip(_SIDES, pair, strict=True):
                    joints[KEYPOINTS.index(f"{side}_{name}")] = (*shares[mark], pose[mark, 2] > _VISIBLE)
            joints[KEYPOINTS.index("nose")] = (*shares[0], pose[0, 2] > _VISIBLE)
            for which, side in enumerate(_SIDES):
                square = self._square(pose, which, region)
                pictures[which] = crop(image, square, HAND_SIZE)
                marks = self._landmarks(image, square, pose[_POSE["wrist"][which]], which)
                if marks is not None:
                    hands[which] = marks
                    places = (marks[:, :2] - 0.5) * square.side + [square.x, square.y]
                    for name, mark in _TIPS.items():
                        joints[KEYPOINTS.index(f"{side}_{name}")] = (
                            *(places[mark] - corner) / wide.side,
                            1.0,
                        )
        return LabelledFrame(crop(image, wide, SIZE), joints, pictures, hands)

    def _square(self, pose: NDArray[np.float64], which: int, region: Region) -> Region:
        x, y = pose[list(_KNUCKLES[which]), :2].mean(axis=0)
        side = FOVEA_SIDE * ZOOM * HAND_MARGIN * region.side
        return Region(float(x), float(y), side, 1.0, region.located_at)

    def _landmarks(
        self, image: NDArray[np.uint8], square: Region, wrist: NDArray[np.float64], which: int
    ) -> NDArray[np.float32] | None:
        """(21, 3) landmarks of one hand in shares of `square`, or None."""
        if wrist[2] < _HANDY:
            return None
        picture = crop(image, square, _HAND_SEEN)
        answer = self._hands[which].process(np.ascontiguousarray(picture[..., ::-1]))
        if not answer.multi_hand_landmarks or answer.multi_handedness[0].classification[0].score < _SURE:
            return None
        marks = np.array([(m.x, m.y, m.z) for m in answer.multi_hand_landmarks[0].landmark], np.float32)
        expected = (wrist[:2] - [square.x, square.y]) / square.side + 0.5
        if np.linalg.norm(marks[0, :2] - expected) > _ASTRAY:
            return None
        marks[:, 2] -= marks[0, 2]
        return marks

    def close(self) -> None:
        """Free all graphs."""
        self._pose.close()
        for graph in self._hands:
            graph.close()


def label_clip(clip: Clip) -> LabelledClip | None:
    """Decode `clip`, follow the person as live, and label every frame; None if nobody is found."""
    follower, teacher = person_follower("mediapipe"), KeypointTeacher()
    frames, times = [], []
    try:
        for frame in frames_of(clip.path):
            region = follower.follow(frame.image, frame.captured_at)
            if region is not None:
                frames.append(teacher.frame(frame.image, region))
                times.append(frame.captured_at)
    except CaptureError as problem:
        logger.warning("%s: %s", clip.name, problem)
    finally:
        follower.close()
        teacher.close()
    if not frames:
        return None
    return LabelledClip(times=np.array(times, np.float32), **stacked(frames))


def label_clips(clips: list[Clip], cache: Path) -> int:
    """Label every clip not in `cache` yet; returns how many were added. Unreadable ones are logged."""
    cache.mkdir(parents=True, exist_ok=True)
    added = 0
    for clip in clips:
        path = cached_path(cache, clip)
        if path.exists():
            continue
        labelled = label_clip(clip)
        if labelled is None:
            logger.warning("%s: nobody found in this clip, or it does not decode; skipped", clip.path)
            continue
        keep_arrays(path, vars(labelled))
        added += 1
    return added


def label_stills(folder: Path, out: Path, workers: int = 1) -> int:
    """Label every .jpg below `folder` and write them as one file; returns how many had a person.

    Stills are in no order, so nothing is tracked from one to the next.
    """
    paths = sorted(folder.rglob("*.jpg"))
    parts = [paths[first : first + _STILLS_AT_ONCE] for first in range(0, len(paths), _STILLS_AT_ONCE)]
    frames = list(chain.from_iterable(in_processes(_label_stills, parts, workers)))
    keep_arrays(out, stacked(frames))
    return len(frames)


def _label_stills(paths: Sequence[Path]) -> list[LabelledFrame]:
    teacher = KeypointTeacher(tracking=False)
    frames = []
    for path in paths:
        image = cv2.imread(str(path))
        region = None if image is None else teacher.locate(np.asarray(image, np.uint8))
        if image is not None and region is not None:
            frames.append(teacher.frame(np.asarray(image, np.uint8), region))
    teacher.close()
    return frames
