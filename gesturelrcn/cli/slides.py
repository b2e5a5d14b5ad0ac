"""`gesturelrcn slides`."""

from typing import Annotated

import typer

from gesturelrcn import BindingError, Phase
from gesturelrcn.actions import Binding, Bindings, load_bindings
from gesturelrcn.cli import options
from gesturelrcn.cli.options import EngineChoice
from gesturelrcn.cli.playing import Playing, say
from gesturelrcn.vocabulary import GESTURES

_MEANINGS = {"Right": "next slide", "Left": "previous slide", "b": "black screen and back"}


def slides(
    source: Annotated[str, typer.Argument(help=options.SOURCE_HELP)] = "0",
    dry_run: options.DryRun = False,
    json: options.Json = False,
    preview: options.Preview = False,
    engine: options.Engine = EngineChoice.ONNXRUNTIME,
    model: options.Model = "default",
    mirrored: options.Mirrored = False,
) -> None:
    """Turn the slides of the presentation in front: open it, start this, step back.

    Point to your own right for the next slide, to your left for the previous one (or swipe, where the model
    knows swipes); raise a hand and hold it for a black screen, once more to bring the picture back. Works
    wherever the arrow keys and b do: LibreOffice Impress, PowerPoint, reveal.js, PDF viewers. Ctrl-C ends.
    """
    from gesturelrcn.model import assets

    # A recording keeps its own pace: a presentation swallows keys that come faster than people press them.
    playing = Playing(source, model, engine, mirrored, not dry_run, json, dry_run, preview)
    card = playing.card()
    bindings = load_bindings(assets() / "slides.toml", list(GESTURES)).only(card.gestures)
    if not bindings:
        raise BindingError(f"The model {card.name} recognises no gesture that turns slides; choose another.")

    def introduce() -> None:
        say(f"Watching {_named(source)} with the model {card.name}.", to_stderr=json)
        say(f"{_explained(bindings)}.", to_stderr=json)
        what = "Keys are only said, not pressed" if dry_run else "Keys go to the window in front"
        say(f"{what}; Ctrl-C ends.", to_stderr=json)

    playing.play(bindings, opened=introduce)


def _named(source: str) -> str:
    return f"camera {source}" if source.isdecimal() else source


def _explained(bindings: Bindings) -> str:
    """Gestures that do the same belong together: "point_right or swipe_right: next slide"."""
    gestures: dict[str, list[str]] = {}
    for binding in bindings:
        key = str(binding.action)
        gestures.setdefault(_MEANINGS.get(key, key), []).append(_described(binding))
    return "; ".join(f"{' or '.join(names)}: {meaning}" for meaning, names in gestures.items())


def _described(binding: Binding) -> str:
    return f"{binding.gesture} held {binding.after:g} s" if binding.on == Phase.HOLD else binding.gesture
