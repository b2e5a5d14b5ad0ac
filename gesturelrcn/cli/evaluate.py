"""`gesturelrcn evaluate`."""

import json as json_module
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli import options
from gesturelrcn.cli.arguments import asked_for, words, worker_count
from gesturelrcn.cli.bars import progress_bars
from gesturelrcn.cli.console import say
from gesturelrcn.cli.options import EngineChoice
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.whole_files import make_folder
from gesturelrcn.thresholds import AS_USUAL, Sensitivities

if TYPE_CHECKING:
    from rich.progress import Progress

    from gesturelrcn.evaluation import Evaluation, Listing
    from gesturelrcn.evaluation.runner import StreamsProgress

_DATA_HELP = (
    "A folder with an **index.csv** of clips, or of films with their truth (.jsonl) beside them, or with a "
    "folder of clips for each class."
)
_PREDICTIONS_HELP = "Score the events in this file of JSON lines instead of a model's; see docs/metrics.md."
_MINUTES_HELP = "Repeat the clips in another order until each stream is this long, to see drift."


def evaluate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help=_DATA_HELP, show_default=False)],
    model: options.Model = "default",
    engine: options.Engine = EngineChoice.ONNXRUNTIME,
    subjects: Annotated[str, typer.Option(metavar="S5,S8", help="Only these people.")] = "",
    gestures: Annotated[str, typer.Option(metavar="A,B", help="Only clips of these gestures.")] = "",
    distances: Annotated[str, typer.Option(metavar="1,4", help="Only these distances, metres.")] = "",
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object, and nothing else, on stdout.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page with pictures here.")
    ] = None,
    predictions: Annotated[Path | None, typer.Option(metavar="FILE", help=_PREDICTIONS_HELP)] = None,
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the model's events here, as such a file.")
    ] = None,
    streams: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Only write the stitched streams here, for other programs."),
    ] = None,
    grid: Annotated[
        bool, typer.Option("--grid", help="Also measure under other frame rates, jitter, losses, light ...")
    ] = False,
    minutes: Annotated[float, typer.Option(help=_MINUTES_HELP)] = 0.0,
    workers: Annotated[int, typer.Option(help="Processes that play at the same time; 0: one a core.")] = 0,
    sensitivity: options.Sensitivity = None,
    turn_on: options.TurnOn = None,
) -> None:
    """Measure a model: events on streams, false triggers an hour, latency, by class and person.

    Clips are stitched into streams, one for each person and camera, with idle between, and played through
    the whole recogniser. docs/metrics.md says what every figure means, and how streams are stitched.
    """
    from gesturelrcn.recordings.listing import read_listing

    listing = read_listing(data).only(
        words(subjects), words(gestures), tuple(_number(word) for word in words(distances))
    )
    if streams is not None:
        _write_streams(listing, streams)
        return
    # What cannot be written is said before anything is measured.
    for folder in filter(None, (report, None if events is None else events.parent)):
        make_folder(folder)
    command = EvaluateCommand(model, engine, workers, minutes, grid, asked_for(sensitivity, turn_on))
    evaluation = command.measure(listing, predictions)
    if events is not None:
        _write_events(evaluation, events)
    if report is not None:
        from gesturelrcn.evaluation.report import write_report

        path = write_report(evaluation, report, " ".join(["gesturelrcn", *sys.argv[1:]]))
        say(f"report: {path}", to_stderr=json)
    if json:
        say(json_module.dumps(evaluation.figures))
    else:
        _show(evaluation.figures)


class EvaluateCommand:
    """`gesturelrcn evaluate` with its options: what to measure with."""

    def __init__(
        self,
        model: str,
        engine: EngineChoice,
        workers: int,
        minutes: float,
        grid: bool,
        sensitivities: Sensitivities = AS_USUAL,
    ) -> None:
        self._workers = worker_count(workers)
        if not 0 <= minutes <= 24 * 60:
            raise GestureLrcnError(f"A stream cannot be {minutes:g} minutes long: ask for 0 to 1440.")
        self._model, self._engine, self._minutes, self._grid = model, engine, minutes, grid
        self._sensitivities = sensitivities

    def measure(self, listing: "Listing", predictions: Path | None) -> "Evaluation":
        """Measure a model, or score the events in the file `predictions`."""
        from gesturelrcn.evaluation.evaluate import evaluate, robustness_grid, score_predictions

        if predictions is not None:
            return score_predictions(listing, predictions)
        with progress_bars() as bars:
            evaluation = evaluate(
                listing,
                self._model,
                self._engine.value,
                minutes=self._minutes,
                workers=self._workers,
                progress=_reporter(bars, "streams"),
                sensitivities=self._sensitivities,
            )
            if evaluation.card is not None and evaluation.card.regression:
                evaluation.figures["numbers"] = self._numbers(listing)
            if self._grid:
                evaluation.figures["grid"] = robustness_grid(
                    listing,
                    self._model,
                    self._engine.value,
                    workers=self._workers,
                    progress=lambda name: _reporter(bars, name),
                    sensitivities=self._sensitivities,
                )
        return evaluation

    def _numbers(self, listing: "Listing") -> dict[str, Any]:
        from gesturelrcn.evaluation.regression import measure_numbers
        from gesturelrcn.model import load_model

        return measure_numbers(listing, load_model(self._model, self._engine.value))


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise GestureLrcnError(
            f"{word!r} is no distance; give metres, for example --distances 1,4."
        ) from None


def _reporter(bars: "Progress", name: str) -> "StreamsProgress":
    task = bars.add_task(name, total=None)
    return lambda done, of: bars.update(task, completed=done, total=of)


def _write_events(evaluation: "Evaluation", path: Path) -> None:
    from gesturelrcn.evaluation.predictions import lines

    try:
        with path.open("w", encoding="utf-8") as out:
            out.writelines(lines([one.result for one in evaluation.judged]))
    except OSError as problem:
        raise GestureLrcnError(f"The events {path} cannot be written: {problem.strerror}.") from None


def _write_streams(listing: "Listing", folder: Path) -> None:
    from gesturelrcn.evaluation.stream_files import write_streams

    for path in write_streams(listing, folder):
        say(str(path))


def _show(figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from gesturelrcn.evaluation import tables

    console = Console()
    if not console.is_terminal:
        console.width = 132  # a file or a pipe has no width of its own
    table = Table(title=tables.title(figures), title_justify="left")
    table.add_column("", no_wrap=True)
    for column in tables.COLUMNS:
        table.add_column(column.replace("_", " "), justify="right")
    for rows in tables.sections(figures):
        for row in rows:
            table.add_row(*row)
        table.add_section()
    console.print(table)
    for line in tables.closing_lines(figures):
        console.print(line, highlight=False)
    if "grid" in figures:
        _show_grid(console, figures["grid"])


def _show_grid(console: Any, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from gesturelrcn.evaluation.tables import shown

    table = Table(title="other cameras", title_justify="left")
    for column in rows[0]:
        table.add_column(column.replace("_", " "))
    for row in rows:
        table.add_row(*(shown(value) for value in row.values()))
    console.print(table)
