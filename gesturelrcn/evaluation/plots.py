"""The pictures of a report, as SVG text; needs matplotlib."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from gesturelrcn.evaluation.curve import BUDGET
from gesturelrcn.evaluation.metrics import MISSED
from gesturelrcn.evaluation.svg import new_axes, svg
from gesturelrcn.evaluation.tally import Judged
from gesturelrcn.vocabulary import NONE

_NO_DATA = "<p>Nothing to draw.</p>"


def confusion(table: dict[str, dict[str, int]]) -> str:
    """Rows: what was made. Columns: what it was taken for. Shares of a row are dark."""
    if not table:
        return _NO_DATA
    rows = sorted(table, key=lambda name: (name == NONE, name))
    columns = sorted({taken for row in table.values() for taken in row}, key=lambda n: (n == MISSED, n))
    counts = np.array([[table[made].get(taken, 0) for taken in columns] for made in rows])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = new_axes(2.5 + 0.5 * len(columns), 1.8 + 0.36 * len(rows))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right")
    axes.set_yticks(range(len(rows)), [name if name != NONE else "no gesture" for name in rows])
    for (i, j), count in np.ndenumerate(counts):
        if count:
            axes.text(j, i, str(count), ha="center", va="center", color="w" if shares[i, j] > 0.6 else "k")
    axes.set_xlabel("first start on it")
    return svg(figure)


def curve(figures: dict[str, Any]) -> str:
    """Core recall over false triggers an hour; the budget is a dotted line."""
    points = [p for p in figures["curve"] if p["recall"] is not None and p["per_hour"] is not None]
    if not points:
        return _NO_DATA
    figure, axes = new_axes(height=4.0)
    axes.plot(
        [p["per_hour"] for p in points], [p["recall"] for p in points], marker=".", label="thresholds moved"
    )
    now, free = figures["core"]["recall"], figures["false_triggers"]["per_hour"]
    axes.plot([free], [now], "o", color="C3", label="as the card says")
    axes.axvline(BUDGET, color="0.5", linestyle=":", label=f"{BUDGET} an hour")
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set_xlim(left=0)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("false triggers an hour, on gesture-free streams")
    axes.set_ylabel("core recall")
    axes.legend(loc="lower right")
    return svg(figure)


def latency(judged: Sequence[Judged]) -> str:
    """How often a decision fell how long after the onset."""
    took = [e.decided_at - g.onset for one in judged for g, e in one.counts.matched if g.timed]
    if not took:
        return _NO_DATA
    figure, axes = new_axes(7.0, 3.0)
    axes.hist(took, bins=np.arange(0.0, max(took) + 0.1, 0.1).tolist())
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("seconds from onset to decision")
    axes.set_ylabel("gestures")
    return svg(figure)


def drift(figures: dict[str, Any]) -> str:
    """Recall and false triggers an hour for each minute of the streams."""
    minutes = figures["minutes"]
    if not minutes:
        return _NO_DATA
    figure, axes = new_axes(7.0, 3.0)
    made = [row for row in minutes if row["recall"] is not None]
    free = [row for row in minutes if row["per_hour"] is not None]
    axes.plot([row["minute"] for row in made], [row["recall"] for row in made], "o-", label="recall")
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("minute of the stream")
    axes.set_ylabel("recall")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    other = axes.twinx()
    other.plot([row["minute"] for row in free], [row["per_hour"] for row in free], "s:", color="C3")
    other.set_ylabel("false triggers an hour", color="C3")
    other.set_ylim(bottom=0)
    return svg(figure)
