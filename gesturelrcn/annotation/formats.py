"""What a timeline is written as."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from gesturelrcn.annotation.elan import to_eaf
from gesturelrcn.annotation.timeline import Timeline, to_lines
from gesturelrcn.system.whole_files import write_whole

RECORD = "jsonl"
"""Always written: from it the others are made, and it says what is done already."""

COLUMNS = ("gesture", "start_s", "end_s", "confidence", "hand", "x", "y", "note")


def to_csv(timeline: Timeline) -> str:
    """A head line and a line a gesture (RFC 4180, but lines end in a line feed); empty cells for None.

    What is wrong with the video is a line without a gesture, at its end.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for span in timeline.spans:
        x, y = span.position or ("", "")
        writer.writerow((span.gesture, span.start, span.end, span.confidence, span.hand or "", x, y, ""))
    end = timeline.seconds
    writer.writerows(("", end, end, "", "", "", "", warning) for warning in timeline.warnings)
    return out.getvalue()


def to_webvtt(timeline: Timeline) -> str:
    """A cue a gesture (W3C WebVTT), which players show as subtitles or jump to as chapters."""
    notes = [f"{timeline.video}, by gesturelrcn {timeline.origin.version}", *timeline.warnings]
    # A note is one line here, and must not look like a cue.
    cues = ["WEBVTT", *("NOTE " + " ".join(note.split()).replace("-->", "->") for note in notes)]
    for number, span in enumerate(timeline.spans, 1):
        start, end = milliseconds(span.start, span.end)
        title = span.title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        cues.append(f"{number}\n{_clock(start)} --> {_clock(end)}\n{title}")
    return "\n\n".join(cues) + "\n"


def _clock(at: int) -> str:
    seconds, thousandths = divmod(at, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"


def milliseconds(start: float, end: float) -> tuple[int, int]:
    """Seconds as whole milliseconds; nothing lasts less than one, which both formats ask for."""
    first = round(start * 1000)
    return first, max(first + 1, round(end * 1000))


FORMATS: dict[str, Callable[[Timeline, Path, Path], str]] = {
    "jsonl": lambda timeline, video, out: to_lines(timeline),
    "csv": lambda timeline, video, out: to_csv(timeline),
    "vtt": lambda timeline, video, out: to_webvtt(timeline),
    "eaf": lambda timeline, video, out: to_eaf(
        timeline, video, out, [(span, *milliseconds(span.start, span.end)) for span in timeline.spans]
    ),
}
"""By name, which is the suffix too: the text of a timeline, given the video and where the text will lie."""


def write_timeline(timeline: Timeline, video: Path, out: Path, form: str) -> None:
    """Write one format; the file is there whole or not at all.

    Raises:
        GestureLrcnError: it cannot be written.
    """
    write_whole(out, FORMATS[form](timeline, video, out).encode("utf-8", "replace"))
