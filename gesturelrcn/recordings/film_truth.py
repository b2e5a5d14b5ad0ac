"""The truth about a film, as JSON lines beside it: what was done when, and where every joint was.

The first line describes the film, then comes a line for each gesture, for each gesture-free stretch, and for
each frame; docs/synthesis.md shows them. Reading and writing do not need the extra.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.synthesis.arrays import Floats, Image
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.vocabulary import NONE

VERSION = 1
RETURN_STROKE = "return_stroke"
IDLE = "idle"


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
    times: Floats
    keypoints: Image

    def gesture_at(self, time: float) -> str:
        """The gesture whose onset and offset enclose `time`, else "none"."""
        return next((g.gesture for g in self.gestures if g.onset <= time <= g.offset), NONE)

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        yield json.dumps({"truth": VERSION, **asdict(self.film), "keypoints": KEYPOINTS})
        for done in self.gestures:
            yield json.dumps(
                {
                    "gesture": done.gesture,
                    "onset_s": round(done.onset, 3),
                    "stroke_end_s": round(done.stroke_end, 3),
                    "offset_s": round(done.offset, 3),
                    "rested_s": round(done.rested, 3),
                    "hand": done.hand,
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


def read_truth(path: Path) -> Truth:
    """Read the truth beside a film.

    Raises:
        SynthesisError: the file cannot be read, or a line of it is not what it should be.
    """
    gestures: list[TrueGesture] = []
    activities: list[Activity] = []
    times: list[float] = []
    joints: list[list[list[float]]] = []
    number = 0
    try:
        with path.open(encoding="utf-8") as lines:
            number = 1
            film = _film(json.loads(next(lines)))
            for number, line in enumerate(lines, start=2):  # noqa: B007 - the message below names it
                row = json.loads(line)
                if "gesture" in row:
                    gestures.append(_gesture(row))
                elif "activity" in row:
                    activities.append(Activity(row["activity"], row["start_s"], row["end_s"]))
                else:
                    times.append(row["t"])
                    joints.append(row["keypoints"])
        keypoints = np.array(joints, np.float32).reshape(len(joints), len(KEYPOINTS), 3)
    except (OSError, UnicodeDecodeError) as error:
        raise SynthesisError(f"The truth {path} cannot be read ({error}).") from error
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError) as mistake:
        raise SynthesisError(
            f"{path}:{number}: {mistake!r:.200}: this is no truth about a film; make it anew."
        ) from mistake
    if len(times) != film.frames:
        raise SynthesisError(
            f"{path} tells of {len(times)} frames and not of {film.frames}: it broke off; make it anew."
        )
    return Truth(film, gestures, activities, np.array(times), keypoints)


def read_film_facts(path: Path) -> tuple[FilmFacts, list[TrueGesture]]:
    """The facts and the gestures only, without reading the frames; raises as `read_truth` does."""
    gestures = []
    try:
        with path.open(encoding="utf-8") as lines:
            film = _film(json.loads(next(lines)))
            for line in lines:
                row = json.loads(line)
                if "gesture" not in row:
                    break
                gestures.append(_gesture(row))
    except (OSError, ValueError, KeyError, TypeError, StopIteration, RecursionError) as mistake:
        raise SynthesisError(
            f"The truth {path} cannot be read ({mistake!r:.200}): make it anew."
        ) from mistake
    return film, gestures


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
        hand=cast(Hand, row["hand"]),
    )
