"""Draws what is known into a copy of the frame.

Words stand in the corners and at the lower edge, where the person mostly is not, on panels through which the
picture can still be seen. Sizes follow the picture's, so that it looks the same at 640x480 and 1280x720.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.actions.decisions import ActionState
from gesturelrcn.overlay.known import Known, Note
from gesturelrcn.overlay.text import Colour, shortened, width_of, write
from gesturelrcn.region import Region
from gesturelrcn.system.opencv import cv2

GREEN: Colour = (110, 215, 90)
AMBER: Colour = (60, 185, 250)
RED: Colour = (80, 80, 235)
GREY: Colour = (170, 170, 170)
WHITE: Colour = (245, 245, 245)
DARK: Colour = (30, 25, 20)

_SHADE = 0.35
"""How much of the picture is seen through a panel."""
_NEWS_FOR = 2.0
"""Seconds for which what was done is news and stands out."""
_VISIBLE = 0.4
_CORNER = 0.12
"""Length of the strokes that mark the corners of the person's square, in shares of its side."""


@dataclass(frozen=True)
class _Canvas:
    """A picture that is drawn into, with the scale of its words and how the frame lies in it.

    Attributes:
        picture: (H, W, 3) uint8 BGR.
        unit: pixels; 1 for 640x480.
        mirrored: the frame lies in it as in a mirror.
    """

    picture: NDArray[np.uint8]
    unit: float
    mirrored: bool

    @property
    def width(self) -> int:
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        return int(self.picture.shape[0])

    def px(self, units: float) -> int:
        return max(1, round(units * self.unit))

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Where a place of the frame is; far beyond the edges OpenCV would overflow."""
        across = self.width - 1 - x if self.mirrored else x
        return round(min(max(across, -9999.0), 9999.0)), round(min(max(y, -9999.0), 9999.0))

    def panel(self, left: int, top: int, right: int, bottom: int) -> None:
        """Darken a part of the picture."""
        here = self.picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        if here.size:
            here[:] = cv2.convertScaleAbs(here, alpha=_SHADE)

    def fill(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        self.picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = colour


def draw_overlay(image: NDArray[np.uint8], known: Known, *, mirrored: bool = False) -> NDArray[np.uint8]:
    """What is known, drawn into a copy of the frame; no window is needed.

    Args:
        image: (H, W, 3) uint8 BGR; it is left as it is.
        known: what to draw; what is None there is left out.
        mirrored: show the frame as a mirror does; words stay readable.

    Returns:
        A new (H, W, 3) uint8 BGR picture.
    """
    height, width = image.shape[:2]
    picture = np.asarray(cv2.flip(image, 1), np.uint8) if mirrored else image.copy()
    canvas = _Canvas(picture, min(width / 640, height / 480), mirrored)
    if known.region is not None:
        _draw_person(canvas, known, known.region)
    _draw_gesture(canvas, known)
    _draw_speed(canvas, known)
    _draw_actions(canvas, known)
    return picture


def _draw_person(canvas: _Canvas, known: Known, region: Region) -> None:
    """Corners around the person, a square around the hand that is looked at, wrists and index tips."""
    colour = GREEN if known.active else GREY
    line = canvas.px(2)
    (left, top), (right, bottom) = _corners(canvas, region)
    reach = max(1, round(_CORNER * (right - left)))
    for x, towards in ((left, reach), (right, -reach)):
        for y, down in ((top, reach), (bottom, -reach)):
            cv2.polylines(
                canvas.picture,
                [np.array([[x + towards, y], [x, y], [x, y + down]], np.int32)],
                *(False, colour, line, cv2.LINE_AA),
            )
    if known.look is not None:
        first, last = _corners(canvas, known.look)
        cv2.rectangle(canvas.picture, first, last, AMBER, canvas.px(1.5), cv2.LINE_AA)
        if known.hand is not None:
            text = "both hands" if known.hand == "both" else f"{known.hand} hand"
            _label(canvas, text, first[0], first[1] - canvas.px(20), canvas.px(12), AMBER)
    if known.joints is not None:
        _draw_hands(canvas, known, known.joints)


def _draw_hands(canvas: _Canvas, known: Known, joints: NDArray[np.float32]) -> None:
    for number, side in enumerate(("left", "right")):
        wrist, tip = joints[number], joints[number + 2]
        if min(wrist[2], tip[2]) < _VISIBLE:
            continue
        colour = AMBER if known.hand in (side, "both") else GREY
        ends = canvas.place(wrist[0], wrist[1]), canvas.place(tip[0], tip[1])
        cv2.line(canvas.picture, *ends, colour, canvas.px(1.5), cv2.LINE_AA)
        for end in ends:
            cv2.circle(canvas.picture, end, canvas.px(3.5), colour, -1, cv2.LINE_AA)


def _corners(canvas: _Canvas, square: Region) -> tuple[tuple[int, int], tuple[int, int]]:
    """Top left and bottom right in the picture."""
    half = square.side / 2
    one = canvas.place(square.x - half, square.y - half)
    other = canvas.place(square.x + half, square.y + half)
    return (min(one[0], other[0]), one[1]), (max(one[0], other[0]), other[1])


def _draw_gesture(canvas: _Canvas, known: Known) -> None:
    """Top left: the gesture, its score as a bar, a mark where it starts; below it what was nearly one."""
    px = canvas.px
    edge, pad, wide = px(8), px(7), px(206)
    bottom = edge + px(50)
    canvas.panel(edge, edge, edge + wide, bottom)
    left, right = edge + pad, edge + wide - pad
    name = known.gesture or ("nobody is seen" if known.region is None else "no gesture")
    colour = GREEN if known.active else WHITE if known.gesture else GREY
    figures = f"{known.score:.2f} / {known.start:.2f}" if known.gesture else ""
    from_right = width_of(figures, px(13)) if figures else 0
    room = right - left - from_right - pad
    write(canvas.picture, shortened(name, px(18), room), (left, edge + px(4)), px(18), colour)
    write(canvas.picture, figures, (right - from_right, edge + px(8)), px(13), WHITE)
    top, low = edge + px(33), edge + px(42)
    canvas.fill(left, top, right, low, (90, 90, 90))
    if known.gesture:
        reached = left + round(min(max(known.score, 0.0), 1.0) * (right - left))
        canvas.fill(left, top, reached, low, colour)
        mark = left + round(known.start * (right - left))
        canvas.fill(mark - px(1), top - px(3), mark + px(1), low + px(3), RED if not known.active else WHITE)
    if known.near_miss is not None:
        _draw_near_miss(canvas, known.near_miss, bottom + px(4))


def _draw_near_miss(canvas: _Canvas, missed: Note, top: int) -> None:
    size, edge = canvas.px(14), canvas.px(8)
    text = shortened(f"nearly {missed.text}", size, canvas.width - 4 * edge)
    _label(canvas, text, edge, top, size, AMBER)


def _label(canvas: _Canvas, text: str, left: int, top: int, size: int, colour: Colour) -> None:
    """Words on a panel of their own."""
    pad = round(0.4 * size)
    canvas.panel(left, top, left + 2 * pad + width_of(text, size), top + round(1.6 * size))
    write(canvas.picture, text, (left + pad, top + round(0.12 * size)), size, colour)


def _draw_speed(canvas: _Canvas, known: Known) -> None:
    """Top right: from capture to decision, and frames a second."""
    px = canvas.px
    figures = [
        *([] if known.latency is None else [f"{1000 * known.latency:.0f} ms"]),
        *([] if known.fps is None else [f"{known.fps:.0f} fps"]),
    ]
    if not figures:
        return
    size, edge, pad, column = px(15), px(8), px(7), px(60)
    right = canvas.width - edge
    canvas.panel(right - column * len(figures) - pad, edge, right, edge + px(26))
    for number, text in enumerate(reversed(figures)):
        # Right-aligned in columns, so that figures that change do not dance.
        place = right - pad - number * column - width_of(text, size)
        write(canvas.picture, text, (place, edge + px(4)), size, WHITE)


def _draw_actions(canvas: _Canvas, known: Known) -> None:
    """Along the lower edge: whether anything may fire, to be read from afar, and what was done last."""
    if known.state is None and known.action is None:
        return
    px = canvas.px
    high = px(38)
    top, pad, size = canvas.height - high, px(10), px(21)
    canvas.panel(0, top, canvas.width, canvas.height)
    left = pad
    if known.state is not None:
        text = _state_in_words(known.state, (canvas.width // 2 - 2 * pad, size))
        right = 2 * pad + width_of(text, size)
        canvas.fill(0, top, right, canvas.height, colour_of(known.state))
        write(canvas.picture, text, (pad, top + px(6)), size, DARK)
        left = right + pad
    if known.action is not None:
        colour = (GREEN if known.action.good else AMBER) if known.action.age < _NEWS_FOR else GREY
        text = shortened(known.action.text, size, canvas.width - left - pad)
        write(canvas.picture, text, (left, top + px(6)), size, colour)


def _state_in_words(state: ActionState, room: tuple[int, int]) -> str:
    """All of it where it fits, else what stands before the first bracket."""
    wide, size = room
    text = str(state)
    return text if width_of(text, size) <= wide else shortened(text.split(" (")[0], size, wide)


def colour_of(state: ActionState) -> Colour:
    """Green for ready or armed, grey for not armed, red for whatever else holds actions back."""
    if not state.inhibitor:
        return GREEN
    return GREY if state.armed_for == 0.0 and state.inhibitor.startswith("not armed") else RED
