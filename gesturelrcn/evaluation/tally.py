"""What is counted over streams whose events are matched to their truth."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gesturelrcn.evaluation.matching import Counts, gesture_at, match_starts
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.evaluation.statistics import (
    f1,
    mean,
    percentile,
    ratio,
)
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.recordings.truth import TrueGesture


@dataclass(frozen=True, eq=False)
class Judged:
    """One stream, its starts matched to its truth."""

    result: StreamResult
    counts: Counts

    @property
    def starts(self) -> list[GestureEvent]:
        """All starts, in order of time."""
        return starts(self.result.events)


def starts(events: Iterable[GestureEvent]) -> list[GestureEvent]:
    """The events with which gestures begin, in order of time."""
    return sorted((e for e in events if e.phase is Phase.START), key=lambda e: e.decided_at)


def judge(results: Iterable[StreamResult]) -> list[Judged]:
    """Match the starts of every stream to its truth."""
    return [Judged(result, match_starts(result.truth.gestures, result.events)) for result in results]


@dataclass
class Tally:
    """What is counted about a set of classes, streams or both."""

    true: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    started: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    wrong_class: Counter[str] = field(default_factory=Counter)
    spurious: Counter[str] = field(default_factory=Counter)
    latency: list[float] = field(default_factory=list)
    after_stroke: list[float] = field(default_factory=list)
    ntd: list[float] = field(default_factory=list)

    def classes(self) -> dict[str, dict[str, Any]]:
        """Figures of every class that was made or started."""
        return {name: self.of_class(name) for name in sorted({*self.true, *self.started})}

    def of_class(self, name: str) -> dict[str, Any]:
        """Figures of one class: counts, and shares from 0 to 1 (None where there is nothing to share)."""
        recall = ratio(self.found[name], self.true[name])
        precision = ratio(self.found[name], self.started[name])
        return {
            "true": self.true[name],
            "found": self.found[name],
            "starts": self.started[name],
            "recall": recall,
            "precision": precision,
            "f1": f1(recall, precision),
            "duplicates": self.duplicates[name],
            "wrong_class": self.wrong_class[name],
            "spurious": self.spurious[name],
        }

    def total(self) -> dict[str, Any]:
        """Recall, precision and F1 are means over the classes that were made; counts are sums."""
        made = [row for row in self.classes().values() if row["true"]]
        true, found, started = self.true.total(), self.found.total(), self.started.total()
        return {
            "recall": mean([row["recall"] for row in made]),
            "precision": mean([row["precision"] for row in made if row["precision"] is not None]),
            "f1": mean([row["f1"] for row in made]),
            "duplicates": self.duplicates.total(),
            "wrong_class": self.wrong_class.total(),
            "spurious": self.spurious.total(),
            "missed": true - found,
            "true": true,
            "found": found,
            "starts": started,
            "micro_recall": ratio(found, true),
            "micro_precision": ratio(found, started),
        }

    def times(self) -> dict[str, Any]:
        """How long decisions took, on matched events."""
        return {
            "ntd": mean(self.ntd),
            "latency_s": middle_and_tail(self.latency),
            "latency_after_stroke_s": middle_and_tail(self.after_stroke),
        }


def middle_and_tail(values: Sequence[float]) -> dict[str, float | None]:
    """Median and 95th percentile, in the unit of `values`; None where there are none."""
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def count_events(judged: Iterable[Judged], among: Sequence[str] | None = None) -> Tally:
    """Count streams; with `among`, as if only these classes were asked for.

    Then starts that fall on a gesture of another class are left out: that class is not asked for.
    """
    tally = Tally()
    for one in judged:
        truth = one.result.truth.gestures
        for made, event in one.counts.matched:
            if among is None or made.gesture in among:
                tally.true[made.gesture] += 1
                tally.found[made.gesture] += 1
                tally.started[event.gesture] += 1
                _time(tally, made, event)
        for made in one.counts.missed:
            if among is None or made.gesture in among:
                tally.true[made.gesture] += 1
        for event in one.counts.spurious:
            tally.started[event.gesture] += 1
            tally.spurious[event.gesture] += 1
        for event in [*one.counts.duplicates, *one.counts.wrong_class]:
            on = gesture_at(truth, event.decided_at)
            if on is None or (among is not None and on.gesture not in among):
                continue
            tally.started[event.gesture] += 1
            if event in one.counts.duplicates:
                tally.duplicates[event.gesture] += 1
            else:
                tally.wrong_class[on.gesture] += 1
    return tally


def _time(tally: Tally, made: TrueGesture, event: GestureEvent) -> None:
    if not made.timed:
        return
    took = event.decided_at - made.onset
    tally.latency.append(took)
    if made.offset > made.onset:
        tally.ntd.append(took / (made.offset - made.onset))
    if made.stroke_end == made.stroke_end:  # not NaN
        tally.after_stroke.append(event.decided_at - made.stroke_end)
