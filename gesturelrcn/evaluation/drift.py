"""Whether a model gets worse the longer a stream goes on."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from gesturelrcn.evaluation.statistics import (
    ratio,
    slope,
)
from gesturelrcn.evaluation.tally import Judged


def drift(judged: Sequence[Judged]) -> dict[str, Any]:
    """Recall and false triggers for each minute of the streams, and whether recall falls with time.

    `recall_slope_per_hour` is a least-squares slope over single gestures with its 95 % interval.
    """
    minutes: dict[int, Counter[str]] = {}
    x: list[float] = []
    y: list[float] = []
    for one in judged:
        matched = {id(made) for made, _ in one.counts.matched}
        for made in one.result.truth.gestures:
            row = minutes.setdefault(int(made.onset // 60), Counter())
            row.update(true=1, found=id(made) in matched)
            x.append(made.onset / 3600)
            y.append(float(id(made) in matched))
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
