"""Which events are true? Starts of events against true gestures, one to one, earliest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.recordings.truth import TrueGesture

LATE = 0.5
"""Seconds after the offset of a gesture until which a start still counts for it."""


@dataclass(frozen=True)
class Counts:
    """The outcome on one stream.

    Attributes:
        matched: pairs of true gesture and the event that started it.
        missed: true gestures without an event.
        duplicates: further starts of the right class on a gesture that had been matched.
        wrong_class: starts of another class on a true gesture.
        spurious: starts where there was no gesture at all, or before its onset.
    """

    matched: list[tuple[TrueGesture, GestureEvent]]
    missed: list[TrueGesture]
    duplicates: list[GestureEvent]
    wrong_class: list[GestureEvent]
    spurious: list[GestureEvent]


def covers(gesture: TrueGesture, at: float) -> bool:
    """Whether a decision at `at` seconds falls on this gesture."""
    return gesture.onset <= at <= gesture.offset + LATE


def gesture_at(truth: Sequence[TrueGesture], at: float) -> TrueGesture | None:
    """The true gesture that a decision at `at` seconds falls on, the one that began last, or None."""
    return max((g for g in truth if covers(g, at)), key=lambda g: g.onset, default=None)


def match_starts(truth: Sequence[TrueGesture], events: Sequence[GestureEvent]) -> Counts:
    """Match the `start` events of one stream to its true gestures (definition: docs/metrics.md).

    A start matches a true gesture of the same class when onset <= decided_at <= offset + 0.5 s.
    """
    open_gestures = sorted(truth, key=lambda g: g.onset)
    counts = Counts([], [], [], [], [])
    taken: list[TrueGesture] = []
    for event in sorted((e for e in events if e.phase is Phase.START), key=lambda e: e.decided_at):
        covering = [g for g in truth if covers(g, event.decided_at)]
        free = next((g for g in open_gestures if g in covering and g.gesture == event.gesture), None)
        if free is not None:
            open_gestures.remove(free)
            taken.append(free)
            counts.matched.append((free, event))
        elif any(g.gesture == event.gesture for g in covering if g in taken):
            counts.duplicates.append(event)
        elif covering:
            counts.wrong_class.append(event)
        else:
            counts.spurious.append(event)
    counts.missed.extend(open_gestures)
    return counts
