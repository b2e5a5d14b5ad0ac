"""Gesture names, what kind each is, and which is the mirror picture of which.

Left and right are the user's own. Flipping a picture turns a gesture into its mirror.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Literal

NONE = "none"
"""The class of everything that is not a gesture."""

Kind = Literal["stroke", "pose"]


@dataclass(frozen=True)
class Gesture:
    """A gesture that the project knows.

    Attributes:
        name: lower case, words joined by underscores.
        kind: `stroke` is done when its movement is done (a swipe); `pose` lasts as long as it is held.
        mirror: name of the gesture that its mirror picture shows; its own name if the same.
        meaning: one line for help texts.
    """

    name: str
    kind: Kind
    mirror: str
    meaning: str


def _known(*gestures: tuple[str, Kind, str] | tuple[str, Kind, str, str]) -> dict[str, Gesture]:
    return {g[0]: Gesture(g[0], g[1], g[3] if len(g) == 4 else g[0], g[2]) for g in gestures}


GESTURES: dict[str, Gesture] = _known(
    ("raise_hand", "pose", "an arm goes up and stays up"),
    ("point_left", "pose", "index or arm to the user's own left", "point_right"),
    ("point_right", "pose", "index or arm to the user's own right", "point_left"),
    ("swipe_left", "stroke", "a hand sweeps to the user's own left", "swipe_right"),
    ("swipe_right", "stroke", "a hand sweeps to the user's own right", "swipe_left"),
    ("swipe_up", "stroke", "a hand sweeps up"),
    ("swipe_down", "stroke", "a hand sweeps down"),
    ("wave", "pose", "a raised hand goes from side to side"),
    ("stop", "pose", "one or two palms towards the camera"),
    ("thumbs_up", "pose", "fist with the thumb up"),
    ("thumbs_down", "pose", "fist with the thumb down"),
    ("beckon", "pose", "a hand calls somebody nearer"),
    ("push_away", "pose", "both hands shoo something away"),
    ("palms_down", "pose", "both palms sink"),
    ("finger_wag", "pose", "a raised index finger goes from side to side"),
    ("shrug", "pose", "shoulders and palms go up"),
    ("circle", "pose", "a finger or hand turns in a circle"),
    ("sweep", "stroke", "a forearm sweeps out and in"),
    ("pinch", "pose", "thumb and index finger touch"),
    ("fist", "pose", "a closed hand is shown"),
    ("zoom_in", "stroke", "both hands go apart"),
    ("zoom_out", "stroke", "both hands come together"),
    ("point_camera", "pose", "an index finger points at the camera"),
)
"""Every gesture that the project has a word for. A model's card says which of them it recognises."""


def mirrored(name: str) -> str:
    """The gesture that a mirror picture of `name` shows.

    Of names that the project does not know, those that end in _left and _right are each other's mirror; all
    others, and `none`, are their own.
    """
    gesture = GESTURES.get(name)
    if gesture is not None:
        return gesture.mirror
    for side, other in (("_left", "_right"), ("_right", "_left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


def class_name(word: str) -> str:
    """One spelling for the names of classes: "Raise hand" is raise_hand."""
    return re.sub(r"[\s-]+", "_", word.strip().lower())


def suggestion(name: str, among: list[str] | None = None) -> str | None:
    """The known name nearest in spelling to `name`, or None if nothing is near."""
    near = difflib.get_close_matches(name, among if among is not None else list(GESTURES), n=1, cutoff=0.6)
    return near[0] if near else None


def quoted(word: str) -> str:
    """A word from outside as messages show it: in quotes, on one line, not too long."""
    return repr(word) if len(word) <= 40 else repr(word[:40] + "...")
