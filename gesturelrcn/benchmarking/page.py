"""A report as files: one HTML page with everything in it, the figures as JSON, the tables as Markdown."""

import html
import importlib.util
import json
from pathlib import Path
from typing import Any

from gesturelrcn.benchmarking.tables import markdown, tables
from gesturelrcn.errors import GestureLrcnError

PAGE, FIGURES, TABLES = "index.html", "bench.json", "tables.md"

_STYLE = """
body { font: 15px/1.5 sans-serif; max-width: 68em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .2em .7em; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
svg { max-width: 100%; height: auto; }
"""


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
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>gesturelrcn bench</title>",
        f"<style>{_STYLE}</style></head><body><h1>gesturelrcn bench</h1>",
        *(f"<h2>{html.escape(title)}</h2>{svg}" for title, svg in drawings(report).items()),
        *(_table(*one) for one in tables(report)),
        "</body></html>\n",
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FIGURES).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (folder / TABLES).write_text(markdown(report), encoding="utf-8")
        (folder / PAGE).write_text("\n".join(parts), encoding="utf-8")
    except OSError as problem:
        raise GestureLrcnError(f"The report {folder} cannot be written: {problem.strerror}.") from None
    return folder / PAGE


def _table(title: str, columns: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<h2>{html.escape(title)}</h2><table><tr>{head}</tr>{body}</table>"
