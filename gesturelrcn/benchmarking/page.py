"""A report as files: one HTML page with everything in it, the figures as JSON, the tables as Markdown."""

import html
import importlib.util
import json
from pathlib import Path
from typing import Any

from gesturelrcn.benchmarking.tables import markdown, tables
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.html_page import END, head, table

PAGE, FIGURES, TABLES = "index.html", "bench.json", "tables.md"


def must_be_drawable() -> None:
    """Say so before minutes of measuring if there can be no page.

    Raises:
        GestureLrcnError: matplotlib is missing.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise GestureLrcnError(
            "The report draws with matplotlib: install it with `pip install 'gesturelrcn[train]'`, "
            "or use --json, which needs none."
        )


def write_page(report: dict[str, Any], folder: Path) -> Path:
    """Write index.html, bench.json and tables.md into `folder`, which is made if need be.

    Returns:
        The page.

    Raises:
        GestureLrcnError: matplotlib is missing, or the folder cannot be written.
    """
    must_be_drawable()
    from gesturelrcn.benchmarking.plots import drawings

    parts = [
        head("gesturelrcn bench"),
        *(f"<h2>{html.escape(title)}</h2>{svg}" for title, svg in drawings(report).items()),
        *(
            f"<h2>{html.escape(title)}</h2>{table(columns, rows)}"
            for title, columns, rows in tables(report)
            if rows
        ),
        END,
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FIGURES).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (folder / TABLES).write_text(markdown(report), encoding="utf-8")
        (folder / PAGE).write_text("\n".join(parts), encoding="utf-8")
    except OSError as problem:
        raise GestureLrcnError(f"The report {folder} cannot be written: {problem.strerror}.") from None
    return folder / PAGE
