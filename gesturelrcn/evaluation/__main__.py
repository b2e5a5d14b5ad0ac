"""Usage: python -m gesturelrcn.evaluation FOLDER [--subjects S5,S8] [--model M] [--engine E] [--json]."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation.clips import evaluate_clips, summary
from gesturelrcn.model import load_model
from gesturelrcn.training.index import read_index


def main() -> None:
    """Print the figures of a model on a folder of clips."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.evaluation", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", help="comma-separated; default all", default="")
    parser.add_argument("--gestures", help="comma-separated; default all", default="")
    parser.add_argument("--model", default="default")
    parser.add_argument("--engine", default="onnxruntime", choices=["onnxruntime", "torch"])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    clips = read_index(options.folder)
    if options.subjects:
        clips = [clip for clip in clips if clip.subject in options.subjects.split(",")]
    if options.gestures:
        clips = [clip for clip in clips if clip.gesture in options.gestures.split(",")]
    figures = summary(evaluate_clips(load_model(options.model, options.engine), clips))
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        _print(figures)


def _print(figures: dict[str, object]) -> None:
    table = Table(title=f"{figures['clips']} clips of {', '.join(figures['subjects'])}")  # type: ignore[arg-type]
    columns = ("true", "found", "recall", "precision", "duplicates", "wrong_class", "spurious", "latency_s")
    for column in ("gesture", *columns):
        table.add_column(column)
    rows = {**figures["per_gesture"], "all": figures}  # type: ignore[dict-item]
    for name, row in rows.items():
        table.add_row(name, *(str(row[column]) for column in columns))
    console = Console()
    console.print(table)
    console.print(f"clip accuracy {figures['clip_accuracy']}; gesture-free clips: {figures['gesture_free']}")


if __name__ == "__main__":
    try:
        main()
    except GestureLrcnError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
