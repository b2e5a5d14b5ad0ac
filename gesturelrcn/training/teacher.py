"""The keypoint teacher: MediaPipe's pose and hand landmarks on every frame, computed once and cached.

Usage: python -m gesturelrcn.training.teacher CLIPS_FOLDER CACHE_FOLDER [--part K/N]
"""

import argparse
import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.model.keypoints import KEYPOINTS
from gesturelrcn.region import PoseLocator, Region, SteppedFollower, crop
from gesturelrcn.training.index import Clip, read_index

logger = logging.getLogger(__name__)

MARGIN = 1.25
"""The cached picture is this much wider than the region, so that augmentation can move and zoom."""

SIZE = 192
"""Side of the cached picture in pixels."""

_POSE = {"wrist": (15, 16), "shoulder": (11, 12), "elbow": (13, 14)}
_HAND = {"index_tip": 8, "thumb_tip": 4, "pinky_tip": 20}
_HAND_PICTURE = 480
"""The hand detector sees the region scaled to this many pixels, or a far hand is too small for it."""


@dataclass(frozen=True)
class TaughtClip:
    """A clip as the training sees it.

    Attributes:
        pictures: (T, SIZE, SIZE, 3) uint8 BGR, the region and a margin around it.
        keypoints: (T, J, 3) float32: x, y in shares of the picture, and weight: 1 where the teacher
            sees the joint, 0 where it says nothing.
        times: (T,) float32 seconds from the beginning of the clip.
    """

    pictures: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    times: NDArray[np.float32]


class KeypointTeacher:
    """MediaPipe Pose and Hands 0.10.21 (Apache-2.0 models), merged into our joints."""

    def __init__(self, *, tracking: bool = True) -> None:
        from mediapipe.python.solutions import hands

        self._pose = PoseLocator(tracking=tracking)
        self._hands: Any = hands.Hands(
            static_image_mode=not tracking, max_num_hands=2, model_complexity=1, min_detection_confidence=0.4
        )

    def keypoints(self, image: NDArray[np.uint8], region: Region) -> NDArray[np.float32]:
        """(J, 3) joints of the person in `region` of `image`: x, y in shares of `region`, weight 0 or 1.

        Fingertips come from the hand landmarks; a hand belongs to the arm whose wrist is nearest.
        """
        joints = np.zeros((len(KEYPOINTS), 3), np.float32)
        pose = self._pose.landmarks(image)
        if pose is None:
            return joints
        corner = np.array([region.x, region.y]) - region.side / 2
        shares = (pose[:, :2] - corner) / region.side
        for name, pair in _POSE.items():
            for side, mark in zip(("left", "right"), pair, strict=True):
                joints[KEYPOINTS.index(f"{side}_{name}")] = (*shares[mark], pose[mark, 2] > 0.6)
        joints[KEYPOINTS.index("nose")] = (*shares[0], pose[0, 2] > 0.6)
        self._add_fingertips(joints, crop(image, region, _HAND_PICTURE))
        return joints

    def _add_fingertips(self, joints: NDArray[np.float32], picture: NDArray[np.uint8]) -> None:
        found = self._hands.process(np.ascontiguousarray(picture[..., ::-1])).multi_hand_landmarks or []
        for hand in found:
            wrist = np.array([hand.landmark[0].x, hand.landmark[0].y])
            apart = [
                float(np.linalg.norm(joints[KEYPOINTS.index(f"{s}_wrist"), :2] - wrist))
                for s in ("left", "right")
            ]
            if min(apart) > 0.12:
                continue
            side = ("left", "right")[int(np.argmin(apart))]
            for name, mark in _HAND.items():
                tip = hand.landmark[mark]
                joints[KEYPOINTS.index(f"{side}_{name}")] = (tip.x, tip.y, 1.0)

    def close(self) -> None:
        """Free both graphs."""
        self._pose.close()
        self._hands.close()


def teach(clip: Clip) -> TaughtClip | None:
    """Decode `clip`, follow the person as live, and label every frame; None if nobody is found."""
    video = cv2.VideoCapture(str(clip.path))
    follower, teacher = SteppedFollower(), KeypointTeacher()
    pictures, keypoints, times = [], [], []
    index = 0
    try:
        while True:
            read, image = video.read()
            if not read:
                break
            at = index / clip.fps
            index += 1
            region = follower.follow(np.asarray(image, np.uint8), at)
            if region is None:
                continue
            wide = replace(region, side=region.side * MARGIN)
            pictures.append(crop(np.asarray(image, np.uint8), wide, SIZE))
            keypoints.append(teacher.keypoints(np.asarray(image, np.uint8), wide))
            times.append(at)
    finally:
        video.release()
        follower.close()
        teacher.close()
    if not pictures:
        return None
    return TaughtClip(np.stack(pictures), np.stack(keypoints), np.array(times, np.float32))


def cached_path(cache: Path, clip: Clip) -> Path:
    """Where the taught `clip` lies below the folder `cache`."""
    return cache / (clip.key.replace("/", "__") + ".npz")


def load_taught(cache: Path, clip: Clip) -> TaughtClip | None:
    """Read a cached clip, or None where it was never taught."""
    path = cached_path(cache, clip)
    if not path.is_file():
        return None
    with np.load(path) as held:
        return TaughtClip(held["pictures"], held["keypoints"], held["times"])


def teach_folder(clips: list[Clip], cache: Path) -> int:
    """Teach every clip not in `cache` yet; returns how many were added. Unreadable ones are logged."""
    cache.mkdir(parents=True, exist_ok=True)
    added = 0
    for clip in clips:
        path = cached_path(cache, clip)
        if path.exists():
            continue
        taught = teach(clip)
        if taught is None:
            logger.warning("%s: nobody found in this clip, or it does not decode; skipped", clip.path)
            continue
        partial = path.with_suffix(".partial")
        with partial.open("wb") as out:
            np.savez(out, pictures=taught.pictures, keypoints=taught.keypoints, times=taught.times)
        os.replace(partial, path)  # noqa: PTH105 - atomic on every platform
        added += 1
    return added


def teach_stills(folder: Path, out: Path) -> int:
    """Label every .jpg below `folder` and write them as one file; returns how many had a person.

    Stills are in no order, so nothing is tracked from one to the next.
    """
    locator, teacher = PoseLocator(tracking=False), KeypointTeacher(tracking=False)
    pictures, keypoints = [], []
    for path in sorted(folder.rglob("*.jpg")):
        image = cv2.imread(str(path))
        region = None if image is None else locator.locate(np.asarray(image, np.uint8), 0.0)
        if image is None or region is None:
            continue
        wide = replace(region, side=region.side * MARGIN)
        pictures.append(crop(np.asarray(image, np.uint8), wide, SIZE))
        keypoints.append(teacher.keypoints(np.asarray(image, np.uint8), wide))
    locator.close()
    teacher.close()
    np.savez(out, pictures=np.stack(pictures), keypoints=np.stack(keypoints))
    return len(pictures)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--stills", action="store_true", help="CLIPS is a folder of pictures, CACHE a file")
    parser.add_argument("--part", default="0/1", help="K/N: do every N-th clip, beginning with the K-th")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    if options.stills:
        logger.info("%d stills taught", teach_stills(options.clips, options.cache))
        return
    part, parts = map(int, options.part.split("/"))
    added = teach_folder(read_index(options.clips)[part::parts], options.cache)
    logger.info("%d clips taught", added)


if __name__ == "__main__":
    main()
