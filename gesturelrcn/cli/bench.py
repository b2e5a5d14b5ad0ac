"""`gesturelrcn bench`."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli import options
from gesturelrcn.cli.console import say
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.whole_files import make_folder

if TYPE_CHECKING:
    from gesturelrcn.benchmarking.comparison import Change

_SOURCE_HELP = "A recording with a person in it, instead of the sample clip."
_PEERS_HELP = "Also MediaPipe, a sliding window, eager torch and the lower bound, on the same frames in turn."
_KEYS_HELP = (
    "Also from a published frame to a key in another program, with so many gestures, twice; needs Xvfb; "
    "500 take an hour."
)
_HOURS_HELP = (
    "Also what a stream of so many simulated hours costs and keeps, and pictures and bindings that grow."
)
_COMPARE_HELP = "Only compare two reports; ends with exit code 1 if the second is slower."
_CHECK_HELP = "End with exit code 1 if a ratio is not even half as good as promised; for CI."


def bench(
    model: options.Model = "default",
    source: Annotated[str, typer.Option(metavar="FILE", help=_SOURCE_HELP)] = "sample",
    peers: Annotated[bool, typer.Option("--peers", help=_PEERS_HELP)] = False,
    keys: Annotated[int, typer.Option(metavar="GESTURES", help=_KEYS_HELP)] = 0,
    hours: Annotated[float, typer.Option(help=_HOURS_HELP)] = 0.0,
    quick: Annotated[bool, typer.Option("--quick", help="Rough figures in a minute or two.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="The report as one JSON object, and nothing else, on stdout.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a page with plots, bench.json and tables.md here."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help=_CHECK_HELP)] = False,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="A.json B.json", help=_COMPARE_HELP)
    ] = None,
) -> None:
    """Measure how fast gesturelrcn is on this machine; presses no key and needs no camera.

    Everything is measured in processes of its own with one thread, unless the table says two. Close other
    programs first; the report says how busy the machine was. Attach the page of --report to an issue.
    """
    if compare is not None:
        _compare(*compare, as_json=json)
        return
    from gesturelrcn.benchmarking.bars import CI_SHARE, broken_ratios
    from gesturelrcn.benchmarking.page import must_be_drawable, write_page
    from gesturelrcn.benchmarking.runner import BenchRequest, run

    if report is not None:
        must_be_drawable()
    gestures = _not_negative(keys, "gestures")
    request = BenchRequest(model, _existing(source), quick, peers, gestures, _sane(hours))
    if report is not None:  # said before anything is measured
        make_folder(report)
    figures = run(request, lambda line: say(f"measuring {line} ...", to_stderr=True))
    if report is not None:
        say(f"report: {write_page(figures, report)}", to_stderr=json)
    if json:
        say(json_module.dumps(figures))
    else:
        _show(figures)
    if check and (broken := broken_ratios(figures, CI_SHARE)):
        for sentence in broken:
            say(f"NOT KEPT  {sentence}", to_stderr=True)
        raise typer.Exit(1)


def _existing(source: str) -> str:
    if source != "sample" and not Path(source).is_file():
        raise GestureLrcnError(f"There is no recording {source}; give a video file, or leave --source out.")
    return source


def _not_negative(count: int, of: str) -> int:
    if count < 0:
        raise GestureLrcnError(f"{count} {of} cannot be measured; give at least 1.")
    return count


def _sane(hours: float) -> float:
    if not 0 <= hours <= 100:
        raise GestureLrcnError(f"A stream of {hours:g} hours cannot be simulated; give 0 to 100.")
    return hours


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from gesturelrcn.benchmarking.tables import tables

    console = Console()
    for title, columns, rows in tables(report):
        if not rows:
            continue
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    from gesturelrcn.benchmarking.comparison import changes, differences

    before, after = (_read(path) for path in (first, second))
    changed = list(changes(before, after))
    for line in differences(before, after):
        say(f"not the same conditions: {line}", to_stderr=True)
    if as_json:
        say(json_module.dumps([_plain(change) for change in changed]))
    else:
        for change in changed:
            say(_line(change))
    if any(change.verdict == "slower" for change in changed):
        raise typer.Exit(1)


def _read(path: Path) -> dict[str, Any]:
    from gesturelrcn.benchmarking.runner import read_report

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise GestureLrcnError(f"The report {path} cannot be read: {_why(problem)}.") from None
    return read_report(text, str(path))


def _why(problem: OSError | UnicodeDecodeError) -> str:
    return problem.strerror or "no reason" if isinstance(problem, OSError) else "it is no text"


def _plain(change: "Change") -> dict[str, Any]:
    ratio = change.ratio
    return {
        "name": change.name,
        "verdict": change.verdict,
        "before_ms": change.before,
        "after_ms": change.after,
        "clock": change.clock,
        "ratio": round(ratio.ratio, 4),
        "interval": [round(ratio.low, 4), round(ratio.high, 4)],
    }


def _line(change: "Change") -> str:
    ratio = change.ratio
    return (
        f"{change.verdict:<7} {ratio.ratio:5.2f} times ({ratio.low:.2f} to {ratio.high:.2f})"
        f"  {change.before:8.4g} -> {change.after:<8.4g} ms {change.clock:<4}  {change.name}"
    )
