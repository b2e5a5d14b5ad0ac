"""Words in pictures: smooth, accents included, and quick because what was drawn once is kept."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

_LEAST_SIZE = 9
"""Pixels; smaller letters cannot be read."""


def write(picture: NDArray[np.uint8], text: str, place: tuple[int, int], size: int, colour: Colour) -> int:
    """Write into the picture, in place; what lies beyond its edges is cut off.

    Args:
        picture: (H, W, 3) uint8 BGR.
        text: one line.
        place: left edge and top of the letters' box, which is about 1.25 `size` high.
        size: height of the letters, pixels.
        colour: of the letters.

    Returns:
        Width of what was written, pixels.
    """
    mask = _mask(text, max(_LEAST_SIZE, size))
    x, y = place
    here = picture[max(0, y) : max(0, y + mask.shape[0]), max(0, x) : max(0, x + mask.shape[1])]
    if here.size:
        part = mask[max(0, -y) :, max(0, -x) :][: here.shape[0], : here.shape[1], None]
        here += (((np.array(colour, np.int32) - here) * part) // 255).astype(
            np.uint8
        )  # wraps to the right value
    return int(mask.shape[1])


def width_of(text: str, size: int) -> int:
    """How wide `write` would write it, pixels."""
    return int(_mask(text, max(_LEAST_SIZE, size)).shape[1])


def shortened(text: str, size: int, room: int) -> str:
    """The text, cut so that it is at most `room` pixels wide; three dots stand for what is missing."""
    if width_of(text, size) <= room:
        return text
    # Letters differ in width, so guess by the mean and go on from there.
    count = max(0, int(len(text) * room / width_of(text, size)))
    while count and width_of(f"{text[:count].rstrip()}…", size) > room:
        count -= 1
    return f"{text[:count].rstrip()}…" if count else ""


@lru_cache(maxsize=1024)
def _mask(text: str, size: int) -> NDArray[np.uint8]:
    """(H, W) uint8, how much of each pixel the letters cover."""
    font = _font(size)
    ascent, descent = font.getmetrics()
    drawn = Image.new("L", (max(1, round(font.getlength(text)) + 1), ascent + descent))
    ImageDraw.Draw(drawn).text((0, 0), text, fill=255, font=font)
    return np.asarray(drawn, np.uint8)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)  # Pillow brings a font along, so that none has to be looked for
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
