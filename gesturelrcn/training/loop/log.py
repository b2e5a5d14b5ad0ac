"""One line of figures after another, in a CSV file that can be read while training runs."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def append_row(log: Path, row: Mapping[str, float]) -> None:
    """Add `row` to `log`; a name that no row had before becomes a new column, empty in the rows above."""
    columns, rows = _read(log)
    if rows and set(row) <= set(columns):
        with log.open("a", newline="") as out:
            csv.DictWriter(out, columns, restval="").writerow(row)
        return
    _write(log, [*columns, *(name for name in row if name not in columns)], [*rows, dict(row)])


def read_rows(log: Path) -> list[dict[str, float]]:
    """The rows of `log`, each with the figures that it has; no rows if there is no file."""
    _, rows = _read(log)
    return [{name: float(value) for name, value in row.items() if value not in ("", None)} for row in rows]


def keep_rows_up_to(log: Path, step: int) -> None:
    """Drop the rows of later steps: a training that goes on from `step` will write them again."""
    columns, rows = _read(log)
    if rows:
        _write(log, columns, [row for row in rows if float(row["step"]) <= step])


def _read(log: Path) -> tuple[list[str], list[dict[str, Any]]]:
    if not log.exists():
        return [], []
    with log.open(newline="") as lines:
        reader = csv.DictReader(lines)
        return list(reader.fieldnames or []), list(reader)


def _write(log: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    part = log.with_suffix(".part")
    with part.open("w", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(part, log)  # noqa: PTH105 - atomic on every platform
