"""What a folder holds: an index of clips, films with truth beside them, or class/clip.

What others have written is forgiven: columns may be missing or in any order, names are brought to one
spelling, and a line that cannot be used is named and left out, not the whole folder.
"""

import csv
import logging
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from gesturelrcn.errors import GestureLrcnError, in_short
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.film_truth import FilmTruthError, read_outline
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.vocabulary import NONE, class_name

logger = logging.getLogger(__name__)

VIDEO_SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm", ".wmv"}
)
INDEX = "index.csv"
_ALONE = ""
"""The subject of clips whose person nobody has named: they are never put into one stream."""


@dataclass(frozen=True)
class Film:
    """One recording of a whole stream with its truth.

    Attributes:
        path: the video file.
        name: path relative to the folder.
        subject: who; "" where nobody has said.
        distance_m: metres from the camera, 0 where nobody has said.
        framing: "" where nobody has said.
        gestures: what happens in it, in order of time; none at all makes it a gesture-free stream.
        activities: named stretches without a gesture.
    """

    path: Path
    name: str
    subject: str
    distance_m: float
    framing: str
    gestures: tuple[TrueGesture, ...]
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """What is listed and cannot be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes:
        folder: where.
        clips: to be stitched into streams.
        films: streams as they are.
        skipped: what could not be used.
    """

    folder: Path
    clips: list[Clip] = field(default_factory=list)
    films: list[Film] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def only(
        self,
        subjects: tuple[str, ...] = (),
        gestures: tuple[str, ...] = (),
        distances: tuple[float, ...] = (),
    ) -> "Listing":
        """The clips of these subjects, gestures and distances, and the films of these subjects; () is all.

        Raises:
            GestureLrcnError: nothing is left.
        """
        clips = [
            clip
            for clip in self.clips
            if (not subjects or clip.subject in subjects)
            and (not gestures or clip.gesture in gestures)
            and (not distances or clip.distance_m in distances)
        ]
        films = [
            film
            for film in self.films
            if (not subjects or film.subject in subjects)
            and (not distances or film.distance_m in distances)
            and not gestures
        ]
        if not clips and not films:
            there = sorted({c.subject for c in self.clips} | {f.subject for f in self.films} - {_ALONE})
            raise GestureLrcnError(
                f"{self.folder}: nothing is left to measure on with this choice; subjects here: "
                f"{', '.join(there) or 'none named'}."
            )
        return replace(self, clips=clips, films=films)


def read_listing(folder: Path) -> Listing:
    """What there is to measure on in `folder`.

    With an `index.csv` (columns path and gesture; subject, distance_m, framing, onset_s, stroke_end_s and
    offset_s where known): its clips, and the films beside it that have truth. Without: the films with
    truth (`NAME.jsonl` beside `NAME.mp4`), or else every video of `folder/CLASS/`.

    Raises:
        GestureLrcnError: there is no such folder, nothing in it, or an index that is none.
    """
    if not folder.is_dir():
        raise GestureLrcnError(f"{folder}: no such folder; give one with an index.csv, films or class/clip.")
    if (folder / INDEX).is_file():
        listing = read_index(folder)
        _add_films(listing, {clip.path for clip in listing.clips})
    else:
        listing = Listing(folder)
        _add_films(listing, set())
        if not listing.films and not listing.skipped:
            _add_classes(listing)
    if not listing.clips and not listing.films:
        why = (
            f" (the first of {len(listing.skipped)}: {listing.skipped[0].reason})" if listing.skipped else ""
        )
        raise GestureLrcnError(
            f"{folder}: there is nothing to measure on{why}; it needs an index.csv, films with truth beside"
            " them, or a folder of videos for each class."
        )
    for item in listing.skipped:
        logger.warning("%s: skipped: %s", item.name, item.reason)
    return listing


def read_index(folder: Path, *, strict: bool = False) -> Listing:
    """The clips of `folder/index.csv` only.

    It has the columns path and gesture; subject, distance_m, framing, fps, onset_s, stroke_end_s and offset_s
    where known; and where the gesture is `none`, the activity (or else the source_label). A table made by a
    spreadsheet is read too: semicolons, a mark at its beginning, other letters in its head.

    Args:
        folder: holds the index; paths in it are relative to the folder.
        strict: the index was made by a program: what it says counts as it stands, a line that lacks path,
            subject, gesture or fps or has no number where one belongs is an error, and nobody looks whether
            the videos are there. Otherwise a line that cannot be used is left out and named in `skipped`,
            a number that is none is not known, and gestures are brought to one spelling.

    Raises:
        GestureLrcnError: there is no index, it is no table, or (`strict`) a line of it is not right.
    """
    path = folder / INDEX
    if not path.is_file():
        raise GestureLrcnError(f"{path}: no such file; a training folder needs an {INDEX}.")
    columns, rows = _table(path)
    if not strict and not {"path", "gesture"} <= columns:
        raise GestureLrcnError(f"{path}:1: the columns path and gesture are missing.")
    listing = Listing(folder)
    seen: set[tuple[str, str, str]] = set()
    for number, row in rows:
        try:
            clip = _strict_clip(folder, row) if strict else _forgiven_clip(folder, row)
        except (KeyError, ValueError) as mistake:
            if strict:
                raise GestureLrcnError(f"{path}:{number}: {mistake!r} in this line.") from mistake
            listing.skipped.append(Skipped(f"{path}:{number}", str(mistake)))
            continue
        key = (row["path"], row["gesture"], row.get("onset_s", ""))
        if key in seen and not strict:
            listing.skipped.append(Skipped(f"{path}:{number}", f"{clip.name} is listed twice"))
        else:
            listing.clips.append(clip)
        seen.add(key)
    return listing


