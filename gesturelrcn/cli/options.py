"""Arguments that several commands share."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gesturelrcn.cli import completion


class EngineChoice(str, Enum):
    """What runs the network."""

    ONNXRUNTIME = "onnxruntime"
    TORCH = "torch"


class LocatorChoice(str, Enum):
    """What finds people."""

    DEFAULT = "default"
    PEOPLE = "people"
    MEDIAPIPE = "mediapipe"


class SensitivityChoice(str, Enum):
    """How readily gestures start."""

    CAREFUL = "careful"
    NORMAL = "normal"
    EAGER = "eager"


SAMPLE = "sample"
"""The source word for the clip that ships with the package."""

SOURCE_HELP = (
    "Where the pictures come from: the number of a camera (0 is the first), a video file, a folder of "
    "pictures, an http or rtsp address, or the word **sample** for the clip that ships with gesturelrcn."
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say which keys would be pressed, press none.")]
Rehearse = Annotated[
    bool,
    typer.Option(
        "--rehearse", help="Say what would be done, and every near miss; do nothing. All conditions hold."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a line for each event, and nothing else, on stdout.")
]
Preview = Annotated[
    bool,
    typer.Option(
        "--preview",
        help="Show what the camera sees, as in a mirror, and what is recognised; click on whom to follow, "
        "p pauses, q or Esc ends.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(metavar="FILE.mp4", help="Write a film of what is seen and recognised; needs no screen."),
]
Engine = Annotated[EngineChoice, typer.Option(help="What runs the network; torch is slower and an extra.")]
Locator = Annotated[
    LocatorChoice,
    typer.Option(help="What finds people: a network of our own, or MediaPipe, which is slower and an extra."),
]
Model = Annotated[
    str,
    typer.Option(
        metavar="NAME|FILE",
        help="A model of **gesturelrcn models**, or a card (.json).",
        autocompletion=completion.models,
    ),
]
Sensitivity = Annotated[
    SensitivityChoice | None,
    typer.Option(
        help="How readily gestures start: fewer false starts, as usual, or more found. Not every model has "
        "more than **normal**.",
        show_default="normal",
    ),
]
TurnOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GESTURE",
        help="Recognise this gesture although the model has it off. Several: A,B.",
        autocompletion=completion.gestures,
    ),
]
Mirrored = Annotated[
    bool,
    typer.Option("--mirrored", help="The source delivers mirrored pictures; left and right change places."),
]
TakesFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="Where the takes lie, a folder for them alone; default what **gesturelrcn takes** names.",
    ),
]
Realtime = Annotated[
    bool, typer.Option("--realtime", help="Play a recording at its own pace, not as fast as possible.")
]
OpenTimeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="How long a network camera may take to answer; some have to wake up.",
        show_default="4",
    ),
]
Fps = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Pictures a second: of a folder of pictures (15 if nothing is said), of a video in place of "
        "its own times, or what to ask of a camera.",
    ),
]
