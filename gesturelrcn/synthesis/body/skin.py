"""What is painted on a person: skin with brows, lips and beard, eyes, strands of hair, and their colours."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.makehuman import BODY_VERTEX_COUNT, MakeHuman
from gesturelrcn.synthesis.rendering.textures import Colour, noise, with_relief
from gesturelrcn.system.opencv import cv2

SKIN_PIXELS = 512
SKIN_TONES = np.array(
    [
        [0.24, 0.15, 0.11],
        [0.38, 0.25, 0.18],
        [0.56, 0.39, 0.29],
        [0.73, 0.54, 0.42],
        [0.85, 0.66, 0.54],
        [0.91, 0.75, 0.66],
    ]
)
HAIR_COLOURS = np.array(
    [
        [0.05, 0.04, 0.04],
        [0.10, 0.07, 0.05],
        [0.20, 0.13, 0.08],
        [0.33, 0.22, 0.13],
        [0.58, 0.45, 0.27],
        [0.62, 0.60, 0.58],
        [0.36, 0.15, 0.08],
    ]
)
HAIR_SHARES = (0.30, 0.24, 0.18, 0.11, 0.07, 0.06, 0.04)
GREY = 5
IRIS_COLOURS = np.array([[0.20, 0.12, 0.07], [0.12, 0.07, 0.04], [0.32, 0.42, 0.52], [0.28, 0.33, 0.22]])
IRIS_SHARES = (0.42, 0.33, 0.15, 0.10)


@dataclass(frozen=True)
class Complexion:
    """Colours of one person.

    Attributes:
        skin: base tone.
        hair: colour of hair, brows and beard.
        beard: 0 (none) to 1 (dense).
        scalp: 0 (bald) to 1: how strongly hair roots are painted on the head.
        lipstick: 0 to 1.
    """

    skin: Colour
    hair: Colour
    beard: float
    scalp: float
    lipstick: float


@lru_cache(maxsize=1)
def _skin_places(data: MakeHuman, size: int) -> Image:
    """(size, size, 3) where on the neutral body, in metres, each pixel of the skin texture lies."""
    body = data.face_groups == "body"
    uvs, first = np.unique(data.face_uvs[body].ravel(), return_index=True)
    places = data.vertices[data.faces[body].ravel()[first]]
    axis = (np.arange(size) + 0.5) / size
    u, v = np.meshgrid(axis, 1 - axis)
    return np.asarray(np.nan_to_num(LinearNDInterpolator(data.uvs[uvs], places)(u, v)), np.float32)


def hairline(data: MakeHuman, places: Floats | Image) -> Floats:
    """Metres above the natural hairline (negative below) of points (..., 3) on the neutral head."""
    eye = data.group("joint-l-eye", data.vertices).mean(axis=0)
    crown = data.vertices[:BODY_VERTEX_COUNT, 1].max() - eye[1]
    forward = (places[..., 2] - 0.03) / crown
    # From nape over the ear and the sideburn to the forehead.
    line = np.interp(forward, [-1.0, -0.5, -0.05, 0.3, 0.55, 0.85], [-0.75, -0.62, -0.25, 0.05, 0.42, 0.58])
    return np.asarray(places[..., 1] - eye[1] - line * crown)


def _soft(edge_metres: Floats | Image, width: float) -> Image:
    """0 to 1 across `width` metres around zero."""
    return np.clip(edge_metres / width + 0.5, 0, 1).astype(np.float32)


def _brows(data: MakeHuman, places: Image, thickness: float, lift: float) -> Image:
    eye = data.group("joint-l-eye", data.vertices).mean(axis=0)
    across = np.abs(places[..., 0]) / eye[0]
    arch = eye[1] + eye[0] * (0.52 + lift + 0.14 * np.sin((across - 0.3) * 2.0))
    away = thickness * (1.2 - 0.4 * across) - np.abs(places[..., 1] - arch)
    along = np.minimum(across - 0.38, 1.75 - across) * eye[0]
    return _soft(away, 0.003) * _soft(along, 0.008) * (places[..., 2] > 0.08)


def _beard(data: MakeHuman, places: Image) -> Image:
    eye = data.group("joint-l-eye", data.vertices).mean(axis=0)
    down = eye[1] - places[..., 1]
    side = np.abs(places[..., 0])
    cheek = np.interp(side, [0, 0.02, 0.045, 0.07], [0.047, 0.050, 0.062, 0.03])
    on_face = _soft(down - cheek, 0.01) * _soft(0.125 - down, 0.02) * _soft(places[..., 2] - 0.055, 0.02)
    return np.asarray(on_face, np.float32)


def skin_texture(rng: Generator, data: MakeHuman, complexion: Complexion) -> Pixels:
    """Texture of the whole body: tone with blotches, lips, lids, ears, nails, brows, hair roots, beard."""
    size = SKIN_PIXELS
    places = _skin_places(data, size)
    tone = complexion.skin.astype(np.float32)
    mottle = (
        0.02 * noise(rng, size, size, 40)
        + 0.015 * noise(rng, size, size, 12)
        + 0.01 * noise(rng, size, size, 3)
    )
    colour = tone * (1 + mottle[..., None])

    def paint(mask: NDArray[Any], onto: Colour | Image, share: float) -> None:
        nonlocal colour
        cover = (mask * share)[..., None]
        colour = colour * (1 - cover) + np.asarray(onto, np.float32) * cover

    blush = np.clip(0.6 + 0.4 * noise(rng, size, size, 26), 0, 1) * data.uv_mask("face", size)
    paint(blush, colour * np.array([1.04, 0.92, 0.89], np.float32), 0.6)
    paint(data.uv_mask("ears", size), colour * np.array([1.04, 0.86, 0.82], np.float32), 0.5)
    paint(cv2.GaussianBlur(data.uv_mask("eyelids", size), (0, 0), 3), colour * np.float32(0.72), 0.4)
    paint(data.uv_mask("inside-mouth", size), np.array([0.30, 0.09, 0.09]), 1.0)
    paint(data.uv_mask("fingernails", size), np.clip(tone * 1.08 + 0.07, 0, 1), 0.5)
    paint(
        _brows(data, places, rng.uniform(0.002, 0.0045), rng.uniform(-0.05, 0.12)), complexion.hair * 0.8, 0.8
    )
    roots = _soft(hairline(data, places) + 0.004 * noise(rng, size, size, 20), 0.02) * (places[..., 1] > 0.6)
    paint(roots * (1 - data.uv_mask("ears", size)), complexion.hair, 0.9 * complexion.scalp)
    stubble = np.clip(0.8 + 0.25 * noise(rng, size, size, 2), 0, 1)
    paint(_beard(data, places) * stubble, complexion.hair, complexion.beard)
    lips = cv2.GaussianBlur(data.uv_mask("lips", size), (0, 0), 2)
    natural, made_up = np.array([0.94, 0.66, 0.64]), np.array([0.86, 0.38, 0.42])
    paint(lips, tone * (natural + complexion.lipstick * (made_up - natural)), 0.8)
    return with_relief(colour.astype(np.float32))


def hair_texture(rng: Generator, colour: Colour) -> Pixels:
    """Strands that run along v."""
    size = 256
    strands = 0.22 * noise(rng, size, size, 2, 24) + 0.18 * noise(rng, size, size, 12, 6)
    painted = np.clip(colour * (1 + strands[..., None]) + 0.02 * strands[..., None], 0, 1)
    return with_relief(painted.astype(np.float32), np.clip(strands * 2, -1, 1))


def eye_texture(rng: Generator) -> Pixels:
    """Along u the angle from the middle of the pupil, 0 to 180 degrees."""
    angles = np.linspace(0, 180, 256)
    strip = np.tile(np.array([0.80, 0.77, 0.75], np.float32), (4, 256, 1))
    strip[:, angles < 29] = IRIS_COLOURS[rng.choice(len(IRIS_COLOURS), p=IRIS_SHARES)]
    strip[:, angles < 11] = 0.02
    return with_relief(strip)
