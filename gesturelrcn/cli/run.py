"""`gesturelrcn run`."""

from pathlib import Path
from typing import Annotated

import typer

from gesturelrcn.actions import Bindings
from gesturelrcn.cli import completion, options, sinks
from gesturelrcn.cli.arguments import all_words, source_word
from gesturelrcn.cli.options import EngineChoice, LocatorChoice
from gesturelrcn.cli.session import LiveSession

_BINDINGS_HELP = "A TOML file that says what each gesture does. Without it nothing is pressed."


def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help=options.SOURCE_HELP,
            show_default=False,
            autocompletion=completion.sources,
        ),
    ],
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
    realtime: options.Realtime = False,
    websocket: sinks.WebSocket = None,
    allow_origin: sinks.AllowOrigin = None,
    osc: sinks.Osc = None,
) -> None:
    """Show the gestures of a camera or a recording as they come, and do what a file binds to them.

    Each gesture is a line when it starts and a line when it ends; Ctrl-C ends. With a file of bindings
    keys go to the window in front; the file is read again when it is saved. It looks like this
    (**gesturelrcn bindings --example** shows more):

    ```toml
    [[bind]]
    gesture = "point_right"    # gesturelrcn models lists what there is
    do = "key Right"           # PageDown, space, F5, b, ctrl+s ...
    [[bind]]
    gesture = "raise_hand"
    do = "key b"
    on = "hold"                # start (if nothing is said), hold or end
    after = 0.5                # seconds that it must be held
    cooldown = 1.0             # seconds in which it does not fire again
    ```
    """
    session = LiveSession(
        *(source_word(source), model, engine, mirrored, realtime, json, dry_run, preview, rehearse),
        bindings_file=bindings,
        record=record,
        locator=locator,
        fps=fps,
        open_timeout=open_timeout,
        sensitivity=sensitivity,
        turn_on=tuple(all_words(turn_on)),
        sinks=sinks.SinkOptions(websocket, tuple(allow_origin or ()), osc),
    )
    bound = session.load(bindings) if bindings else Bindings()
    session.run(bound)
