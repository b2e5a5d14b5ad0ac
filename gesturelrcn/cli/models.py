"""`gesturelrcn models`."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gesturelrcn.cli.playing import say

if TYPE_CHECKING:
    from gesturelrcn.model import ModelCard


def models(
    json: Annotated[bool, typer.Option("--json", help="The whole cards as one JSON list.")] = False,
) -> None:
    """List the models that ship with gesturelrcn: gestures, sizes, and what was measured."""
    from gesturelrcn.model import assets, shipped_models

    cards = shipped_models()
    if json:
        say(json_module.dumps([json_module.loads(card.to_json()) for card in cards], indent=1))
        return
    for card in cards:
        _show(card, assets())
    if not cards:
        say("No model ships with this installation; name the card of your own with --model.")


def _show(card: "ModelCard", folder: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"[bold]{card.name}[/bold]: {card.description}", title_justify="left", show_header=False
    )
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    sizes = (f"{path.suffix[1:]} {path.stat().st_size / 1e6:.1f} MB" for path in _weights(card, folder))
    table.add_row("size", ", ".join([*sizes, f"input {card.size} x {card.size} pixels"]))
    table.add_row("frames", f"{card.min_fps:g} to {card.max_fps:g} a second")
    table.add_row("gestures", ", ".join(card.gestures))
    for name, value in _flat(card.figures):
        table.add_row(name, value)
    for limit in card.limits:
        table.add_row("limit", limit)
    Console().print(table)


def _weights(card: "ModelCard", folder: Path) -> list[Path]:
    return [folder / name for name in card.files if (folder / name).is_file()]


def _flat(figures: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Nested figures as rows: {"latency": {"median_ms": 3}} becomes ("latency median ms", "3")."""
    rows: list[tuple[str, str]] = []
    for name, value in figures.items():
        words = f"{before} {name.replace('_', ' ')}".strip()
        if isinstance(value, dict):
            rows += _flat(value, words)
        else:
            rows.append((words, f"{value:.4g}" if isinstance(value, float) else str(value)))
    return rows
