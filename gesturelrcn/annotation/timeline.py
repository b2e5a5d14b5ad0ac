"""The gestures of one video in order of time, and what they were made from.

All times are media time: seconds from the beginning of the video. A gesture's `start` is the time of the
frame that decided it, as everywhere in this project; the hand left its rest a little before.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gesturelrcn.events import GestureEvent, Hand, Phase
from gesturelrcn.thresholds import NORMAL

FORMAT = 1
"""Version of the lines. A timeline of another version is not read."""


@dataclass(frozen=True)
class Span:
    """One gesture from its start to its end.

    Attributes:
        gesture: name from the vocabulary.
        id: of its events.
        start: seconds, `captured_at` of the event that started it.
        end: seconds, `captured_at` of the event that ended it.
        confidence: the highest of its events, 0 to 1.
        peak: seconds, when it was that high.
        hand: the user's own hand or hands when it started, or None where the model does not say.
        position: (x, y) of that hand in the person region when it started, 0 to 1, or None.
    """

    gesture: str
    id: int
    start: float
    end: float
    confidence: float
    peak: float
    hand: Hand | None = None
    position: tuple[float, float] | None = None

    @property
    def title(self) -> str:
        """One line for people: "raise_hand, right hand, 0.93"."""
        hand = {None: "", "both": ", both hands"}.get(self.hand, f", {self.hand} hand")
        return f"{self.gesture}{hand}, {self.confidence:.2f}"


@dataclass(frozen=True)
class Origin:
    """What decides how a timeline comes out: the same origin gives the same timeline.

    Attributes:
        video_bytes: size of the video file.
        video_sum: SHA-256 over the size and the first and last mebibyte of the video.
        model: name of the model.
        model_sum: SHA-256 of its card, which holds the thresholds and the sums of the weights.
        engine: what ran the network.
        mirrored: the pictures were flipped first.
        version: of gesturelrcn.
        sensitivity: how readily gestures started.
        turned_on: gestures that started although the model has them off, in order of name.
    """

    video_bytes: int
    video_sum: str
    model: str
    model_sum: str
    engine: str
    mirrored: bool
    version: str
    sensitivity: str = NORMAL
    turned_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """All gestures of one video.

    Attributes:
        video: name of the file, without folder.
        seconds: length of the video.
        frames: pictures in it.
        made_at: when this was made, as in 2024-05-31T12:00:00+00:00.
        origin: what it was made from.
        spans: in order of time.
        notes: what is wrong with the video though it could be read, in words that follow its name: that it
            breaks off, for example.
    """

    video: str
    seconds: float
    frames: int
    made_at: str
    origin: Origin
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notes as sentences, with the name of the video."""
        return tuple(f"{self.video} {note}." for note in self.notes)


def spans_of(events: Iterable[GestureEvent]) -> tuple[Span, ...]:
    """Events of one recording, oldest first, as spans; numbers are rounded as `GestureEvent.to_dict` does.

    A gesture whose end is missing ends at its last event.
    """
    lives: dict[int, list[GestureEvent]] = {}
    for event in events:
        lives.setdefault(event.id, []).append(event)
    return tuple(_span(life) for life in lives.values() if life[0].phase == Phase.START)


def _span(life: list[GestureEvent]) -> Span:
    first, last = life[0], life[-1]
    # By what is told: of moments that round alike the first is the peak, to whoever knows only the rounded.
    best = max(life, key=lambda event: round(event.confidence, 6))
    position = None if first.position is None else (round(first.position[0], 6), round(first.position[1], 6))
    return Span(
        first.gesture,
        first.id,
        round(first.captured_at, 6),
        round(last.captured_at, 6),
        round(best.confidence, 6),
        round(best.captured_at, 6),
        first.hand,
        position,
    )


def to_lines(timeline: Timeline) -> str:
    """JSON lines: what the timeline is of, then one line a gesture."""
    head: dict[str, Any] = {"timeline": FORMAT, **asdict(timeline)}
    rows = [head, *head.pop("spans")]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def read_timeline(path: Path) -> Timeline | None:
    """What `to_lines` wrote, or None where the file holds something else.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        head, *rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if head.pop("timeline") != FORMAT:
            return None
        told = head.pop("origin")
        origin = Origin(**{**told, "turned_on": tuple(map(str, told.get("turned_on", ())))})
        notes = tuple(map(str, head.pop("notes", ())))
        return Timeline(origin=origin, spans=tuple(map(_read_span, rows)), notes=notes, **head)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _read_span(row: dict[str, Any]) -> Span:
    position = row.pop("position")
    return Span(position=None if position is None else (float(position[0]), float(position[1])), **row)
