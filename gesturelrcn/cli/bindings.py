"""`gesturelrcn bindings`."""

from pathlib import Path
from typing import Annotated

import typer

from gesturelrcn import GestureLrcnError
from gesturelrcn.cli import options
from gesturelrcn.cli.console import say


def bindings(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Is it right?", show_default=False)
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="Show a file with everything in it.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Show the JSON schema, for editors.")] = False,
    model: options.Model = "default",
) -> None:
    """Check a file of bindings, or show what can stand in one."""
    from gesturelrcn.actions import load_bindings
    from gesturelrcn.actions.bindings.file import SCHEMA
    from gesturelrcn.model import assets, read_card
    from gesturelrcn.model.files import card_path

    if (file is not None) + example + schema != 1:
        raise GestureLrcnError("Name a file of bindings to check, or say --example or --schema.")
    if file is None:
        path = assets() / "bindings.toml" if example else SCHEMA
        say(path.read_text(encoding="utf-8").rstrip())
        return
    card = read_card(card_path(model))
    loaded = load_bindings(file, card.gestures, off=card.off, sensitivities=card.sensitivities)
    profiles = f", {len(loaded.profiles)} profiles" if loaded.profiles else ""
    say(f"{file} is right: {len(loaded)} bindings{profiles}.")
