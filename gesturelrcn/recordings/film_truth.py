"""The truth about a film, as JSON lines beside it: what was done when, and where every joint was.

The first line describes the film, then comes a line for each gesture, for each gesture-free stretch, and for
each frame; docs/synthesis.md shows them. Reading and writing do not need the extra.

`read_truth` reads all that a program wrote, `read_film_facts` only what it wrote of the whole and of the
gestures, `read_outline` also what was written by hand.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import GestureLrcnError, in_short
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.vocabulary import NONE, class_name

VERSION = 1
RETURN_STROKE = "return_stroke"
IDLE = "idle"


class FilmTruthError(GestureLrcnError):
    """A file is no truth about a film; the message says why."""


@dataclass(frozen=True)
class FilmFacts:
    """What is true of a whole film.

    Attributes:
        video: name of the video file beside the truth.
        subject: name of the person; the same name is the same person.
        fps: frames a second, the mean where they are not equally far apart; `frames`: how many there are.
        size: width and height of the pictures in pixels.
        posture: "seated" or "standing".
        distance_m: metres from the camera to the chest.
        framing: "full" where the feet are in the camera's picture, else "upper".
    """

    video: str
    subject: str
    fps: int
    frames: int
    size: int
    posture: str
    distance_m: float
    framing: str


@dataclass(frozen=True)
class Truth:
    """All that is known about one film.

    Attributes:
        film: facts about the whole.
        gestures: in order of time.
        activities: in order of time; together with the gestures they fill the film.
        times: (T,) seconds of the frames.
        keypoints: (T, J, 3) float32: x, y in shares of the picture, 1.0 where seen in it; the J joints
            of `gesturelrcn.keypoints.KEYPOINTS`.
    """

    film: FilmFacts
    gestures: list[TrueGesture]
    activities: list[Activity]
    times: NDArray[np.float64]
    keypoints: NDArray[np.float32]

    def gesture_at(self, time: float) -> str:
        """The gesture whose onset and offset enclose `time`, else "none"."""
        return next((g.gesture for g in self.gestures if g.onset <= time <= g.offset), NONE)

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        yield json.dumps({"truth": VERSION, **asdict(self.film), "keypoints": KEYPOINTS})
        for gesture in self.gestures:
            yield json.dumps(
                {
                    "gesture": gesture.gesture,
                    "onset_s": round(gesture.onset, 3),
                    "stroke_end_s": round(gesture.stroke_end, 3),
                    "offset_s": round(gesture.offset, 3),
                    "rested_s": round(gesture.rested, 3),
                    "hand": gesture.hand,
                }
            )
        for stretch in self.activities:
            yield json.dumps(
                {
                    "activity": stretch.activity,
                    "start_s": round(stretch.start, 3),
                    "end_s": round(stretch.end, 3),
                }
            )
        for time, joints in zip(self.times, self.keypoints, strict=True):
            # Four places are a fiftieth of a pixel; without spaces the file is a fifth smaller.
            listed = [[round(float(x), 4), round(float(y), 4), int(visible)] for x, y, visible in joints]
            yield json.dumps({"t": round(float(time), 4), "keypoints": listed}, separators=(",", ":"))


class Outline(NamedTuple):
    """What a film shows when, without its frames.

    Attributes:
        facts: what is said of the whole; see `FilmFacts` for the names.
        gestures: in order of time; `none` is none.
        activities: as they stand in the file.
    """

    facts: dict[str, Any]
    gestures: list[TrueGesture]
    activities: list[Activity]


def read_truth(path: Path) -> Truth:
    """Read the truth beside a film.

    Raises:
        FilmTruthError: the file cannot be read, or a line of it is not what it should be.
    """
    lines = _Lines(path, strict=True)
    try:
        rows = lines.rows()
        film = _film(next(rows))
        for row in rows:
            lines.add(row)
        keypoints = np.array(lines.joints, np.float32).reshape(len(lines.joints), len(KEYPOINTS), 3)
    except (OSError, UnicodeDecodeError) as error:
        raise FilmTruthError(f"The truth {path} cannot be read ({in_short(error)}).") from error
    except (*_MISTAKES, StopIteration) as mistake:
        raise FilmTruthError(
            f"{path}:{max(1, lines.number)}: {mistake!r:.200}: this is no truth about a film; make it anew."
        ) from mistake
    if len(lines.times) != film.frames:
        raise FilmTruthError(
            f"{path} tells of {len(lines.times)} frames and not of {film.frames}: it broke off; make it anew."
        )
    return Truth(film, lines.gestures, lines.activities, np.array(lines.times), keypoints)


def read_film_facts(path: Path) -> tuple[FilmFacts, list[TrueGesture]]:
    """The facts and the gestures only, without reading the frames; raises as `read_truth` does."""
    lines = _Lines(path, strict=True)
    try:
        rows = lines.rows()
        film = _film(next(rows))
        for row in rows:
            if "gesture" not in row:
                break
            lines.add(row)
    except (OSError, *_MISTAKES, StopIteration) as mistake:
        raise FilmTruthError(
            f"The truth {path} cannot be read ({mistake!r:.200}): make it anew."
        ) from mistake
    return film, lines.gestures


def read_outline(path: Path) -> Outline:
    """What is needed to measure: facts, gestures and activities; frames are not read.

    Truth written by hand may leave out the first line, stroke_end_s, rested_s, hand, and all activities, and
    spell gestures as it likes ("Raise hand").

    Raises:
        FilmTruthError: the file cannot be read, a line of it is not what it should be, or it says nothing.
    """
    lines = _Lines(path, strict=False)
    try:
        for row in lines.rows():
            lines.add(row)
    except (OSError, *_MISTAKES) as mistake:
        raise FilmTruthError(
            f"{path.name}:{lines.number} is no truth about a film ({mistake!r:.200})"
        ) from None
    if not lines.facts and not lines.gestures and not lines.activities:
        raise FilmTruthError(f"{path.name} says nothing")
    gestures = sorted(lines.gestures, key=lambda gesture: gesture.onset)
    return Outline(
        lines.facts, [gesture for gesture in gestures if gesture.gesture != NONE], lines.activities
    )


_MISTAKES = (ValueError, KeyError, TypeError, RecursionError)
"""What a line raises that is not what it should be."""


class _Lines:
    """What the lines of a truth file say, line after line.

    Attributes:
        number: of the line that was read last.
        facts: said of the whole, where it is not `strict`.
        gestures, activities: in the order of the file.
        times, joints: of the frames.
    """

    def __init__(self, path: Path, *, strict: bool) -> None:
        """Args: path: the file. strict: a program wrote it, whole; otherwise frames are passed over."""
        self._path, self._strict = path, strict
        self.number = 0
        self.facts: dict[str, Any] = {}
        self.gestures: list[TrueGesture] = []
        self.activities: list[Activity] = []
        self.times: list[float] = []
        self.joints: list[list[list[float]]] = []

    def rows(self) -> Iterator[Any]:
        """Every line that counts, as the JSON value that it is."""
        with self._path.open(encoding="utf-8-sig") as lines:
            for self.number, line in enumerate(lines, start=1):
                if self._strict or (line.strip() and not line.startswith('{"t":')):
                    yield json.loads(line)

    def add(self, row: dict[str, Any]) -> None:
        """Take in what a line says; raises one of `_MISTAKES` where that is nothing."""
        if "gesture" in row:
            self.gestures.append(_gesture(row) if self._strict else _gesture_by_hand(row))
        elif "activity" in row:
            self.activities.append(Activity(row["activity"], float(row["start_s"]), float(row["end_s"])))
        elif self._strict:
            self.times.append(row["t"])
            self.joints.append(row["keypoints"])
        elif "t" not in row:
            self.facts |= row


def _film(row: dict[str, Any]) -> FilmFacts:
    if row["truth"] != VERSION or tuple(row["keypoints"]) != KEYPOINTS:
        raise ValueError(f"version {row['truth']} or other joints")
    return FilmFacts(**{name: row[name] for name in FilmFacts.__dataclass_fields__})


def _gesture(row: dict[str, Any]) -> TrueGesture:
    return TrueGesture(
        row["gesture"],
        onset=float(row["onset_s"]),
        offset=float(row["offset_s"]),
        stroke_end=float(row["stroke_end_s"]),
        rested=float(row["rested_s"]),
        hand=row["hand"],
        timed=bool(row.get("timed", True)),
    )


def _gesture_by_hand(row: dict[str, Any]) -> TrueGesture:
    left_out = {"stroke_end_s": math.nan, "rested_s": math.nan, "hand": None}
    gesture = _gesture({**left_out, **row, "gesture": class_name(str(row["gesture"]))})
    if not 0 <= gesture.onset <= gesture.offset:
        raise ValueError(f"onset_s {gesture.onset} and offset_s {gesture.offset}")
    return gesture
