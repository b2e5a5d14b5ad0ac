"""Pose and hand landmarks of every frame of a folder of clips, by MediaPipe, kept one file a clip.

Usage: python benchmarks/landmarks.py CLIPS_FOLDER CACHE_FOLDER [--part K/N]

A killed run goes on where it ended. A file holds, for T frames, all coordinates in pixels of the frame:

    times             (T,)           seconds from the beginning of the clip
    size              (2,)           width and height of the frame
    pose              (T, 33, 4)     x, y, z, visibility; not smoothed over time
    hands_frame       (T, 2, 21, 3)  x, y, z of the hands found in the whole frame, as most projects do it
    hands_crop        (T, 2, 21, 3)  the same, found in an enlarged square around each wrist of the pose
    *_score           (T, 2)         how sure MediaPipe is which hand it is, 0.5 to 1
    *_handedness      (T, 2)         which hand MediaPipe takes it for: 0 the user's left, 1 right, -1 no hand
    crop              (T, 2, 3)      centre x, y and side of the square around the wrist

The second axis of the hands is the user's own left and right, by the nearest wrist of the pose. What is not
found is NaN.
"""

import argparse
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.listing import read_listing

logger = logging.getLogger(__name__)

CROP_WIDTHS = 1.8
"""Side of the square around a wrist, in shoulder widths: narrower ones lose hands at every distance."""
CROP_PIXELS = 256
SIDES = ("left", "right")
_FAR = 0.6
"""Shoulder widths from the wrist of the pose beyond which a hand is another's, or none at all."""

_WRIST = (15, 16)
_PALM = ((15, 17, 19, 21), (16, 18, 20, 22))
"""Wrist, little finger, index and thumb of the pose, whose mean is about the middle of the hand."""

Floats = NDArray[np.float32]


@dataclass
class Hands:
    """What one way of looking found in one frame; see the head of this file."""

    landmarks: Floats = field(default_factory=lambda: np.full((2, 21, 3), np.nan, np.float32))
    score: Floats = field(default_factory=lambda: np.full(2, np.nan, np.float32))
    handedness: NDArray[np.int8] = field(default_factory=lambda: np.full(2, -1, np.int8))

    def put(self, slot: int, detected: tuple[Floats, int, float]) -> None:
        self.landmarks[slot], self.handedness[slot], self.score[slot] = detected


class LandmarkFinder:
    """MediaPipe Pose and Hands 0.10.21 on one clip, frame after frame."""

    def __init__(self) -> None:
        os.environ.setdefault("GLOG_minloglevel", "3")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from mediapipe.python.solutions import hands, pose

        self._pose: Any = pose.Pose(model_complexity=1, smooth_landmarks=False)
        self._in_frame: Any = hands.Hands(max_num_hands=2)
        # The square moves with the hand, so tracking holds in its coordinates as well.
        self._in_crop: list[Any] = [hands.Hands(max_num_hands=2, min_detection_confidence=0.3) for _ in SIDES]

    def pose(self, image: NDArray[np.uint8]) -> Floats:
        """(33, 4) landmarks in pixels, or NaN."""
        height, width = image.shape[:2]
        side = max(height, width)
        square = np.zeros((side, side, 3), np.uint8)  # the detector squares it anyway
        square[:height, :width] = image[..., ::-1]
        detected = self._pose.process(square).pose_landmarks
        if detected is None:
            return np.full((33, 4), np.nan, np.float32)
        marks = [(p.x * side, p.y * side, p.z * side, p.visibility) for p in detected.landmark]
        return np.array(marks, np.float32)

    def in_frame(self, image: NDArray[np.uint8], pose: Floats) -> Hands:
        """Hands in the whole picture; each goes to the nearest wrist, or by its looks where no pose is."""
        height, width = image.shape[:2]
        side = max(height, width)
        square = np.zeros((side, side, 3), np.uint8)
        square[:height, :width] = image[..., ::-1]
        hands = Hands()
        for detected in _detections(self._in_frame, square, np.zeros(2), side):
            apart = np.linalg.norm(pose[_WRIST, :2] - detected[0][0, :2], axis=1)
            slot = detected[1] if np.isnan(apart).any() else int(apart.argmin())
            if np.isnan(hands.score[slot]):
                hands.put(slot, detected)
            elif np.isnan(hands.score[1 - slot]):
                hands.put(1 - slot, detected)
        return hands

    def in_crop(self, image: NDArray[np.uint8], squares: Floats) -> Hands:
        """Hands in the enlarged squares ((2, 3) centre and side, NaN for none) around the wrists."""
        hands = Hands()
        for slot, (x, y, side) in enumerate(squares):
            if np.isnan(side):
                continue
            scale = CROP_PIXELS / side
            corner = np.array([x - side / 2, y - side / 2])
            move = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
            picture = cv2.warpAffine(image, move, (CROP_PIXELS, CROP_PIXELS), flags=cv2.INTER_CUBIC)
            detected = _detections(self._in_crop[slot], picture[..., ::-1], corner, side)
            apart = [float(np.linalg.norm(f[0][0, :2] - (x, y))) for f in detected]
            if apart and min(apart) < _FAR * side / CROP_WIDTHS:
                hands.put(slot, detected[int(np.argmin(apart))])
        return hands

    def close(self) -> None:
        """Free all graphs."""
        for graph in (self._pose, self._in_frame, *self._in_crop):
            graph.close()


