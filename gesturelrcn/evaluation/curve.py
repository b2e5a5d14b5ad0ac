"""Recall against false triggers per hour: other thresholds on recorded scores, without the network."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.evaluation.metrics import CORE, false_triggers, totals
from gesturelrcn.evaluation.runner import StreamResult, Trace
from gesturelrcn.evaluation.tally import Judged, judge
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.model.card import ModelCard
from gesturelrcn.thresholds import AS_USUAL, Sensitivities, Thresholds

BUDGET = 0.5
"""False triggers an hour at which the headline recall is read off."""
_SHIFTS = tuple(0.25 * step for step in range(-12, 21))
"""What is added to the logit of all thresholds, lowest first."""
_CONFIDENCES = tuple(round(0.05 * step, 2) for step in range(20))


@dataclass(frozen=True)
class OperatingPoint:
    """One point of the curve.

    Attributes:
        shift: added to the logit of each threshold; for events from elsewhere, their least confidence.
        recall: mean over the core classes that were made.
        precision: mean over the core classes that were made and started.
        false_triggers: starts on gesture-free streams.
        per_hour: the same in an hour; None without such streams.
    """

    shift: float
    recall: float | None
    precision: float | None
    false_triggers: int
    per_hour: float | None


def shifted(thresholds: Mapping[str, Thresholds], by: float) -> dict[str, Thresholds]:
    """All start and end thresholds moved on the logit scale, so that they stay between 0 and 1."""
    return {
        name: replace(limits, start=_moved(limits.start, by), end=_moved(limits.end, by))
        for name, limits in thresholds.items()
    }


def _moved(share: float, by: float) -> float:
    share = min(max(share, 1e-6), 1.0 - 1e-6)
    return 1.0 / (1.0 + math.exp(-(math.log(share / (1.0 - share)) + by)))


def replay(trace: Trace, classes: Sequence[str], thresholds: Mapping[str, Thresholds]) -> list[GestureEvent]:
    """The events that the decoder makes of recorded scores; what the recogniser makes, at its thresholds."""
    decoder = Decoder(classes, thresholds)
    events: list[GestureEvent] = []
    at = 0.0
    for at, scores, fresh in zip(trace.times.tolist(), trace.scores, trace.fresh.tolist(), strict=True):
        lost = bool(scores[0] != scores[0])  # NaN: nobody was there
        if fresh or lost:
            events += decoder.reset(at)
        if not lost:
            events += decoder.step(Evidence(scores, at, at, media_time=at))
    return events + decoder.reset(at)


def curve(
    results: Sequence[StreamResult], card: ModelCard | None, sensitivities: Sensitivities = AS_USUAL
) -> list[OperatingPoint]:
    """The whole curve, from low thresholds to high ones.

    Args:
        results: with traces; where there are none, starts are left out by their confidence.
        card: of the model that made the traces.
        sensitivities: that the curve goes through.
    """
    if card is None or any(result.trace is None for result in results):
        return [_point(least, [_confident(result, least) for result in results]) for least in _CONFIDENCES]
    points = []
    for by in _SHIFTS:
        limits = shifted(card.in_force(sensitivities), by)
        replayed = [
            replace(result, events=replay(result.trace, card.classes, limits))
            for result in results
            if result.trace is not None
        ]
        points.append(_point(by, replayed))
    return points


def _confident(result: StreamResult, least: float) -> StreamResult:
    kept = [e for e in result.events if e.phase is not Phase.START or e.confidence >= least]
    return replace(result, events=kept)


def _point(shift: float, results: Sequence[StreamResult]) -> OperatingPoint:
    judged: list[Judged] = judge(results)
    core, free = totals(judged, CORE), false_triggers(judged)
    return OperatingPoint(shift, core["recall"], core["precision"], free["count"], free["per_hour"])


def headline(points: Sequence[OperatingPoint], hours: float) -> dict[str, Any]:
    """The best core recall within the budget of false triggers, and what the hours can support at all."""
    within = [
        point for point in points if point.recall is not None and (point.per_hour or 0.0) <= BUDGET + 1e-9
    ]
    best = max(within, key=lambda point: (point.recall or 0.0, point.shift), default=None)
    return {
        "budget_per_hour": BUDGET,
        "recall": best.recall if best and hours else None,
        "precision": best.precision if best and hours else None,
        "shift": best.shift if best and hours else None,
        "hours": hours,
        "supported_per_hour": 3.0 / hours if hours else None,
    }
