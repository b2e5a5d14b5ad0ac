"""Results of streams -> figures, exactly as docs/metrics.md defines them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gesturelrcn.evaluation.drift import drift
from gesturelrcn.evaluation.matching import gesture_at
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.evaluation.statistics import (
    edit_distance,
    poisson_interval,
    ratio,
)
from gesturelrcn.evaluation.tally import Judged, Tally, count_events, middle_and_tail
from gesturelrcn.vocabulary import NONE

CORE = ("raise_hand", "point_left", "point_right", "wave", "stop", "thumbs_up", NONE)
"""The seven classes that the headline is about."""
MISSED = "missed"
"""What a gesture without any event was taken for, in the confusion picture."""


def totals(judged: Iterable[Judged], among: Sequence[str] | None = None) -> dict[str, Any]:
    """Recall, precision, F1 and counts over all classes, or as if only those of `among` were asked for."""
    return count_events(judged, among).total()


def figures(judged: Sequence[Judged], classes: Sequence[str] | None) -> dict[str, Any]:
    """All figures of a set of streams as plain types; shares from 0 to 1, times in seconds.

    Args:
        judged: from `judge`.
        classes: of the model, for clip accuracy; None where events came from elsewhere.
    """
    everything, core = count_events(judged), count_events(judged, CORE)
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
    core = count_events(judged, CORE).total()
    free = false_triggers(judged)
    return count_events(judged).total() | {
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
    judged: Sequence[Judged], tally: Tally, named: Sequence[tuple[str, str]]
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
        row["latency_s"] = middle_and_tail(latency)
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
