"""`gesturelrcn synth`."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesturelrcn.cli.bars import progress_bars
from gesturelrcn.cli.console import say
from gesturelrcn.errors import GestureLrcnError

if TYPE_CHECKING:
    from gesturelrcn.synthesis.dataset.films import FilmDataset
    from gesturelrcn.synthesis.dataset.plan import Recipe

_EXTRA = {"scipy": "scipy", "moderngl": "moderngl", "glcontext": "glcontext"}
_GESTURES_HELP = "A TOML file that describes gestures; without it those that ship with gesturelrcn."


def synth(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the films; a killed run goes on.")],
    gestures: Annotated[Path | None, typer.Option(metavar="FILE", help=_GESTURES_HELP)] = None,
    people: Annotated[int, typer.Option(help="How many different people.")] = 10,
    hours: Annotated[float, typer.Option(help="Length of all films together.")] = 0.1,
    backgrounds: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Pictures to put behind half of the people.")
    ] = None,
    size: Annotated[int, typer.Option(help="Width and height of the pictures in pixels.")] = 192,
    fps: Annotated[int, typer.Option(help="Frames a second, exactly; see also --rates.")] = 15,
    rates: Annotated[
        str | None,
        typer.Option(metavar="LEAST-MOST", help="Unsteady cameras of so many frames a second, as 10-60."),
    ] = None,
    tracks: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Joint tracks that half of the clips follow.")
    ] = None,
    clips: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Share of the hours in clips of one gesture; rest: streams."),
    ] = 0.5,
    workers: Annotated[int, typer.Option(help="Processes that film at the same time, one core each.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives other people.")] = 0,
) -> None:
    """Film synthetic people who perform gestures, with exact truth beside every film.

    The same options give the same files. A run that was killed, or that filled the disk, left whole files
    only; the same command goes on from there. Needs the extra **synthesis**.
    """
    _check_extra()
    from gesturelrcn.synthesis.body.makehuman import find_folder
    from gesturelrcn.synthesis.dataset.plan import Recipe
    from gesturelrcn.synthesis.rendering.renderer import Renderer

    recipe = Recipe(people, hours, size, fps, seed, clips, gestures, backgrounds, _range(rates), tracks)
    recipe.check()
    find_folder()
    Renderer(16, 16).close()
    made = _make(recipe, out, workers)
    say(
        f"{made.folder}: {made.clips} clips, {made.streams} streams, {made.seconds / 60:.1f} minutes;"
        " index.csv and streams.csv list them, contact_sheet.jpg shows some."
    )


def _range(rates: str | None) -> tuple[int, int] | None:
    if rates is None:
        return None
    least, _, most = rates.partition("-")
    if not (least.isdecimal() and most.isdecimal()):
        raise GestureLrcnError(f"--rates {rates} is no range: give the least and the most, as in 10-60.")
    return int(least), int(most)


def _check_extra() -> None:
    missing = [package for module, package in _EXTRA.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise GestureLrcnError(
            f"Synthetic people need {', '.join(missing)}: install the extra with"
            " `pip install 'gesturelrcn[synthesis]'`."
        )


def _make(recipe: "Recipe", out: Path, workers: int) -> "FilmDataset":
    from gesturelrcn.synthesis.dataset.films import make_dataset

    with progress_bars("{task.completed:.0f} of {task.total:.0f} s") as bar:
        task = bar.add_task("filming", total=None)
        return make_dataset(recipe, out, workers, lambda done, of: bar.update(task, completed=done, total=of))
