"""Figures as words and rows of tables, for the page and for the command line."""

from typing import Any

COLUMNS = (
    *("true", "found", "recall", "precision", "f1", "duplicates", "wrong_class", "spurious"),
    "clip_accuracy",
)
"""What `sections` tells of each gesture, person and whole, in this order."""


def shown(value: Any) -> str:
    """A figure for people: three places, a dash for nothing."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def title(figures: dict[str, Any]) -> str:
    """What was played."""
    return f"{figures['streams']} streams of {figures['clips']} clips, {figures['minutes']:.1f} minutes"


def sections(figures: dict[str, Any]) -> list[list[list[str]]]:
    """Rows for gestures, for people, for the core and for all: each a name and the `COLUMNS`."""
    every = figures["per_class"], figures["per_subject"], {name: figures[name] for name in ("core", "all")}
    return [
        [[name or "-", *(shown(row.get(column)) for column in COLUMNS)] for name, row in rows.items()]
        for rows in every
    ]


def closing_lines(figures: dict[str, Any]) -> list[str]:
    """What stands below the table: how long decisions took, false triggers, what was left out."""
    free, took = figures["false_triggers"], figures["latency_s"]
    lines = [
        f"decided after onset: {shown(took['p50'])} s (median), {shown(took['p95'])} s (95 %);"
        f" NTtD {shown(figures['ntd'])}; Levenshtein accuracy {shown(figures['levenshtein'])}",
        f"false triggers: {free['count']} in {free['hours']:.3f} h without a gesture,"
        f" {shown(free['per_hour'])} an hour (95 % {shown(free['low'])} to {shown(free['high'])})",
    ]
    lines += [
        f"{name}: off by {shown(row['mae'])} on the mean of {row['frames']} frames of {row['recordings']}"
        f" recordings (always telling the median: {shown(row['mae_of_the_median'])});"
        f" correlation {shown(row['correlation'])}"
        for name, row in figures.get("numbers", {}).items()
    ]
    if figures["unknown_classes"]:
        lines.append(f"not known to the model, counted as missed: {', '.join(figures['unknown_classes'])}")
    if figures["skipped"]["count"]:
        lines.append(f"skipped: {figures['skipped']['count']} (named above)")
    return lines
