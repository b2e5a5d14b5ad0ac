"""A take: one gesture of the user, or a stretch without one, as the CNN saw it; and its file.

The file is an `.npz` that `kind = "tracks"` of a training reads as it is, with more in it; docs/takes.md
names every array. No picture is in it, and none can be made of it.
"""

import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import HAND_VALUES, KEYPOINTS
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.vocabulary import NONE

VERSION = 1
"""Of the files that are written."""
SUBJECT = "me"
"""Who is in a take: whoever uses this computer."""
IDLE = "idle"
"""The activity of a stretch without a gesture."""
FEWEST = 2
"""Frames of a take."""
_MOMENTS = ("onset", "stroke_end", "offset", "rested")
_HANDS: tuple[Hand, ...] = ("left", "right", "both")


@dataclass(frozen=True, eq=False)
class Take:
    """What is kept of one take. All times are seconds from its first frame.

    Attributes:
        gesture: name, or `none`.
        times: (T,) float32 of the frames in which somebody was seen, rising; T is 2 at least.
        dt: (T,) float32 seconds since the frame before, as the model was told.
        keypoints: (T, J, 3) float32 joints as the CNN saw them: x, y in shares of the picture of the body,
            visibility.
        hands: (T, HAND_VALUES) float32 of the hand that it looked at, the wrist at 0, 0, 0; None for models
            that do not tell.
        onset: when something leaves its place of rest; None where `gesture` is `none`.
        stroke_end: when the pose is reached or the first sweep is over; None for `none`.
        offset: when the way back begins; None for `none`, and where it was held to the end.
        rested: when everything was at rest again; None for `none`.
        hand: the user's own hand that did it, `both`, or None.
        reach: shoulder widths that it went; 0 for `none`.
        activity: what is done where there is no gesture, else "".
        model: name of the model whose CNN looked.
        weights: SHA-256 of its graph: what another CNN saw does not belong beside it.
        taken: when it was kept.
    """

    gesture: str
    times: NDArray[np.float32] = field(repr=False)
    dt: NDArray[np.float32] = field(repr=False)
    keypoints: NDArray[np.float32] = field(repr=False)
    hands: NDArray[np.float32] | None = field(repr=False)
    onset: float | None = None
    stroke_end: float | None = None
    offset: float | None = None
    rested: float | None = None
    hand: Hand | None = None
    reach: float = 0.0
    activity: str = ""
    model: str = ""
    weights: str = ""
    taken: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return float(self.times[-1] - self.times[0])

    @property
    def fps(self) -> float:
        """Frames a second, in the mean."""
        return (len(self.times) - 1) / self.seconds if self.seconds > 0 else 0.0


def write_take(file: BinaryIO, take: Take, key: str, film: str) -> None:
    """Write a take.

    Args:
        file: open for writing.
        take: what to write.
        key: name of the take.
        film: path of its film in the folder of takes, or "".
    """
    numbers = {name: _or_nan(getattr(take, name)) for name in (*_MOMENTS, "reach")}
    words = {"key": key, "film": film, "hand": take.hand or "", "activity": take.activity}
    words |= {"subject": SUBJECT, "model": take.model, "weights": take.weights}
    arrays: dict[str, Any] = {
        "version": np.array(VERSION),
        "label": np.array([take.gesture]),
        "lengths": np.array([len(take.times)]),
        "times": take.times.astype(np.float32),
        "dt": take.dt.astype(np.float32),
        "keypoints": take.keypoints.astype(np.float32),
        "fps": np.array([take.fps]),
        "taken": np.array([take.taken.isoformat(timespec="seconds")]),
        **{name: np.array([number]) for name, number in numbers.items()},
        **{name: np.array([word]) for name, word in words.items()},
    }
    if take.hands is not None:
        arrays["hands"] = take.hands.astype(np.float32)
    np.savez(file, **arrays)


def read_take(path: Path) -> tuple[Take, str]:
    """A take, and the path of its film in the folder of takes, or "".

    Raises:
        TakeError: the file cannot be read, or is no take.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return _take(dict(arrays)), str(arrays["film"][0])
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as problem:
        raise TakeError(
            f"{path} is no take ({problem!s:.120}): remove it, and record that take anew."
        ) from problem


def _take(arrays: dict[str, NDArray[Any]]) -> Take:
    """Raises ValueError, KeyError, TypeError or IndexError where it is none."""
    if int(arrays["version"]) != VERSION:
        raise ValueError(f"version {arrays['version']} and not {VERSION}")
    times, dt, keypoints = (np.asarray(arrays[name], np.float32) for name in ("times", "dt", "keypoints"))
    hands = np.asarray(arrays["hands"], np.float32) if "hands" in arrays else None
    shapes = {"times": times.shape, "dt": dt.shape, "keypoints": keypoints.shape}
    frames = len(times)
    fit: dict[str, tuple[int, ...]] = {"times": (frames,), "dt": (frames,)}
    fit["keypoints"] = (frames, len(KEYPOINTS), 3)
    if hands is not None:
        shapes["hands"], fit["hands"] = hands.shape, (frames, HAND_VALUES)
    if shapes != fit or frames < FEWEST:
        raise ValueError(f"arrays of shapes {shapes}")
    if not all(np.isfinite(each).all() for each in (times, dt, keypoints, hands) if each is not None):
        raise ValueError("some values are no numbers")
    if (np.diff(times) < 0).any():
        raise ValueError("times go back")
    word: Callable[[str], str] = lambda name: str(arrays[name][0])  # noqa: E731
    gesture, hand = word("label"), word("hand")
    onset, stroke_end, offset, rested = (_seconds(arrays[name][0]) for name in _MOMENTS)
    if gesture != NONE and onset is None:
        raise ValueError("nobody says when the gesture begins")
    return Take(
        gesture,
        *(times, dt, keypoints, hands),
        *(onset, stroke_end, offset, rested),
        hand=hand if hand in _HANDS else None,
        reach=float(arrays["reach"][0]),
        activity=word("activity"),
        model=word("model"),
        weights=word("weights"),
        taken=datetime.fromisoformat(word("taken")),
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _seconds(value: Any) -> float | None:
    return None if math.isnan(float(value)) else float(value)
