"""Procedural textures: noise, plain colours, cloth. Colours are sRGB shares from 0 to 1."""

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.system.opencv import cv2

Colour = Floats

CLOTH_PIXELS = 512


def noise(rng: Generator, height: int, width: int, cell: float, stretch: float = 1.0) -> Image:
    """(height, width) smooth noise of about unit variance: blobs `cell` wide, `stretch` times as high."""
    rows = max(2, round(height / (cell * stretch)))
    columns = max(2, round(width / cell))
    grid = rng.standard_normal((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def with_relief(colour: Image, relief: Image | None = None) -> Pixels:
    """(H, W, 4) uint8 texture from (H, W, 3) colour 0..1 and (H, W) relief -1..1."""
    alpha = np.zeros(colour.shape[:2], np.float32) if relief is None else relief
    stacked = np.dstack([colour * 255, alpha * 127 + 128])
    return np.clip(stacked, 0, 255).astype(np.uint8)


def plain(colour: Colour) -> Pixels:
    """A texture of one colour."""
    return with_relief(np.broadcast_to(np.asarray(colour, np.float32), (4, 4, 3)))


def cloth_colour(rng: Generator) -> Colour:
    """What people wear before a webcam: mostly muted, often black, white, grey or blue, sometimes loud."""
    kind = rng.choice(["neutral", "muted", "loud"], p=[0.4, 0.45, 0.15])
    if kind == "neutral":
        return np.clip(rng.uniform(0.04, 0.92) * (1 + rng.normal(0, 0.03, 3)), 0, 1)
    hue, saturation, value = rng.uniform(0, 180), rng.uniform(50, 140), rng.uniform(40, 215)
    if kind == "loud":
        saturation, value = rng.uniform(140, 235), rng.uniform(90, 250)
    pixel = np.array([[[hue, saturation, value]]], np.uint8)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0] / 255.0)


def cloth(rng: Generator, patterned: bool = True) -> Pixels:
    """One square metre of cloth: plain, striped, checked, in blocks or printed, with folds as relief."""
    size = CLOTH_PIXELS
    first, second = cloth_colour(rng), cloth_colour(rng)
    pattern = rng.choice(
        ["plain", "stripes", "bands", "check", "block", "print"], p=[0.58, 0.08, 0.12, 0.08, 0.06, 0.08]
    )
    if not patterned:
        pattern, first = "plain", first * 0.7
    share = _pattern(rng, str(pattern), int(2 ** rng.uniform(2.5, 5.5)))
    painted = first + (second - first) * share[..., None]
    weave = 0.03 * noise(rng, size, size, 2) + 0.04 * noise(rng, size, size, 60)
    folds = 0.6 * noise(rng, size, size, 36, 1.8) + 0.3 * noise(rng, size, size, 14, 2.0)
    painted = np.clip(painted * (1 + weave[..., None]), 0, 1)
    return with_relief(painted.astype(np.float32), np.clip(folds / 2, -1, 1))


def _pattern(rng: Generator, name: str, width: int) -> Floats:
    """(CLOTH_PIXELS, CLOTH_PIXELS) share of the second colour."""
    size = CLOTH_PIXELS
    down, across = np.mgrid[:size, :size]
    if name == "stripes":
        share = (across // width) % 2
    elif name == "bands":
        share = (down // width) % 2
    elif name == "check":
        share = ((across // width) % 2 + (down // width) % 2) / 2
    elif name == "block":
        share = down > rng.uniform(0.45, 0.65) * size
    elif name == "print":
        share = noise(rng, size, size, rng.uniform(8, 40)) > rng.uniform(0.4, 1.0)
    else:
        share = np.zeros((size, size))
    return np.asarray(share, np.float64)
