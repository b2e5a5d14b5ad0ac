"""Numbers over time, from a table beside a recording: what a model with `regression` learns to say.

`falling/a.csv` beside `falling/a.mp4`, in CSV: the column `t` holds seconds from the beginning of the
recording, every other column a number of that name, for example `head_height`. An empty field is a number
that nobody knows.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import GestureLrcnError, in_short

TIME = "t"
"""The column of seconds."""


def table_of(recording: Path) -> Path:
    """Where the table of a recording lies, if it has one."""
    return recording.with_suffix(".csv")


def numbers_of(recording: Path, names: Sequence[str], times: NDArray[Any]) -> NDArray[np.float32]:
    """The numbers `names` of a recording at `times`, from the table beside it.

    Args:
        recording: the video file.
        names: columns.
        times: (T,) seconds from the beginning.

    Returns:
        (T, K) float32, between two lines of the table in proportion; NaN where it says nothing: before its
        first line and after its last, in a column that it has not, everywhere if there is no table.

    Raises:
        GestureLrcnError: the table is none.
    """
    numbers = np.full((len(times), len(names)), np.nan, np.float32)
    path = table_of(recording)
    if not path.is_file():
        return numbers
    columns = _read(path)
    for column, name in enumerate(names):
        if name not in columns:
            continue
        known = np.isfinite(columns[TIME]) & np.isfinite(columns[name])
        if known.any():
            at = columns[TIME][known]
            numbers[:, column] = np.interp(times, at, columns[name][known], np.nan, np.nan)
            # Times in files are rounded: the first and the last frame still have their number.
            for end, place in ((at[0], 0), (at[-1], -1)):
                numbers[np.abs(times - end) < _ROUNDING, column] = columns[name][known][place]
    return numbers


_ROUNDING = 1e-3


def _read(path: Path) -> dict[str, NDArray[np.float64]]:
    number = 1
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            table = csv.DictReader(lines)
            names = [name.strip() for name in table.fieldnames or []]
            table.fieldnames = names
            if TIME not in names:
                raise ValueError(f"it has no column {TIME!r} of seconds")
            rows = []
            for row in table:
                number = table.line_num
                rows.append([_number(row.get(name)) for name in names])
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as problem:
        raise GestureLrcnError(
            f"{path}:{number}: no table of numbers over time: {in_short(problem)}."
        ) from None
    values = np.array(rows, np.float64).reshape(len(rows), len(names))
    order = np.argsort(values[:, names.index(TIME)], kind="stable")
    return {name: values[order, column] for column, name in enumerate(names)}


def _number(word: str | None) -> float:
    return float(word) if word and word.strip() else np.nan
