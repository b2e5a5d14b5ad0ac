"""`gesturelrcn takes` and `gesturelrcn forget`: what is kept of the user's takes, and how it is removed."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli import completion, options
from gesturelrcn.cli.console import say
from gesturelrcn.vocabulary import suggestion

if TYPE_CHECKING:
    from gesturelrcn.takes import StoredTake, TakeFolder

_MEGABYTE = 1e6


def takes(
    folder: options.TakesFolder = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, and nothing else, with every take.")
    ] = False,
) -> None:
    """List your own takes: which gestures, how many, how long, with films or without, and where they lie.

    **gesturelrcn record** makes them.
    """
    place = _folder(folder)
    stored = place.takes()
    if as_json:
        say(json.dumps({"folder": str(place.path), "takes": [_figures(each) for each in stored]}))
        return
    if not stored:
        say(f"There are no takes in {place.path}; gesturelrcn record wave makes some.")
        return
    for name, own in sorted(_by_gesture(stored).items()):
        films = sum(each.film is not None for each in own)
        seen = "with films" if films == len(own) else "without films" if not films else f"{films} with films"
        seconds = sum(each.take.seconds for each in own)
        last = max(each.take.taken for each in own).astimezone()
        figures = f"{_count(own):>9}  {seconds:6.0f} s  {_size(own):>9}"
        say(f"{name:<20} {figures}  {seen}, last on {last:%Y-%m-%d %H:%M}")
    say(f"in {place.path}")


def forget(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="The gesture whose takes shall go; **none** for what is no gesture.",
            show_default=False,
            autocompletion=completion.takes,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove all takes, and their folder.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    folder: options.TakesFolder = None,
) -> None:
    """Remove takes from the disk, films and all: those of a gesture, or with **--all** every one.

    It says what goes and asks. Models that have learnt from them stay as they are.
    """
    from gesturelrcn.takes import TakeError

    if (name is None) != everything:
        raise TakeError("Say whose takes shall go: gesturelrcn forget wave, or gesturelrcn forget --all.")
    place = _folder(folder)
    gesture = None if name is None else _known(name, place)
    stored = place.takes(gesture)
    what = f"{_count(stored)} of {gesture}" if gesture is not None else f"all {_count(stored)}"
    if not yes and place.gestures():  # what cannot be read is removed, too
        _must_agree(f"Remove {what} ({_size(stored)}) from {place.path}?")
    removed = place.forget(gesture)
    say(f"{removed} take{'' if removed == 1 else 's'} removed from {place.path}")


def _folder(folder: Path | None) -> "TakeFolder":
    from gesturelrcn.takes import TakeFolder

    return TakeFolder(None if folder is None else folder.expanduser())


def _known(name: str, place: "TakeFolder") -> str:
    """Raises TakeError where there is no take of that name."""
    from gesturelrcn.takes import TakeError
    from gesturelrcn.takes.folder import gesture_name

    gesture, there = gesture_name(name), place.gestures()
    if gesture in there:
        return gesture
    if not there:
        raise TakeError(f"There are no takes of {gesture}: there are none at all in {place.path}.")
    near = suggestion(gesture, there)
    hint = f"did you mean {near}?" if near else f"there are takes of {', '.join(there)}."
    raise TakeError(f"There are no takes of {gesture}; {hint}")


def _must_agree(question: str) -> None:
    from gesturelrcn.takes import TakeError

    if not sys.stdin.isatty():
        raise TakeError("Nobody can be asked whether takes shall go: add --yes.")
    if not typer.confirm(question):
        say("Nothing was removed.")
        raise typer.Exit(1)


def _by_gesture(stored: "list[StoredTake]") -> "dict[str, list[StoredTake]]":
    grouped: dict[str, list[StoredTake]] = defaultdict(list)
    for each in stored:
        grouped[each.take.gesture].append(each)
    return grouped


def _count(stored: "list[StoredTake]") -> str:
    return f"{len(stored)} take{'' if len(stored) == 1 else 's'}"


def _size(stored: "list[StoredTake]") -> str:
    return f"{sum(each.size for each in stored) / _MEGABYTE:.1f} MB"


def _figures(stored: "StoredTake") -> dict[str, Any]:
    take = stored.take
    rounded = {
        name: None if (value := getattr(take, name)) is None else round(value, 3)
        for name in ("seconds", "onset", "stroke_end", "offset", "rested", "reach", "fps")
    }
    return {
        "gesture": take.gesture,
        **rounded,
        "hand": take.hand,
        "frames": len(take.times),
        "model": take.model,
        "taken": take.taken.isoformat(),
        "seen": str(stored.path),
        "film": None if stored.film is None else str(stored.film),
    }
