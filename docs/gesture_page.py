"""How each gesture is made, in words beside the pictures of `gesture_pictures`: a page and a short table."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gesturelrcn.evaluation.metrics import CORE
from gesturelrcn.model import ModelCard
from gesturelrcn.model.card_page import measurements
from gesturelrcn.synthesis.dataset.gesture_pictures import SHOWN
from gesturelrcn.synthesis.motion.shipped import GESTURES as PERFORMED
from gesturelrcn.synthesis.motion.shipped import MOVEMENTS
from gesturelrcn.synthesis.motion.vocabulary import Movement
from gesturelrcn.vocabulary import GESTURES

PICTURES = "gestures"
"""Folder of the pictures, below `docs`."""
COMMAND = "python -m gesturelrcn.synthesis.dataset.gesture_pictures docs/gestures"
FOR_SLIDES = ("swipe_left", "swipe_right", "swipe_up", "swipe_down")
ROW, ROW_PIXELS = 5, 150
"""Most pictures in a row of the short table, and how wide one is shown there."""
HEIGHTS = ((0.5, "above the head"), (0.2, "head"), (-0.12, "shoulders"), (-0.35, "breast"))
LOWEST = "belly"
"""Names of heights of a wrist, each from so many arm lengths above the shoulder on."""


class Told(NamedTuple):
    """How a gesture is made; `like`: what looks much like it, and the difference."""

    made: str
    like: str


TOLD = {
    "raise_hand": Told(
        "One arm up, straight or bent, the hand beside or above the head, fingers up. Keep it there.",
        "`wave`: that hand moves. `swipe_up`: that hand does not stay.",
    ),
    "point_left": Told(
        "The left arm out to the left, or the right one across the breast, index finger or flat hand ahead."
        " Keep it there.",
        "`swipe_left`: that hand does not stay. Reaching for something at your side.",
    ),
    "point_right": Told(
        "The right arm out to the right, or the left one across the breast, index finger or flat hand ahead."
        " Keep it there.",
        "`swipe_right`: that hand does not stay. Reaching for something at your side.",
    ),
    "swipe_left": Told(
        "A flat hand before the breast, quickly and level to the left: the right hand inwards, or the left"
        " one outwards. Lower it then.",
        "`swipe_right` on the way back: go back low. `sweep`: goes out and in. `point_left`: stays there.",
    ),
    "swipe_right": Told(
        "A flat hand before the breast, quickly and level to the right: the left hand inwards, or the right"
        " one outwards. Lower it then.",
        "`swipe_left` on the way back: go back low. `sweep`: goes out and in. `point_right`: stays there.",
    ),
    "swipe_up": Told(
        "A flat hand before the belly, palm up, quickly up to the height of the head. Lower it then.",
        "`raise_hand`: stays up. Any other arm that goes up.",
    ),
    "swipe_down": Told(
        "A flat hand beside the head, quickly down to the belly, palm down.",
        "`palms_down`: slower, both hands or several times. An arm that is lowered.",
    ),
    "wave": Told(
        "A hand at the height of head or shoulder, palm to the camera, from side to side once or twice a"
        " second.",
        "`raise_hand` and `stop`: that hand is still. `finger_wag`: one finger.",
    ),
    "stop": Told(
        "One hand or both before you, fingers up, palm to the camera. Keep it there.",
        "`raise_hand`: higher. `push_away`: goes forth and back.",
    ),
    "thumbs_up": Told(
        "A fist before you, thumb straight up. Keep it there.",
        "`fist`: the thumb lies on it. Beyond 3 m the thumb is a few pixels.",
    ),
    "thumbs_down": Told(
        "A fist before you, elbow out, thumb straight down. Keep it there.",
        "`thumbs_up`: the other way round.",
    ),
    "beckon": Told(
        "Palm to yourself or up; forearm or fingers come towards you, once or twice a second.",
        "`push_away`: away from you. `wave`: from side to side, palm to the camera.",
    ),
    "push_away": Told(
        "One hand or both push or shoo forwards, twice or more.",
        "`stop`: still. `palms_down`: goes down. `circle`: goes round.",
    ),
    "palms_down": Told(
        "One hand or both before you, palms down, sink slowly, or several times.",
        "`push_away`: forwards. `swipe_down`: once and quickly.",
    ),
    "finger_wag": Told(
        "Index finger up, the others closed, from side to side once or twice a second.",
        "`wave`: the whole hand is open. `circle`: goes round.",
    ),
    "shrug": Told(
        "Shoulders up, both palms up beside you. Keep them there for a moment.",
        "`zoom_in`: begins with the hands together, shoulders stay down.",
    ),
    "circle": Told(
        "Finger or hand goes round before you, once or twice a second; in which plane does not matter.",
        "`sweep` and `push_away`. Its parts look like swipes.",
    ),
    "sweep": Told(
        "A forearm before the belly goes out and in again, palm up or inwards.",
        "`swipe_left` and `swipe_right`: one way only. `circle`: goes round.",
    ),
    "pinch": Told(
        "Thumb and index finger touch, the other fingers are open, palm to the camera. Keep it there.",
        "`stop`: open hand. Beyond 3 m the gap is a few pixels.",
    ),
    "fist": Told(
        "A hand at the height of the shoulder closes, palm to the camera. Keep it there.",
        "`thumbs_up`: the thumb is up. `stop`: open hand.",
    ),
    "zoom_in": Told(
        "Both hands close together before the breast, then apart and level, with the forearms or the whole"
        " arms. Lower them then.",
        "`zoom_out` on the way back: go back low. `shrug`: palms up.",
    ),
    "zoom_out": Told(
        "Both hands apart before you, then level together before the breast. Lower them then.",
        "`zoom_in`: the other way round. Clapping.",
    ),
    "point_camera": Told(
        "An arm forwards, index finger to the camera; it may move slowly.",
        "`stop`: open hand, fingers up.",
    ),
}
"""Of every gesture for which the project has a word."""


def gestures_page(card: ModelCard) -> str:
    """The page in Markdown: the gestures of a model, then the others for which the project has a word."""
    known = [name for name in GESTURES if name in card.gestures]
    others = [name for name in GESTURES if name not in known]
    parts = [
        "# The gestures, and how they are made",
        "The person faces you and is not mirrored: left and right are the person's own, so `point_left` goes"
        " to the right of its picture. What one hand does the other may do as well.",
        "- A **stroke** is done when its movement is done. A **pose** lasts for as long as it goes on.\n"
        "- **Seconds**: how long a stroke takes, or a pose goes on, once the hand is there.\n"
        "- **Wrist**: at which height it is then.",
        "Both are the ranges of the synthetic people from whom the model learns, among others. A picture"
        " shows one of several ways.",
        f"## What {card.name} recognises",
        f"How often it does: [its card](model-card.md). {_decided(card)}".strip(),
        _table(known, card),
    ]
    if others:
        parts += [
            f"## What {card.name} does not recognise",
            "These have a name, and synthetic people make them: a [model of your own](own-gestures.md) can"
            " learn them.",
            _table(others, card),
        ]
    parts.append(f"The person is [synthetic](synthesis.md). The pictures are made by `{COMMAND}`.")
    return "\n\n".join(parts) + "\n"


def gestures_summary(card: ModelCard) -> str:
    """A table of a few pictures, as the README has it: core gestures and swipes, if they are on."""
    names = [name for name in (*CORE, *FOR_SLIDES) if name in card.gestures and name not in card.off]
    rows = -(-len(names) // ROW)
    columns = -(-len(names) // rows) if rows else 0
    cells = [
        f'<img src="docs/{_picture(name)}" width="{ROW_PIXELS}" alt="{GESTURES[name].meaning}"><br>`{name}`'
        for name in names
    ]
    lines = [cells[at : at + columns] for at in range(0, len(cells), columns or 1)]
    head, *more = [" | ".join([*line, *[""] * (columns - len(line))]).rstrip() for line in lines]
    return "\n".join(f"| {line} |" for line in [head, " | ".join(["---"] * columns), *more])


def _decided(card: ModelCard) -> str:
    """How long a gesture has to last, where that was measured."""
    for told in measurements(card).values():
        middle = told["latency_s"]["p50"]
        if middle is not None:
            return f"Half of those that it finds it has found {middle:.2f} s after the hand began to move."
    return ""


def _table(names: Sequence[str], card: ModelCard) -> str:
    head = ("", "gesture", "how it is made", "seconds", "wrist", "looks much like it")
    rows = [head, ("---",) * len(head), *(_row(name, card) for name in names)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name: str, card: ModelCard) -> tuple[str, ...]:
    gesture, told = GESTURES[name], TOLD[name]
    named = f"**{name}**, a {gesture.kind}: {gesture.meaning}"
    if name in card.off:
        named += f"; off: {card.off[name]}"
    movements = [MOVEMENTS[movement] for hands in PERFORMED[name].values() for movement in hands]
    return (
        f"![{gesture.meaning}]({_picture(name)})",
        named,
        told.made,
        _seconds(movements),
        _heights(movements),
        told.like,
    )


def _picture(name: str) -> str:
    assert name in SHOWN
    return f"{PICTURES}/{name}.webp"


def _seconds(movements: Iterable[Movement]) -> str:
    least, most = zip(*(_lasting(movement) for movement in movements), strict=True)
    return f"{min(least):.1f} to {max(most):.1f}"


def _lasting(movement: Movement) -> tuple[float, float]:
    """Seconds (least, most) from the first keyframe to the end of the last one."""
    first, *others = movement.keys
    spans = []
    for which, times, tempo in zip((0, 1), movement.repeat, reversed(movement.tempo), strict=True):
        again = movement.keys[movement.repeat_from :]
        keys = [*others, *(again * (times - 1))]
        spans.append(first.hold[which] + sum(key.move[which] / tempo + key.hold[which] for key in keys))
    return spans[0], spans[1]


def _heights(movements: Iterable[Movement]) -> str:
    """Of the wrist at the keyframes."""
    all_heights = [float(key.pose.wrist[1]) for movement in movements for key in movement.keys]
    low, high = _height(min(all_heights)), _height(max(all_heights))
    return low if low == high else f"{low} to {high}"


def _height(arm_lengths: float) -> str:
    return next((name for above, name in HEIGHTS if arm_lengths >= above), LOWEST)
