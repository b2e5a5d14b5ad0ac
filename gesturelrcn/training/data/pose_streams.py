"""Streams of poses of people with truth for every frame: joints that MediaPipe saw, no pictures.

A folder holds an `index.csv` with the column file, and the files that it names, each an `.npz` with

    X         (T, J, 4) x, y in shares of width and height of the picture, depth, visibility; J at least 23,
              in the order of MediaPipe's pose, left and right the person's own, the picture not mirrored
    t         (T,) seconds
    label     (T,) text: what is being done, `none` for nothing, `other:...` for what nobody has to tell
    aspect    width over height of the picture
    person    text
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.listing import INDEX
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.training.data.array_files import read_arrays
from gesturelrcn.training.data.strokes import DIRECTIONS, stroke_in
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.vocabulary import NONE

LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
WRISTS = [15, 16]
FACE = slice(0, 11)
JOINTS = 23
"""Joints of MediaPipe's pose down to the hands."""

UNTOLD = "other:"
"""What labels begin with that are no gesture of ours and not nothing either."""

_WHAT = "stream of poses"
_FACE_ABOVE = 0.75  # shoulder widths by which a face lies above the middle of the shoulders


@dataclass(frozen=True)
class PoseStream:
    """One stream.

    Attributes:
        name: for messages.
        person: who.
        times: (T,) seconds from the beginning.
        joints: (T, J, 3) x, y in heights of the picture, and visibility.
        gestures: what happens in it, in order of time.
        untold: stretches of which nobody can say what they are to be called.
    """

    name: str
    person: str
    times: NDArray[np.float64]
    joints: NDArray[np.float32]
    gestures: tuple[TrueGesture, ...]
    untold: tuple[Activity, ...]


def pose_stream_files(folder: Path) -> list[Path]:
    """The files that the index of a folder names, in its order.

    Raises:
        TrainingError: there is no index, or it names no file.
    """
    path = folder / INDEX
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            files = [folder / row["file"] for row in csv.DictReader(lines)]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as problem:
        raise TrainingError(f"{path}: no table of streams with a column file ({problem!r}).") from problem
    if not files:
        raise TrainingError(f"{path}: names no stream.")
    return files


def gestures_in(path: Path, names: Mapping[str, str]) -> list[str]:
    """The words of what happens in a stream, in order; `names` has other words for some labels."""
    return [one.gesture for one in read_pose_stream(path, names).gestures]


def person_in(path: Path) -> str:
    """Who is in a stream, of which nothing else is read."""
    return read_arrays(path, _WHAT, lambda arrays: _person(path, arrays))


def _person(path: Path, arrays: Mapping[str, NDArray[Any]]) -> str:
    return str(arrays["person"]) if "person" in arrays else path.stem


def read_pose_stream(path: Path, names: Mapping[str, str] = MappingProxyType({})) -> PoseStream:
    """Read one stream.

    Labels of strokes are cut down to the stroke itself: some people label raise, stroke and return as one,
    and some the stroke alone.

    Args:
        path: see above.
        names: other words for labels.

    Raises:
        TrainingError: the file is no such file, or its arrays do not fit together.
    """
    return read_arrays(path, _WHAT, lambda arrays: _stream(path, dict(arrays), names))


def _stream(path: Path, arrays: dict[str, NDArray[Any]], names: Mapping[str, str]) -> PoseStream:
    poses, times = arrays["X"].astype(np.float32), arrays["t"].astype(np.float64)
    labels = [str(names.get(str(label), label)) for label in arrays["label"]]
    if poses.ndim != 3 or poses.shape[1] < JOINTS or poses.shape[2] != 4:
        raise ValueError(f"X is {poses.shape} and not (T, {JOINTS} or more, 4)")
    if not len(poses) == len(times) == len(labels) or len(times) < 2:
        raise ValueError(f"{len(labels)} labels and {len(times)} times for {len(poses)} frames")
    if not (np.isfinite(times).all() and (np.diff(times) >= 0).all()):
        raise ValueError("some times are no numbers, or go back")
    in_heights = np.array([float(arrays["aspect"]), 1.0, 1.0], np.float32)
    joints, nobody = _without_gaps(poses[:, :JOINTS, [0, 1, 3]] * in_heights)
    gestures: list[TrueGesture] = []
    untold = [
        Activity(f"{UNTOLD}nobody", float(times[first]), float(times[min(after, len(times) - 1)]))
        for gap, first, after in _runs(nobody.tolist())
        if gap
    ]
    for label, first, after in _runs(labels):
        if label == NONE:
            continue
        begin, end = float(times[first]), float(times[min(after, len(times) - 1)])
        if label.startswith(UNTOLD):
            untold.append(Activity(label, begin, end))
            continue
        gesture = TrueGesture(label, begin, end)
        if label in DIRECTIONS:
            shoulders = joints[:, [LEFT_SHOULDER, RIGHT_SHOULDER], :2]
            stroke = stroke_in(joints[:, WRISTS, :2], shoulders, times, (begin, end), DIRECTIONS[label])
            if stroke is None:
                untold.append(Activity(label, begin, end))
                continue
            gesture = TrueGesture(label, stroke[0], stroke[1], stroke_end=stroke[1])
        gestures.append(gesture)
    return PoseStream(
        path.name, _person(path, arrays), times - times[0], joints, *_from_zero(gestures, untold, times[0])
    )


def _from_zero(
    gestures: list[TrueGesture], untold: list[Activity], zero: float
) -> tuple[tuple[TrueGesture, ...], tuple[Activity, ...]]:
    return (
        tuple(TrueGesture(g.gesture, g.onset - zero, g.offset - zero, g.stroke_end - zero) for g in gestures),
        tuple(Activity(a.activity, a.start - zero, a.end - zero) for a in untold),
    )


def _without_gaps(joints: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The same where nobody was found (NaN) for a while: places in between, not visible; and (T,) where.

    Where the file has no faces at all, they are put where faces are.

    Raises:
        ValueError: nobody was ever found.
    """
    if np.isnan(joints[:, FACE]).all() and not np.isnan(joints).all():
        joints = _with_faces(joints)
    nobody = ~np.isfinite(joints).all((1, 2))
    known = np.flatnonzero(~nobody)
    if not len(known):
        raise ValueError("nobody is in it")
    flat = joints.reshape(len(joints), -1)
    filled = np.stack([np.interp(np.arange(len(flat)), known, column[known]) for column in flat.T], -1)
    whole = filled.reshape(joints.shape).astype(np.float32)
    whole[nobody, :, 2] = 0.0
    return whole, nobody


def _with_faces(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    shoulders = joints[:, [LEFT_SHOULDER, RIGHT_SHOULDER]]
    unit = np.linalg.norm(shoulders[:, 0, :2] - shoulders[:, 1, :2], axis=-1)
    face = shoulders.mean(1)
    face[:, 1] -= _FACE_ABOVE * float(np.nanmedian(unit))
    whole = joints.copy()
    whole[:, FACE] = face[:, None]
    return whole


def _runs(labels: Sequence[Any]) -> list[tuple[Any, int, int]]:
    """Label, first frame and the frame after the last of each stretch of equal labels."""
    changes = [i for i in range(len(labels)) if i == 0 or labels[i] != labels[i - 1]]
    return [
        (labels[first], first, after)
        for first, after in zip(changes, [*changes[1:], len(labels)], strict=True)
    ]
