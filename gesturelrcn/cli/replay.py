"""`gesturelrcn replay`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gesturelrcn.cli import options
from gesturelrcn.cli.console import say


def replay(
    trace: Annotated[Path, typer.Argument(metavar="FILE", help="A trace from **gesturelrcn why --save**.")],
    as_json: options.Json = False,
) -> None:
    """Decide again what a saved trace holds: scores to events, events to actions; nothing is pressed.

    Exit code 0 if everything was decided as it was then, 1 if not.
    """
    from gesturelrcn.trace import read_lines
    from gesturelrcn.trace import replay as decide_again

    lines = read_lines(trace)
    again = decide_again(lines)
    for decision in again.decisions:
        if as_json:
            say(json.dumps(asdict(decision)))
        else:
            say(f"{decision.at:10.2f} s  {decision.gesture:<12} {decision.phase!s:<5}  {decision}")
    calm = (
        ""
        if lines[0].get("calm", True)
        else "; it begins in the middle of a gesture, so the first may differ"
    )
    verdict = "as they were" if again.same else "NOT as they were"
    what = f"{again.frames} frames, {len(again.events)} events, {len(again.decisions)} decisions"
    say(f"{what}: {verdict}{calm}.", to_stderr=as_json)
    if again.holds_may_differ:
        say(
            "This trace was saved by an older version, which told of holds while a gesture faded;"
            " where only those are missing, nothing is wrong.",
            to_stderr=as_json,
        )
    if not again.same:
        raise typer.Exit(1)
