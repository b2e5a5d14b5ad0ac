"""Results of streams -> figures, exactly as docs/metrics.md defines them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gesturelrcn.evaluation.matching import Counts, gesture_at, match_starts
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.evaluation.statistics import (
    edit_distance,
    f1,
    mean,
    percentile,
    poisson_interval,
    ratio,
    slope,
)
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.vocabulary import NONE

CORE = ("raise_hand", "point_left", "point_right", "wave", "stop", "thumbs_up", NONE)
"""The seven classes that the headline is about."""
MISSED = "missed"
"""What a gesture without any event was taken for, in the confusion picture."""


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
    """Match every stream."""
    return [Judged(result, match_starts(result.truth.gestures, result.events)) for result in results]


@dataclass
class _Tally:
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
            "latency_s": _middle_and_tail(self.latency),
            "latency_after_stroke_s": _middle_and_tail(self.after_stroke),
        }


def _middle_and_tail(values: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def _tally(judged: Iterable[Judged], among: Sequence[str] | None = None) -> _Tally:
    """Count streams; with `among`, as if only these classes were asked for.

    Then starts that fall on a gesture of another class are left out: that class is not asked for.
    """
    tally = _Tally()
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


def _time(tally: _Tally, made: TrueGesture, event: GestureEvent) -> None:
    if not made.timed:
        return
    took = event.decided_at - made.onset
    tally.latency.append(took)
    if made.offset > made.onset:
        tally.ntd.append(took / (made.offset - made.onset))
    if made.stroke_end == made.stroke_end:  # not NaN
        tally.after_stroke.append(event.decided_at - made.stroke_end)


def totals(judged: Iterable[Judged], among: Sequence[str] | None = None) -> dict[str, Any]:
    """Recall, precision, F1 and counts over all classes, or as if only those of `among` were asked for."""
    return _tally(judged, among).total()


def figures(judged: Sequence[Judged], classes: Sequence[str] | None) -> dict[str, Any]:
    """All figures of a set of streams as plain types; shares from 0 to 1, times in seconds.

    Args:
        judged: from `judge`.
        classes: of the model, for clip accuracy; None where events came from elsewhere.
    """
    everything, core = _tally(judged), _tally(judged, CORE)
    named = _named(judged, classes)
    shares = {
        "core": core.total() | {"clip_accuracy": _accuracy(named, CORE)},
        "all": everything.total() | {"clip_accuracy": _accuracy(named)},
    }
    subjects = {
        subject: _of_streams(streams, classes)
        for subject, streams in _grouped(judged, lambda s: s.result.plan.subject).items()
    }
    return {
        **shares,
        "per_class": _per_class(judged, everything, named),
        "per_subject": subjects,
        "worst_subject": _worst(subjects),
        "per_distance": _by(judged, classes, lambda s: f"{s.result.plan.distance_m:g}"),
        "per_framing": _by(judged, classes, lambda s: s.result.plan.framing),
        "clip_accuracy": shares["all"]["clip_accuracy"],
        "levenshtein": levenshtein(judged),
        **everything.times(),
        "core_latency_s": core.times()["latency_s"],
        "core_ntd": core.times()["ntd"],
        "false_triggers": false_triggers(judged),
        "per_activity": _per_activity(judged),
        "confusion": confusion(judged),
        "drift": drift(judged),
    }


def _of_streams(judged: Sequence[Judged], classes: Sequence[str] | None) -> dict[str, Any]:
    named = _named(judged, classes)
    core = _tally(judged, CORE).total()
    free = false_triggers(judged)
    return _tally(judged).total() | {
        "core_recall": core["recall"],
        "core_precision": core["precision"],
        "clip_accuracy": _accuracy(named),
        "core_clip_accuracy": _accuracy(named, CORE),
        "false_triggers": free["count"],
        "gesture_free_hours": free["hours"],
    }


def _grouped(judged: Sequence[Judged], key: Any) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    return dict(sorted(groups.items()))


def _by(judged: Sequence[Judged], classes: Sequence[str] | None, key: Any) -> dict[str, Any]:
    return {name: _of_streams(group, classes) for name, group in _grouped(judged, key).items()}


def _worst(subjects: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    measured = [
        (row["core_recall"], name) for name, row in subjects.items() if row["core_recall"] is not None
    ]
    if not measured:
        return None
    recall, name = min(measured)
    return {"subject": name, "core_recall": recall}


def _per_class(
    judged: Sequence[Judged], tally: _Tally, named: Sequence[tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    rows = tally.classes()
    for name, row in rows.items():
        latency = [
            e.decided_at - g.onset
            for s in judged
            for g, e in s.counts.matched
            if g.gesture == name and g.timed
        ]
        row["clip_accuracy"] = _accuracy(named, (name,))
        row["latency_s"] = _middle_and_tail(latency)
    free = [one for one in judged if one.result.plan.gesture_free]
    if free:
        clips = sum(len(one.result.truth.places) or 1 for one in free)
        rows[NONE] = {
            "clips": clips,
            "starts": sum(len(one.starts) for one in free),
            "clip_accuracy": _accuracy(named, (NONE,)),
        }
    return dict(sorted(rows.items()))


def levenshtein(judged: Iterable[Judged]) -> float | None:
    """1 - sum(edit distance) / sum(true gestures) over all streams; below 0 where much is made up."""
    edits = true = 0
    for one in judged:
        made = [g.gesture for g in sorted(one.result.truth.gestures, key=lambda g: g.onset)]
        edits += edit_distance(made, [event.gesture for event in one.starts])
        true += len(made)
    return 1.0 - edits / true if true else None


def false_triggers(judged: Iterable[Judged]) -> dict[str, Any]:
    """Starts on gesture-free streams: how many, in how many hours, the rate and its exact 95 % interval.

    `recorded_hours` is the part of the hours that was not played a second time.
    """
    free = [one for one in judged if one.result.plan.gesture_free]
    count = sum(len(one.starts) for one in free)
    hours = sum(one.result.truth.seconds for one in free) / 3600
    low, high = poisson_interval(count)
    return {
        "count": count,
        "hours": hours,
        "recorded_hours": sum(one.result.truth.recorded for one in free) / 3600,
        "per_hour": ratio(count, hours),
        "low": ratio(low, hours),
        "high": ratio(high, hours),
    }


def _per_activity(judged: Iterable[Judged]) -> dict[str, Any]:
    """Starts that match nothing, by what was being done, where the recording says it."""
    seconds: Counter[str] = Counter()
    triggers: Counter[str] = Counter()
    for one in judged:
        stretches = one.result.truth.activities
        for stretch in stretches:
            seconds[stretch.activity] += stretch.end - stretch.start  # type: ignore[assignment]
        for event in one.counts.spurious:
            triggers.update(s.activity for s in stretches if s.start <= event.decided_at < s.end)
    return {
        name: {"minutes": seconds[name] / 60, "false_triggers": triggers[name]} for name in sorted(seconds)
    }


def confusion(judged: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """For each class, what its gestures were taken for by the first start on them, or `missed`.

    The row `none` counts starts where there was no gesture.
    """
    table: dict[str, Counter[str]] = {}
    for one in judged:
        truth = one.result.truth.gestures
        for made in truth:
            on = [e for e in one.starts if gesture_at(truth, e.decided_at) is made]
            table.setdefault(made.gesture, Counter())[on[0].gesture if on else MISSED] += 1
        for event in one.counts.spurious:
            table.setdefault(NONE, Counter())[event.gesture] += 1
    return {name: dict(sorted(row.items())) for name, row in sorted(table.items())}


def _named(judged: Iterable[Judged], classes: Sequence[str] | None) -> list[tuple[str, str]]:
    """(true class, likeliest class) of each clip, or of each gesture of a film."""
    if classes is None:
        return []
    named = []
    for one in judged:
        places = [(p.clip.gesture, p.start, p.end) for p in one.result.truth.places]
        if not places:
            places = [(g.gesture, g.onset, g.offset) for g in one.result.truth.gestures]
        for gesture, start, end in places:
            named.append((gesture, _likeliest(one.result, classes, (start + end) / 2, end)))
    return named


def _likeliest(result: StreamResult, classes: Sequence[str], start: float, end: float) -> str:
    trace = result.trace
    if trace is None:
        return NONE
    during = trace.scores[(trace.times >= start - 1e-6) & (trace.times <= end + 1e-6)]
    seen = during[~np.isnan(during).any(axis=1)]
    return classes[int(seen.mean(axis=0).argmax())] if len(seen) else NONE


def _accuracy(named: Sequence[tuple[str, str]], among: Sequence[str] | None = None) -> float | None:
    right = [true == taken for true, taken in named if among is None or true in among]
    return ratio(sum(right), len(right))


def drift(judged: Sequence[Judged]) -> dict[str, Any]:
    """Recall and false triggers for each minute of the streams, and whether recall falls with time.

    `recall_slope_per_hour` is a least-squares slope over single gestures with its 95 % interval.
    """
    minutes: dict[int, Counter[str]] = {}
    x: list[float] = []
    y: list[float] = []
    for one in judged:
        found = {id(made) for made, _ in one.counts.matched}
        for made in one.result.truth.gestures:
            row = minutes.setdefault(int(made.onset // 60), Counter())
            row.update(true=1, found=id(made) in found)
            x.append(made.onset / 3600)
            y.append(float(id(made) in found))
        if one.result.plan.gesture_free:
            for minute in range(int(one.result.truth.seconds // 60) + 1):
                seconds = min(60.0, one.result.truth.seconds - 60.0 * minute)
                minutes.setdefault(minute, Counter())["milliseconds"] += round(1000 * seconds)
            for event in one.starts:
                minutes.setdefault(int(event.decided_at // 60), Counter())["false_triggers"] += 1
    fitted = slope(x, y)
    return {
        "minutes": [
            {
                "minute": minute,
                "true": row["true"],
                "found": row["found"],
                "recall": ratio(row["found"], row["true"]),
                "gesture_free_s": row["milliseconds"] / 1000,
                "false_triggers": row["false_triggers"],
                "per_hour": ratio(row["false_triggers"], row["milliseconds"] / 3.6e6),
            }
            for minute, row in sorted(minutes.items())
        ],
        "recall_slope_per_hour": fitted and dict(zip(("value", "low", "high"), fitted, strict=True)),
    }