def _detections(
    graph: Any, rgb: NDArray[np.uint8], corner: NDArray[np.float64], side: float
) -> list[tuple[Floats, int, float]]:
    result = graph.process(np.ascontiguousarray(rgb))
    hands = []
    for marks, label in zip(result.multi_hand_landmarks or [], result.multi_handedness or [], strict=True):
        points = np.array([(p.x * side, p.y * side, p.z * side) for p in marks.landmark], np.float32)
        points[:, :2] += corner
        # MediaPipe names hands as if the picture were mirrored; ours is not.
        hands.append((points, int(label.classification[0].label == "Left"), label.classification[0].score))
    return hands


def wrist_squares(pose: Floats) -> Floats:
    """(2, 3) centre and side of the square around each hand, from (33, 4) pose landmarks."""
    if np.isnan(pose[0, 0]):
        return np.full((2, 3), np.nan, np.float32)
    middle = pose[[11, 12], :2].mean(0)
    unit = max(
        float(np.linalg.norm(pose[11, :2] - pose[12, :2])),
        1.2 * float(np.linalg.norm(pose[:11, :2].mean(0) - middle)),
    )
    side = max(CROP_WIDTHS * unit, 16.0)
    return np.array([(*pose[list(palm), :2].mean(0), side) for palm in _PALM], np.float32)


def landmarks_of(path: Path) -> dict[str, NDArray[Any]]:
    """All landmarks of a clip, as they go into its file.

    Raises:
        CaptureError: nothing of it can be decoded.
    """
    finder = LandmarkFinder()
    times, poses, crops = [], [], []
    seen: dict[str, list[Hands]] = {"hands_frame": [], "hands_crop": []}
    try:
        with open_source(path) as source:
            for frame in source:
                pose = finder.pose(frame.image)
                squares = wrist_squares(pose)
                times.append(frame.captured_at)
                poses.append(pose)
                crops.append(squares)
                seen["hands_frame"].append(finder.in_frame(frame.image, pose))
                seen["hands_crop"].append(finder.in_crop(frame.image, squares))
                size = frame.image.shape[1::-1]
    finally:
        finder.close()
    arrays: dict[str, NDArray[Any]] = {
        "times": np.array(times),
        "size": np.array(size),
        "pose": np.stack(poses),
        "crop": np.stack(crops),
    }
    for name, hands in seen.items():
        arrays[name] = np.stack([h.landmarks for h in hands])
        arrays[f"{name}_score"] = np.stack([h.score for h in hands])
        arrays[f"{name}_handedness"] = np.stack([h.handedness for h in hands])
    return arrays


def cached_path(cache: Path, clip: Clip) -> Path:
    """Where the landmarks of `clip` lie."""
    return cache / f"{clip.cache_name}.npz"


def fill(clips: list[Clip], cache: Path) -> None:
    """Find the landmarks of every clip that is not in `cache` yet; clips that do not decode are named."""
    cache.mkdir(parents=True, exist_ok=True)
    for number, clip in enumerate(clips):
        path = cached_path(cache, clip)
        if path.exists():
            continue
        try:
            arrays = landmarks_of(clip.path)
        except CaptureError as problem:
            logger.warning("%s", problem)
            continue
        partial = path.with_suffix(".partial")
        with partial.open("wb") as out:
            np.savez_compressed(out, **arrays)
        partial.replace(path)
        logger.info("%d of %d: %s", number + 1, len(clips), clip.name)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--part", default="0/1", help="K/N: do every N-th clip, beginning with the K-th")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    cv2.setNumThreads(1)
    part, parts = map(int, options.part.split("/"))
    fill(read_listing(options.clips).clips[part::parts], options.cache)


if __name__ == "__main__":
    main()
