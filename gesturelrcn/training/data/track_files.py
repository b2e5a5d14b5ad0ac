"""Tracks of joints without pictures: clips as the recurrent part sees them, in a file.

A file is an `.npz` with, for N tracks of T1, T2, ... frames one after another:

    keypoints   (T1+T2+..., J, 3) float32: x, y in shares of the picture, visibility; the joints of
                `gesturelrcn.keypoints.KEYPOINTS`
    times       (T1+T2+...,) float32 seconds from the beginning of each track
    label       (N,) text: the gesture, or none
    onset       (N,) seconds, NaN for none
    lengths     (N,) frames of each track; may be missing where there is one track
    stroke_end, offset, fps, distance_m   (N,) numbers, NaN where nobody knows; may be missing
    subject, key, activity                (N,) text; may be missing
    hands       (T1+T2+..., HAND_VALUES) float32; may be missing
    stretches   (S, 4) of whole streams: number of the track, begin, end and end of the stroke in seconds; a
                track that is a stream has one line at least, or its number in `streams`; may be missing
    happens     (S,) text: the gesture of each stretch, or what begins with `other:` and is no gesture
    streams     numbers of the tracks that are whole streams
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_VALUES, KEYPOINTS
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.training.data.array_files import read_arrays
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.pose_streams import UNTOLD
from gesturelrcn.vocabulary import NONE

_DEFAULT_FPS = 20.0


def write_tracks(path: Path, clips: Sequence[ClipFeatures]) -> None:
    """Write `clips`, at least one, into one file, which appears only when it is whole."""
    arrays: dict[str, Any] = {
        "keypoints": np.concatenate([features.keypoints for features in clips]),
        "times": np.concatenate([features.times for features in clips]),
        "lengths": np.array([len(features.times) for features in clips]),
        "label": np.array([features.gesture for features in clips]),
        "subject": np.array([features.clip.subject for features in clips]),
        "key": np.array([features.clip.name for features in clips]),
        "activity": np.array([features.clip.activity for features in clips]),
        "fps": np.array([features.clip.fps for features in clips]),
        "distance_m": np.array([features.clip.distance_m for features in clips]),
    }
    for name in ("onset", "stroke_end", "offset"):
        arrays[name] = np.array([_or_nan(getattr(features.clip, name)) for features in clips])
    hands = [features.hands for features in clips if features.hands is not None]
    if len(hands) == len(clips):
        arrays["hands"] = np.concatenate(hands)
    arrays |= _stretches(clips)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        np.savez(out, **arrays)
    os.replace(part, path)  # noqa: PTH105 - atomic on every platform


def _stretches(clips: Sequence[ClipFeatures]) -> dict[str, Any]:
    streams = [number for number, features in enumerate(clips) if features.gestures is not None]
    if not streams:
        return {}
    lines, words = [], []
    for number in streams:
        for one in clips[number].gestures or ():
            lines.append([number, one.onset, one.offset, one.stroke_end])
            words.append(one.gesture)
        for stretch in clips[number].untold:
            lines.append([number, stretch.start, stretch.end, np.nan])
            words.append(UNTOLD + stretch.activity.removeprefix(UNTOLD))
    return {
        "stretches": np.array(lines, np.float64).reshape(-1, 4),
        "happens": np.array(words, np.str_),
        "streams": np.array(streams),
    }


def read_tracks(path: Path) -> list[ClipFeatures]:
    """The tracks in `path`.

    Raises:
        TrainingError: the file is no such file, or its arrays do not fit together.
    """
    return read_arrays(path, "tracks of joints", lambda arrays: _tracks(path, dict(arrays)))


def _tracks(path: Path, arrays: dict[str, NDArray[Any]]) -> list[ClipFeatures]:
    labels = np.atleast_1d(arrays["label"])
    times, keypoints = arrays["times"], arrays["keypoints"]
    lengths = np.atleast_1d(arrays.get("lengths", np.array(len(times))))
    if keypoints.shape != (len(times), len(KEYPOINTS), 3):
        raise ValueError(f"keypoints are {keypoints.shape} and not {(len(times), len(KEYPOINTS), 3)}")
    hands = arrays.get("hands")
    if hands is not None and hands.shape != (len(times), HAND_VALUES):
        raise ValueError(f"hands are {hands.shape} and not {(len(times), HAND_VALUES)}")
    if len(lengths) != len(labels) or lengths.sum() != len(times) or lengths.min() < 2:
        raise ValueError(f"{len(labels)} labels and lengths {lengths.tolist()[:5]} for {len(times)} frames")
    if not (np.isfinite(keypoints).all() and np.isfinite(times).all()):
        raise ValueError("some keypoints or times are no numbers")
    tracks = []
    for number, end in enumerate(np.cumsum(lengths)):
        piece = slice(int(end - lengths[number]), int(end))
        clip = _clip(path, arrays, number, str(labels[number]))
        gestures, untold = _happens(arrays, number)
        tracks.append(
            ClipFeatures(
                clip,
                clip.gesture,
                keypoints[piece].astype(np.float32),
                times[piece].astype(np.float32),
                None if hands is None else hands[piece].astype(np.float32),
                gestures=gestures,
                untold=untold,
            )
        )
    return tracks


def _happens(
    arrays: dict[str, NDArray[Any]], number: int
) -> tuple[tuple[TrueGesture, ...] | None, tuple[Activity, ...]]:
    """What happens in a track that is a whole stream; None for a clip."""
    if number not in arrays.get("streams", ()):
        return None, ()
    gestures: list[TrueGesture] = []
    untold: list[Activity] = []
    for i in np.flatnonzero(arrays["stretches"][:, 0] == number):
        word = str(arrays["happens"][i])
        begin, end, stroke_end = (float(moment) for moment in arrays["stretches"][i, 1:])
        if word.startswith(UNTOLD):
            untold.append(Activity(word, begin, end))
        else:
            gestures.append(TrueGesture(word, begin, end, stroke_end))
    return tuple(sorted(gestures, key=lambda one: one.onset)), tuple(untold)


def _clip(path: Path, arrays: dict[str, NDArray[Any]], number: int, label: str) -> Clip:
    def entry(name: str, default: Any) -> Any:
        return np.atleast_1d(arrays[name])[number] if name in arrays else default

    def seconds(name: str) -> float | None:
        value = float(entry(name, np.nan))
        return None if np.isnan(value) or label == NONE else value

    fps = float(entry("fps", np.nan))
    return Clip(
        path=path,
        name=str(entry("key", f"{path.name}:{number}")),
        subject=str(entry("subject", "tracks")),
        gesture=label,
        distance_m=float(np.nan_to_num(entry("distance_m", 0.0))),
        fps=_DEFAULT_FPS if np.isnan(fps) else fps,
        onset=seconds("onset"),
        stroke_end=seconds("stroke_end"),
        offset=seconds("offset"),
        activity=str(entry("activity", "")),
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