def _table(path: Path) -> tuple[set[str], list[tuple[int, dict[str, str]]]]:
    """The columns of an index, and with its number in the file each line that says something."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            header = lines.readline()
            lines.seek(0)
            table = csv.DictReader(lines, delimiter=";" if ";" in header and "," not in header else ",")
            columns = [(name or "").strip().lower() for name in table.fieldnames or []]
            table.fieldnames = columns
            rows = [(table.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error, AttributeError) as problem:
        raise GestureLrcnError(f"{path}: cannot be read as a table of clips ({in_short(problem)}).") from None
    return set(columns), [(number, row) for number, row in rows if any(row.values())]


def _strict_clip(folder: Path, row: dict[str, str]) -> Clip:
    """The clip of one line as it stands; raises KeyError or ValueError where something is missing."""
    fps = float(row["fps"])
    clip = _clip(folder, row, row["gesture"], lambda word: float(word) if word else None)
    return replace(clip, subject=row["subject"], fps=fps)


def _forgiven_clip(folder: Path, row: dict[str, str]) -> Clip:
    """The clip of one line, and what else is known of it; raises ValueError that says why there is none."""
    clip = _clip(folder, row, class_name(row["gesture"]), _number)
    if Path(clip.name).is_absolute() or ".." in Path(clip.name).parts:
        raise ValueError(f"{clip.name} lies outside the folder")
    try:
        there = clip.path.exists()
    except OSError:  # no file can have such a name
        there = False
    if not there:
        raise ValueError(f"there is no {clip.name[:200]}")
    return _timed(clip)


def _clip(folder: Path, row: dict[str, str], gesture: str, number: Callable[[str], float | None]) -> Clip:
    """What one line says; `number` reads a field that holds one."""
    if not row["path"] or not gesture:
        raise ValueError("the line names no video or no gesture")
    name = PurePosixPath(row["path"].replace("\\", "/")).as_posix()
    clip = Clip(
        path=folder / name,
        name=name,
        subject=row.get("subject", _ALONE),
        gesture=gesture,
        distance_m=number(row.get("distance_m", "")) or 0.0,
        fps=number(row.get("fps", "")) or 0.0,
        framing=row.get("framing", ""),
    )
    if gesture == NONE:
        return replace(clip, activity=row.get("activity") or row.get("source_label", ""))
    onset, stroke_end, offset = (
        number(row.get(f"{moment}_s", "")) for moment in ("onset", "stroke_end", "offset")
    )
    return replace(clip, onset=onset, stroke_end=stroke_end, offset=offset)


def _timed(clip: Clip) -> Clip:
    """With the truth beside the video, where there is one about this one gesture; it knows more."""
    truth = clip.path.with_suffix(".jsonl")
    if not truth.is_file():
        return clip
    try:
        gestures = read_outline(truth).gestures
    except FilmTruthError:
        return clip
    if len(gestures) != 1 or gestures[0].gesture != clip.gesture:
        return clip
    (gesture,) = gestures
    stroke_end = None if math.isnan(gesture.stroke_end) else gesture.stroke_end
    return replace(clip, onset=gesture.onset, stroke_end=stroke_end, offset=gesture.offset)


def _number(word: str) -> float | None:
    """A number of at least 0, also one with its unit ("4 m"), or None."""
    match = re.match(r"\d+(\.\d*)?|\.\d+", word)
    return float(match[0]) if match else None


def _add_films(listing: Listing, known: set[Path]) -> None:
    """Every video with truth beside it that is not listed already."""
    for truth in sorted(listing.folder.rglob("*.jsonl")):
        path = next((p for p in _beside(truth) if p.suffix.lower() in VIDEO_SUFFIXES), None)
        if path is None or path in known:
            continue
        name = path.relative_to(listing.folder).as_posix()
        try:
            facts, gestures, activities = read_outline(truth)
        except FilmTruthError as problem:
            listing.skipped.append(Skipped(name, str(problem)))
            continue
        listing.films.append(
            Film(
                path,
                name,
                str(facts.get("subject", _ALONE)),
                _number(str(facts.get("distance_m", ""))) or 0.0,
                str(facts.get("framing", "")),
                tuple(gestures),
                tuple(activities),
            )
        )


def _beside(truth: Path) -> Iterator[Path]:
    return (path for path in sorted(truth.parent.glob(f"{_literal(truth.stem)}.*")) if path.is_file())


def _literal(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def _add_classes(listing: Listing) -> None:
    """Every video in `folder/CLASS/`; who is in it, nobody has said."""
    for path in sorted(listing.folder.glob("*/*")):
        if path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith("."):
            name = path.relative_to(listing.folder).as_posix()
            listing.clips.append(Clip(path, name, _ALONE, class_name(path.parent.name)))
