"""Run the whole recogniser, person locator included, over a folder of clips and count events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gesturelrcn.capture import open_source
from gesturelrcn.evaluation.matching import Counts, match_starts
from gesturelrcn.events import GestureEvent
from gesturelrcn.model import Engine
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.training.index import Clip
from gesturelrcn.truth import TrueGesture
from gesturelrcn.vocabulary import NONE


@dataclass(frozen=True)
class ClipResult:
    """What happened on one clip.

    Attributes:
        clip: which.
        events: all events, the end of the clip included.
        counts: starts against the truth of the clip.
        seconds: length of the clip.
        likeliest: class with the highest mean score over the second half, for clip accuracy.
    """

    clip: Clip
    events: list[GestureEvent]
    counts: Counts
    seconds: float
    likeliest: str


def evaluate_clips(engine: Engine, clips: Iterable[Clip]) -> list[ClipResult]:
    """Every clip through a fresh recogniser, as `gesturelrcn run CLIP` would."""
    return [_evaluate(engine, clip) for clip in clips]


def _evaluate(engine: Engine, clip: Clip) -> ClipResult:
    recognizer = Recognizer(engine)
    events: list[GestureEvent] = []
    scores = [np.zeros(len(engine.card.classes))]
    at = 0.0
    try:
        with open_source(clip.path) as source:
            for frame in source:
                events += recognizer.process(frame)
                at = frame.captured_at
                if recognizer.view.scores is not None:
                    scores.append(recognizer.view.scores)
    finally:
        events += recognizer.finish(at)
        recognizer.close()
    truth = [] if clip.onset is None else [TrueGesture(clip.gesture, clip.onset, at)]
    mean = np.mean(scores[len(scores) // 2 :], axis=0)
    return ClipResult(clip, events, match_starts(truth, events), at, engine.card.classes[int(mean.argmax())])


def summary(results: list[ClipResult]) -> dict[str, Any]:
    """Recall, precision and latency over `results`, in total and per gesture.

    Clips without a gesture count for false triggers only. Latency is decided_at - onset in seconds.
    """
    gestures = sorted({r.clip.gesture for r in results} - {NONE})
    idle = [r for r in results if r.clip.gesture == NONE]
    hours = sum(r.seconds for r in idle) / 3600
    return {
        "clips": len(results),
        "subjects": sorted({r.clip.subject for r in results}),
        "clip_accuracy": _share(r.likeliest == r.clip.gesture for r in results),
        **_counts(results),
        "per_gesture": {
            name: _counts([r for r in results if r.clip.gesture == name], name, results) for name in gestures
        },
        "gesture_free": {
            "clips": len(idle),
            "hours": round(hours, 4),
            "false_triggers": sum(len(r.counts.spurious) for r in idle),
        },
    }


def _counts(
    results: list[ClipResult], name: str | None = None, everything: list[ClipResult] | None = None
) -> dict[str, Any]:
    matched = [pair for r in results for pair in r.counts.matched]
    true = len(matched) + sum(len(r.counts.missed) for r in results)
    starts = [e for r in everything or results for e in _starts(r) if name in (None, e.gesture)]
    latency = [event.decided_at - gesture.onset for gesture, event in matched]
    return {
        "true": true,
        "found": len(matched),
        "recall": round(len(matched) / true, 3) if true else None,
        "precision": round(len(matched) / len(starts), 3) if starts else None,
        "duplicates": sum(len(r.counts.duplicates) for r in results),
        "wrong_class": sum(len(r.counts.wrong_class) for r in results),
        "spurious": sum(len(r.counts.spurious) for r in results),
        "latency_s": round(float(np.median(latency)), 2) if latency else None,
    }


def _starts(result: ClipResult) -> list[GestureEvent]:
    counts = result.counts
    return [e for _, e in counts.matched] + counts.duplicates + counts.wrong_class + counts.spurious


def _share(hits: Iterable[bool]) -> float:
    return round(float(np.mean(list(hits))), 3)
