"""`gesturelrcn slides`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gesturelrcn import BindingError, Phase
from gesturelrcn.actions import Binding, Bindings, Laser, load_bindings
from gesturelrcn.cli import completion, options
from gesturelrcn.cli.arguments import all_words, source_word
from gesturelrcn.cli.console import say
from gesturelrcn.cli.options import EngineChoice, LocatorChoice
from gesturelrcn.cli.session import LiveSession
from gesturelrcn.thresholds import is_off
from gesturelrcn.vocabulary import GESTURES, suggestion

_BINDINGS_HELP = "Other bindings than the shipped ones."
_ARM_HELP = (
    "Nothing happens before this gesture has been held for half a second, nor 8 seconds after the last."
)
_LASER_HELP = "While this gesture lasts, the mouse pointer follows the hand."
_ANYWHERE_HELP = "Keys go to whatever window is in front, not only to presentations."


def slides(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help=options.SOURCE_HELP, autocompletion=completion.sources)
    ] = "0",
    arm: Annotated[
        str | None, typer.Option(metavar="GESTURE", help=_ARM_HELP, autocompletion=completion.gestures)
    ] = None,
    laser: Annotated[
        str | None, typer.Option(metavar="GESTURE", help=_LASER_HELP, autocompletion=completion.gestures)
    ] = None,
    anywhere: Annotated[bool, typer.Option("--anywhere", help=_ANYWHERE_HELP)] = False,
    bindings: Annotated[Path | None, typer.Option(metavar="FILE", help=_BINDINGS_HELP)] = None,
    dry_run: options.DryRun = False,
    rehearse: options.Rehearse = False,
    json: options.Json = False,
    preview: options.Preview = False,
    record: options.Record = None,
    engine: options.Engine = EngineChoice.ONNXRUNTIME,
    locator: options.Locator = LocatorChoice.DEFAULT,
    model: options.Model = "default",
    sensitivity: options.Sensitivity = None,
    turn_on: options.TurnOn = None,
    mirrored: options.Mirrored = False,
    fps: options.Fps = None,
    open_timeout: options.OpenTimeout = None,
) -> None:
    """Turn the slides of the presentation in front: open it, start this, step back.

    Swipe or point to your own right for the next slide, to your left for the previous one; raise a hand and
    hold it for a black screen, once more to bring the picture back. A hand that is held up for two seconds in
    front of the open document starts the show, one that is held up for three seconds ends it. Works with
    LibreOffice Impress, PowerPoint, PDF viewers, and with browsers in full screen. Touch the mouse or the
    keyboard, and gestures wait; push the mouse into the top left corner of the screen to stop. Ctrl-C ends.
    """
    from gesturelrcn.model import assets

    def adapted(read: Bindings) -> Bindings:
        # Of the shipped ones what this model can do; one's own say for themselves what shall be on.
        usable = [name for name in card.gestures if name not in off] if shipped else card.gestures
        for gesture in (arm, laser):
            if gesture in off:
                remedy = f"choose another one, or add --turn-on {gesture}."
                raise BindingError(is_off(gesture, off[gesture], remedy))
        return _adapted(read.only(usable), card.gestures, arm, laser, anywhere or dry_run)

    # A recording keeps its own pace: a presentation swallows keys that come faster than people press them.
    session = LiveSession(
        *(
            source_word(source),
            model,
            engine,
            mirrored,
            not dry_run,
            json,
            dry_run,
            preview,
            rehearse,
            bindings,
            adapted,
        ),
        record=record,
        locator=locator,
        fps=fps,
        open_timeout=open_timeout,
        sensitivity=sensitivity,
        turn_on=tuple(all_words(turn_on)),
    )
    card, off = session.card(), session.off()
    shipped = bindings is None
    read = session.load(bindings) if bindings else load_bindings(assets() / "slides.toml", list(GESTURES))
    bound = adapted(read)
    if not bound:
        raise BindingError(f"The model {card.name} recognises no gesture that turns slides; choose another.")

    def introduce() -> None:
        for line in _introduction(str(session.source), card.name, bound, rehearse, dry_run):
            say(line, to_stderr=json)

    session.run(bound, opened=introduce)


def _adapted(
    bindings: Bindings, gestures: list[str], arm: str | None, laser: str | None, anywhere: bool
) -> Bindings:
    """The bindings as the options of the command line want them."""
    for gesture in (arm, laser):
        if gesture is not None and gesture not in gestures:
            near = suggestion(gesture, gestures)
            hint = f"did you mean '{near}'?" if near else f"it recognises {', '.join(gestures)}."
            raise BindingError(f"This model does not recognise the gesture '{gesture}'; {hint}")
    changed = replace(bindings.options, arm=arm) if arm else bindings.options
    if anywhere:
        changed = replace(changed, only_in_profiles=False)
    everywhere = bindings.all
    if laser:
        everywhere = tuple(each for each in everywhere if each.gesture != laser)
        everywhere += (Binding(laser, Laser(), says="laser pointer"),)
    return Bindings(everywhere, changed, bindings.profiles)


def _introduction(source: str, model: str, bindings: Bindings, rehearse: bool, dry_run: bool) -> list[str]:
    options = bindings.options
    lines = [f"Watching {_named(source)} with the model {model}.", f"{_explained(bindings)}."]
    if options.arm:
        lines.append(
            f"Hold {options.arm} {options.arm_after:g} s first: that arms for {options.arm_for:g} s."
        )
    if rehearse:
        where = "Rehearsal: what would be done is only said"
    elif dry_run:
        where = "Keys are only said, not pressed"
    elif options.only_in_profiles:
        where = "Keys go to a presentation in front"
    else:
        where = "Keys go to the window in front"
    return [*lines, f"{where}; Ctrl-C ends."]


def _named(source: str) -> str:
    return f"camera {source}" if source.isdecimal() else source


def _explained(bindings: Bindings) -> str:
    """Gestures that do the same belong together: "point_right or swipe_right: next slide"."""
    gestures: dict[str, list[str]] = {}
    for binding in bindings:
        names = gestures.setdefault(binding.meaning, [])
        if _described(binding) not in names:
            names.append(_described(binding))
    return "; ".join(f"{' or '.join(names)}: {meaning}" for meaning, names in gestures.items())


def _described(binding: Binding) -> str:
    return f"{binding.gesture} held {binding.after:g} s" if binding.on == Phase.HOLD else binding.gesture
