"""One line of figures after another, in a CSV file that can be read while training runs."""

import csv
from pathlib import Path


def append_row(log: Path, row: dict[str, float]) -> None:
    """Add `row` to `log`, with a header if the file is new."""
    fresh = not log.exists()
    with log.open("a", newline="") as out:
        writer = csv.DictWriter(out, row)
        if fresh:
            writer.writeheader()
        writer.writerow(row)
