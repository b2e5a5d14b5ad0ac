"""The truth beside a film, as far as it is needed to measure: what was made when (docs/synthesis.md)."""

import json
import math
import re
from pathlib import Path
from typing import Any, cast

from gesturelrcn.events import Hand
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.vocabulary import NONE


class FilmTruthError(Exception):
    """A file is no truth; the message says why."""


def read_film_truth(path: Path) -> tuple[dict[str, Any], list[TrueGesture], list[Activity]]:
    """Facts, gestures and activities of a truth file (docs/synthesis.md); frames are not read.

    Truth written by hand may leave out the first line, stroke_end_s, rested_s, hand, and all activities.
    """
    facts: dict[str, Any] = {}
    gestures: list[TrueGesture] = []
    activities: list[Activity] = []
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):  # noqa: B007 - the message below names it
                if line.startswith('{"t":') or not line.strip():
                    continue
                row = json.loads(line)
                if "gesture" in row:
                    gestures.append(_gesture(row))
                elif "activity" in row:
                    activities.append(Activity(row["activity"], float(row["start_s"]), float(row["end_s"])))
                elif "t" not in row:
                    facts |= row
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as mistake:
        raise FilmTruthError(f"{path.name}:{number} is no truth about a film ({mistake!r:.200})") from None
    if not facts and not gestures and not activities:
        raise FilmTruthError(f"{path.name} says nothing")
    gestures.sort(key=lambda made: made.onset)
    return facts, [made for made in gestures if made.gesture != NONE], activities


def _gesture(row: dict[str, Any]) -> TrueGesture:
    made = TrueGesture(
        class_name(str(row["gesture"])),
        float(row["onset_s"]),
        float(row["offset_s"]),
        float(row.get("stroke_end_s", math.nan)),
        float(row.get("rested_s", math.nan)),
        cast(Hand | None, row.get("hand")),
        bool(row.get("timed", True)),
    )
    if not 0 <= made.onset <= made.offset:
        raise ValueError(f"onset_s {made.onset} and offset_s {made.offset}")
    return made


def class_name(word: str) -> str:
    """One spelling for the names of classes: "Raise hand" is raise_hand."""
    return re.sub(r"[\s-]+", "_", word.strip().lower())
