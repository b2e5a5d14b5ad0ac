"""`gesturelrcn why`."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from gesturelrcn.cli import completion
from gesturelrcn.cli.console import say
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.vocabulary import NONE, suggestion

_FILE_HELP = "A trace that was saved. Without it, that of the program that runs or ran last."
_SAVE_HELP = "Write the trace as JSON lines, for **gesturelrcn replay** and for a report of what went wrong."
_LAST_HELP = "How many seconds to look back."
_GESTURE_HELP = "Only this gesture."


def why(
    trace: Annotated[Path | None, typer.Argument(metavar="FILE", help=_FILE_HELP, show_default=False)] = None,
    gesture: Annotated[
        str | None, typer.Option(metavar="NAME", help=_GESTURE_HELP, autocompletion=completion.gestures)
    ] = None,
    last: Annotated[float, typer.Option(metavar="SECONDS", help=_LAST_HELP, min=1.0)] = 60.0,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help=_SAVE_HELP)] = None,
) -> None:
    """Tell why it fired, or did not, in the last minute: while run or slides goes on, or after.

    Each line is a moment at which a gesture was recognised or nearly so, with how sure the model was, how
    sure it has to be, and what came of it. The trace holds numbers, no pictures.
    """
    from gesturelrcn.trace import (
        explain,
        newest_trace,
        read_lines,
        refused_if_damaged,
        trace_folder,
        write_lines,
    )

    lines = read_lines(trace) if trace else newest_trace(trace_folder())
    if save:
        write_lines(save, lines)
    with refused_if_damaged():
        explained = explain(lines)
        frames = [line for line in lines if line["kind"] == "frame"]
        end = frames[-1]["at"] if frames else lines[0]["at"]
        moments = [each for each in explained if each.ended >= end - last]
        head = _head(lines, frames, end, last)
        known = [name for name in lines[0]["setting"]["classes"] if name != NONE]
        on = [line for line in lines if line["kind"] == "thresholds"] or [lines[0]["setting"]]
        off = [name for name in known if name not in on[-1]["thresholds"]]
    if gesture is not None and gesture not in known:
        near = suggestion(gesture, known)
        hint = f"did you mean {near}?" if near else f"its model knows {', '.join(known)}."
        raise GestureLrcnError(f"The trace has no gesture {gesture!r}; {hint}")
    if gesture is not None:
        moments = [each for each in moments if each.gesture == gesture]
    say(head)
    for each in moments:
        strength = f"{each.peak:.2f} of {each.threshold:.2f} for {each.ended - each.began:.1f} s"
        say(f"{each.began - end:8.1f} s  {each.gesture:<12}  {strength:<24}  {each.outcome}")
    if gesture in off:
        say(f"{gesture} is off in this model unless it is turned on (gesturelrcn models says why).")
    elif not moments:
        say(f"Nothing like {gesture or 'a gesture'} was seen.")


def _head(lines: list[dict[str, Any]], frames: list[dict[str, Any]], end: float, last: float) -> str:
    begin = lines[0]
    setting = begin["setting"]
    recent = [line for line in frames if line["at"] >= end - last]
    seconds = end - recent[0]["at"] if recent else 0.0
    nobody = sum("scores" not in line for line in recent)
    empty = f", nobody seen in {nobody / len(recent):.0%} of it" if nobody else ""
    # Both clocks are known for the beginning of the last segment only.
    last_begin = [line for line in lines if line["kind"] == "begin"][-1]
    ago = time.time() - last_begin["wall"] - (end - last_begin["at"])
    when = f", up to {ago:.0f} s ago" if ago >= 1 else ""
    return f"{setting['source']}, model {setting['model']}: the last {seconds:.0f} s{when}{empty}."
