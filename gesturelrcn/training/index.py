"""What to train on: a folder with an `index.csv` that lists clips."""

import csv
from dataclasses import dataclass
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.vocabulary import NONE


@dataclass(frozen=True)
class Clip:
    """One recording of one gesture by one person.

    Attributes:
        path: the video file.
        key: path relative to the index, for cache names and messages.
        subject: who; train and test never share a subject.
        gesture: name from the vocabulary, or `none`.
        distance_m: metres from the camera, 0 if unknown.
        fps: frames a second.
        onset: seconds from the beginning of the clip until the gesture begins; None for `none`, and where
            nobody has said.
        stroke_end: seconds until the pose is reached or the movement is done; None where nobody has said.
        offset: seconds until the hand begins to go back; None where the gesture lasts to the clip's end.
    """

    path: Path
    key: str
    subject: str
    gesture: str
    distance_m: float
    fps: float
    onset: float | None
    stroke_end: float | None = None
    offset: float | None = None


def read_index(folder: Path) -> list[Clip]:
    """The clips that `folder/index.csv` lists (columns path, subject, gesture, distance_m, fps, onset_s).

    Raises:
        GestureLrcnError: there is no index, or a line of it lacks a column.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise GestureLrcnError(f"{index}: no such file; a training folder needs an index.csv.")
    clips = []
    with index.open(newline="") as lines:
        for row in csv.DictReader(lines):
            try:
                clips.append(_clip(folder, row))
            except (KeyError, ValueError) as mistake:
                raise GestureLrcnError(f"{index}:{len(clips) + 2}: {mistake!r} in this line.") from mistake
    return clips


def _clip(folder: Path, row: dict[str, str]) -> Clip:
    onset = row.get("onset_s", "")
    return Clip(
        path=folder / row["path"],
        key=row["path"],
        subject=row["subject"],
        gesture=row["gesture"],
        distance_m=float(row.get("distance_m") or 0.0),
        fps=float(row["fps"]),
        onset=None if row["gesture"] == NONE or not onset else float(onset),
    )
