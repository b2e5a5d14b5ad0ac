"""`gesturelrcn models`."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli.console import say

if TYPE_CHECKING:
    from gesturelrcn.model import ModelCard


def models(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE", help="Only this one, or a card (.json) of your own.", show_default=False
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The whole cards as one JSON list.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The cards as pages in Markdown.")] = False,
) -> None:
    """List the models that ship with gesturelrcn: gestures, sizes, and what was measured."""
    from gesturelrcn.model import assets, read_card, shipped_models
    from gesturelrcn.model.card_page import card_page
    from gesturelrcn.model.files import card_path

    cards = shipped_models() if model is None else [read_card(card_path(model))]
    if json:
        say(json_module.dumps([json_module.loads(card.to_json()) for card in cards], indent=1))
        return
    if markdown:
        for card in cards:
            say(card_page(card))
        return
    for card in cards:
        _show(card, assets() if model is None else card_path(model).parent)
    if not cards:
        say("No model ships with this installation; name the card of your own with --model.")


def _show(card: "ModelCard", folder: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from gesturelrcn.model.card_page import measurements, named

    console = Console()
    console.print(f"[bold]{card.name}[/bold]  {card.description}")
    sizes = ", ".join(
        f"{path.suffix[1:]} {path.stat().st_size / 1e6:.1f} MB" for path in _weights(card, folder)
    )
    console.print(
        f"Files: {sizes}. Pictures of {card.size} x {card.size} pixels, "
        f"{card.min_fps:g} to {card.max_fps:g} a second."
    )
    console.print(f"Sensitivity: {', '.join(card.sensitivities)}.", highlight=False)
    for measurement, figures in measurements(card).items():
        table = Table(title=_words(measurement), title_justify="left")
        for column in ("gesture", "found", "precision", "decided after onset"):
            table.add_column(column)
        for name, row in figures["per_class"].items():
            if "true" in row:
                table.add_row(named(card, name), *_row(row))
        table.add_section()
        table.add_row("all", *_row({**figures, **figures["all"]}))
        console.print(table)
        console.print(_closing(figures), highlight=False)
    off = [f"{name}: {why}" for name, why in card.off.items()]
    if off:
        off.append(
            "They start nothing unless they are turned on (--turn-on, or turn_on = true in a binding)."
        )
    learnt_from = [_source(source) for source in card.data]
    for title, lines in (("Off", off), ("Limits", card.limits), ("Learnt from", learnt_from)):
        if title == "Off" and not off:
            continue
        console.print(f"[bold]{title}[/bold]")
        for line in lines:
            console.print(f"- {line}", highlight=False)


def _row(row: dict[str, Any]) -> tuple[str, str, str]:
    shares = f"{row['found']} of {row['true']}", _share(row["precision"])
    return *shares, _seconds(row["latency_s"]["p50"])


def _closing(figures: dict[str, Any]) -> str:
    idle = figures["false_triggers"]
    what = f"{figures['clips']} clips" if figures["clips"] else f"{figures['streams']} streams"
    return (
        f"{what} of {', '.join(filter(None, figures['subjects'])) or 'unnamed people'}; "
        f"false starts: {idle['count']} in {idle['hours'] * 3600:.0f} s without a gesture. "
        f"Again: {figures['command']}"
    )


def _source(source: dict[str, str]) -> str:
    return f"{source['name']} ({source['source']}; licence: {source['licence']}), for {source['used_for']}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _weights(card: "ModelCard", folder: Path) -> list[Path]:
    return [folder / name for name in card.files if (folder / name).is_file()]
