"""Landmarks over time: body and hands of people before a webcam as MediaPipe Holistic saw them, no pictures.

A file is an `.npz` with, for N clips one after another:

    X           (T1+T2+..., L, 3): x, y in shares of width and height of the picture, z in shares of its
                width, smaller is nearer to the camera; all 0 where nothing was found
    start       (N+1,) first frame of each clip, and the number of all frames
    vocab       (N,) text: the gesture; what begins with `neg` or `other` is none
    subject     (N,) text
    fps         (N,) frames a second
    names       (L,) text: `nose`; `l_` and `r_` before `shoulder`, `elbow` and `wrist`; `LH_` and `RH_`
                before the landmarks of a hand: `wrist`, then `thumb`, `index`, `middle`, `ring` and `pinky`
                with 1 to 4 behind each

Nobody has said how wide the pictures were for their height; they are taken for 640 by 480 pixels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.training.data.array_files import motions_in, read_arrays

WIDTH, HEIGHT = 640.0, 480.0
"""Of the pictures, pixels."""

_SIDES = {"left": "l", "right": "r"}
_ARM = ("shoulder", "elbow", "wrist")
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_HAND = ("wrist", *(f"{finger}{joint}" for finger in _FINGERS for joint in range(1, 5)))
_TIPS = {"thumb_tip": (4, 0.35), "index_tip": (8, 0.6), "pinky_tip": (20, 0.5)}
"""Of each tip its number in a hand, and how far it lies before the wrist where the hand was not found, in
forearms."""


@dataclass(frozen=True)
class LandmarkClip:
    """One clip.

    Attributes:
        name: for messages.
        subject: who.
        gesture: name, or `none`.
        fps: frames a second.
        joints: (T, J, 2) pixels, the joints of `gesturelrcn.keypoints.KEYPOINTS`.
        inside: (T, J) whether each lies in the picture.
        hands: (T, 2, 21, 3) pixels: landmarks of the left and the right hand.
        found: (T, 2) whether a hand was found.
    """

    name: str
    subject: str
    gesture: str
    fps: float
    joints: NDArray[np.float64]
    inside: NDArray[np.bool_]
    hands: NDArray[np.float64]
    found: NDArray[np.bool_]


def read_landmarks(path: Path, names: Mapping[str, str] = MappingProxyType({})) -> list[LandmarkClip]:
    """The clips in a file, without those that are too short or in which the body was not found throughout.

    Args:
        path: see above.
        names: other words for those in `vocab`.

    Raises:
        TrainingError: the file is no such file, or its arrays do not fit together.
    """
    return read_arrays(path, "landmarks", lambda arrays: _clips(path, dict(arrays), names))


def _clips(path: Path, arrays: dict[str, NDArray[Any]], names: Mapping[str, str]) -> list[LandmarkClip]:
    columns = {str(name): number for number, name in enumerate(arrays["names"])}
    places = arrays["X"].astype(np.float64) * [WIDTH, HEIGHT, WIDTH]
    body = {f"{side}_{part}": columns[f"{short}_{part}"] for side, short in _SIDES.items() for part in _ARM}
    body["nose"] = columns["nose"]
    hands = [[columns[f"{short.upper()}H_{part}"] for part in _HAND] for short in _SIDES.values()]
    clips = []
    for one in motions_in(path, arrays, places, names):
        if (one.places[:, list(body.values())] == 0).all(-1).any():
            continue
        joints = {joint: one.places[:, column, :2] for joint, column in body.items()}
        marks = one.places[:, hands]
        found = (marks != 0).any((2, 3))
        for which, side in enumerate(_SIDES):
            forearm = joints[f"{side}_wrist"] - joints[f"{side}_elbow"]
            for tip, (number, far) in _TIPS.items():
                guess = joints[f"{side}_wrist"] + far * forearm
                joints[f"{side}_{tip}"] = np.where(found[:, which, None], marks[:, which, number, :2], guess)
        ordered = np.stack([joints[joint] for joint in KEYPOINTS], 1)
        inside = ((ordered > 0) & (ordered < [WIDTH, HEIGHT])).all(-1)
        clips.append(LandmarkClip(one.name, one.subject, one.gesture, one.fps, ordered, inside, marks, found))
    return clips
