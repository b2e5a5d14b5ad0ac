"""Skeletons over time: joints in space as a depth camera or a motion capture gave them, no pictures.

A file is an `.npz` with, for N clips one after another:

    X           (T1+T2+..., J, 3) metres; NaN where nothing was seen
    start       (N+1,) first frame of each clip, and the number of all frames
    vocab       (N,) text: the gesture; what begins with `neg` or `other` is none
    subject     (N,) text
    fps         (N,) frames a second
    names       (J,) text: of the joints, as Kinect or another system calls them
    axes        text: whereto the axes point; begins with `x+=own right` or `x+=own left`; y is up
    trim_start  (N,) frames at the beginning of each clip to be left out; may be missing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.training.data.array_files import motions_in, read_arrays

PARTS = ("head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist")
"""The joints that are taken, in this order; behind them the left and the right hand."""
HANDS = ("left_hand", "right_hand")

_OTHER_WORDS: Mapping[str, Sequence[str]] = {
    "head": ("headtip", "head"),
    "left_shoulder": ("shoulderleft", "leftshoulder", "lupperarm"),
    "right_shoulder": ("shoulderright", "rightshoulder", "rupperarm"),
    "left_elbow": ("elbowleft", "leftelbow", "lforearm"),
    "right_elbow": ("elbowright", "rightelbow", "rforearm"),
    "left_wrist": ("wristleft", "leftwrist", "lhand"),
    "right_wrist": ("wristright", "rightwrist", "rhand"),
    "left_hand": ("handleft", "lefthand"),
    "right_hand": ("handright", "righthand"),
}


@dataclass(frozen=True)
class Skeleton:
    """One clip.

    Attributes:
        name: for messages.
        subject: who.
        gesture: name, or `none`.
        fps: frames a second.
        joints: (T, len(PARTS) + len(HANDS), 3) metres: x to the person's own left, y up, z to the person's
            front; hands that the system does not know lie before the wrists in the line of the forearm.
    """

    name: str
    subject: str
    gesture: str
    fps: float
    joints: NDArray[np.float32]


def read_skeletons(path: Path, names: Mapping[str, str] = MappingProxyType({})) -> list[Skeleton]:
    """The clips in a file, without those that are too short or in which joints are missing.

    Args:
        path: see above.
        names: other words for those in `vocab`.

    Raises:
        TrainingError: the file is no such file, or its arrays do not fit together.
    """
    return read_arrays(path, "skeletons", lambda arrays: _skeletons(path, dict(arrays), names))


def _skeletons(path: Path, arrays: dict[str, NDArray[Any]], names: Mapping[str, str]) -> list[Skeleton]:
    every = _own_left_up_front(arrays["X"].astype(np.float32), str(arrays["axes"]))
    joints = _ordered(every, [str(name) for name in arrays["names"]])
    return [
        Skeleton(one.name, one.subject, one.gesture, one.fps, one.places)
        for one in motions_in(path, arrays, joints, names)
        if np.isfinite(one.places).all()
    ]


def _own_left_up_front(places: NDArray[np.float32], axes: str) -> NDArray[np.float32]:
    """Depth cameras look at the person: what is nearer to them is farther in front of the person."""
    if axes.startswith("x+=own right"):
        return places * np.array([-1, 1, -1], np.float32)
    if axes.startswith("x+=own left"):
        return places
    raise ValueError(f"nobody knows these axes: {axes!r}")


def _ordered(places: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float32]:
    """(T, J, 3) in any order -> the order of `PARTS` and `HANDS`."""
    found = {name.lower().replace("_", ""): number for number, name in enumerate(names)}

    def of(part: str) -> NDArray[np.float32] | None:
        number = next((found[word] for word in _OTHER_WORDS[part] if word in found), None)
        return None if number is None else places[:, number]

    columns = []
    for part in PARTS:
        column = of(part)
        if column is None:
            raise ValueError(f"there is no joint {part} among {', '.join(names)}")
        columns.append(column)
    for side, part in zip((0, 1), HANDS, strict=True):
        elbow, wrist = columns[3 + side], columns[5 + side]
        hand = of(part)
        columns.append(wrist + 0.3 * (wrist - elbow) if hand is None else hand)
    return np.stack(columns, 1)
