"""Takes and what was seen, made up or taken from the sample clip."""

from pathlib import Path

import numpy as np

from gesturelrcn.capture import Frame
from gesturelrcn.keypoints import HAND_VALUES, KEYPOINTS
from gesturelrcn.overlay import Recorder
from gesturelrcn.system.opencv import cv2
from gesturelrcn.takes.sight import Sight
from gesturelrcn.takes.take import Take

RNG = np.random.default_rng(5)


def a_take(gesture: str = "wave", frames: int = 30, **more: object) -> Take:
    moments = {"onset": 0.5, "stroke_end": 0.8, "offset": 1.1, "rested": 1.3}
    facts = {"hand": "right", "reach": 1.9, "model": "tiny", "weights": "ab" * 32}
    facts |= {} if gesture == "none" else moments
    return Take(
        gesture,
        np.arange(frames, dtype=np.float32) / 20,
        np.full(frames, 0.05, np.float32),
        RNG.random((frames, len(KEYPOINTS), 3), np.float32),
        RNG.random((frames, HAND_VALUES), np.float32),
        **{**facts, **more},
    )


def a_film(path: Path, frames: int = 30) -> Path:
    """A film of noise at a path for `TakeFolder.keep`."""
    with Recorder(path) as recorder:
        for number in range(frames):
            picture = RNG.integers(0, 255, (48, 64, 3), np.uint8)
            recorder.put(number / 20, lambda picture=picture: picture, wait=True)
    return path


def jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture)[1].tobytes()


BLACK = jpeg(np.zeros((48, 64, 3), np.uint8))


def sight(at: float, joints: np.ndarray | None, region: object, *, broken: bool = False) -> Sight:
    hand = None if joints is None else np.zeros(HAND_VALUES, np.float32)
    return Sight(at, BLACK, region if joints is not None else None, joints, joints, hand, 0.05, broken)


def write_film(path: Path, frames: list[Frame] | list[np.ndarray], fps: float = 20.0) -> Path:
    images = [each.image if isinstance(each, Frame) else each for each in frames]
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for image in images:
        writer.write(image)
    writer.release()
    return path
