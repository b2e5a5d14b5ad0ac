"""One HTML page with everything in it: pictures, tables, what was left out, how to run it again."""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gesturelrcn import __version__
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.evaluate import Evaluation
from gesturelrcn.evaluation.html_page import END, head, table
from gesturelrcn.evaluation.tables import shown

PAGE = "index.html"

_COUNTS = ("true", "found", "recall", "precision", "f1", "duplicates", "wrong_class", "spurious")
_GROUP = (
    *("core_recall", "core_precision", "recall", "precision", "duplicates", "wrong_class", "spurious"),
    *("clip_accuracy", "false_triggers", "gesture_free_hours"),
)


def write_report(evaluation: Evaluation, folder: Path, command: str) -> Path:
    """Write `index.html` into `folder`, which is made if need be; returns its path.

    Args:
        evaluation: from `evaluate` or `score_predictions`.
        folder: where.
        command: that runs it again.

    Raises:
        GestureLrcnError: matplotlib is missing, or the folder cannot be written.
    """
    try:
        from gesturelrcn.evaluation import plots
    except ImportError:
        raise GestureLrcnError(
            "The report draws with matplotlib: install it with `pip install 'gesturelrcn[train]'`."
        ) from None
    figures = evaluation.figures
    parts = [
        _head(figures, command),
        _section("In short", _summary(figures)),
        _section("What gestures were taken for", plots.confusion(figures["confusion"])),
        _section("Recall against false triggers", plots.curve(figures), _headline(figures)),
        _section("How long decisions took", plots.latency(evaluation.judged), _latency(figures)),
        _section("Drift", plots.drift(figures["drift"]), _slope(figures)),
        _section("Gestures", _rows("gesture", figures["per_class"], (*_COUNTS, "clip_accuracy"))),
        _section("People", _rows("subject", figures["per_subject"], _GROUP)),
        _section("Distance, in metres", _rows("distance", figures["per_distance"], _GROUP)),
        _section("Framing", _rows("framing", figures["per_framing"], _GROUP)),
        _section(
            "What was done meanwhile",
            _rows("activity", figures["per_activity"], ("minutes", "false_triggers")),
        ),
        _section("Left out", _skipped(figures)),
    ]
    if "grid" in figures:
        rows = {row["condition"]: row for row in figures["grid"]}
        columns = [name for name in figures["grid"][0] if name != "condition"]
        parts.insert(6, _section("Other cameras", _rows("condition", rows, columns)))
    path = folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*parts, END]), encoding="utf-8")
    except OSError as problem:
        raise GestureLrcnError(f"The report {path} cannot be written: {problem.strerror}.") from None
    return path


def _head(figures: dict[str, Any], command: str) -> str:
    title = f"{figures['model']} on {Path(figures['data']).name}"
    return (
        f"{head(title)}"
        f"<p class='note'>gesturelrcn {__version__}. Again: <code>{html.escape(command)}</code></p>"
        f"<p>{figures['streams']} streams, {figures['minutes']:.1f} minutes, of which"
        f" {figures['recorded_minutes']:.1f} as recorded; the rest is idle and ways back played from the same"
        f" recordings. {figures['clips']} clips of {html.escape(', '.join(figures['subjects']))}."
        f" Frames that repeat a picture: {figures['repeated_frames']}."
        " What each figure means: docs/metrics.md.</p>"
    )


def _section(title: str, *parts: str) -> str:
    return f"<h2>{html.escape(title)}</h2>" + "".join(parts)


def _summary(figures: dict[str, Any]) -> str:
    rows = {name: figures[name] for name in ("core", "all")}
    free = figures["false_triggers"]
    return _rows("classes", rows, (*_COUNTS, "clip_accuracy")) + _list(
        [
            f"Levenshtein accuracy {shown(figures['levenshtein'])}",
            f"worst subject by core recall: {_worst(figures)}",
            f"false triggers: {free['count']} in {free['hours']:.3f} hours without a gesture"
            f" ({free['recorded_hours']:.3f} as recorded): {shown(free['per_hour'])} an hour,"
            f" 95 % interval {shown(free['low'])} to {shown(free['high'])}",
            f"gestures that the model does not know: {', '.join(figures['unknown_classes']) or 'none'}",
        ]
    )


def _worst(figures: dict[str, Any]) -> str:
    worst = figures["worst_subject"]
    return f"{html.escape(worst['subject'])}, {shown(worst['core_recall'])}" if worst else "-"


def _headline(figures: dict[str, Any]) -> str:
    best = figures["headline"]
    if best["recall"] is None:
        return "<p>There are no gesture-free streams, or no gestures of the core, to read a headline off.</p>"
    return (
        f"<p>Best core recall within {best['budget_per_hour']} false triggers an hour:"
        f" {shown(best['recall'])}. {best['hours']:.3f} gesture-free hours without one would support only"
        f" {shown(best['supported_per_hour'])} an hour or less.</p>"
    )


def _latency(figures: dict[str, Any]) -> str:
    took, after = figures["latency_s"], figures["latency_after_stroke_s"]
    return (
        f"<p>Decided {shown(took['p50'])} s after the onset in the middle, {shown(took['p95'])} s at the 95th"
        f" percentile; after the end of the stroke {shown(after['p50'])} s and {shown(after['p95'])} s."
        f" NTtD {shown(figures['ntd'])}. Matched events only: recall {shown(figures['all']['recall'])}.</p>"
    )


def _slope(figures: dict[str, Any]) -> str:
    fitted = figures["drift"]["recall_slope_per_hour"]
    if fitted is None:
        return "<p>Too few gestures for a slope.</p>"
    return (
        f"<p>Slope of recall: {shown(fitted['value'])} an hour, 95 % interval {shown(fitted['low'])} to"
        f" {shown(fitted['high'])}.</p>"
    )


def _skipped(figures: dict[str, Any]) -> str:
    items = figures["skipped"]["items"]
    return _list([f"{item['name']}: {item['reason']}" for item in items]) if items else "<p>Nothing.</p>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(line, quote=False)}</li>" for line in lines) + "</ul>"


def _rows(what: str, rows: dict[str, dict[str, Any]], columns: Sequence[str]) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    cells = [[name or "-", *(shown(row.get(column)) for column in columns)] for name, row in rows.items()]
    return table([name.replace("_", " ") for name in (what, *columns)], cells)
