"""Random rooms behind the person: walls, floor, and furniture as boxes with painted fronts."""

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Image
from gesturelrcn.synthesis.rendering import textures
from gesturelrcn.synthesis.rendering.surface import Material, Surface
from gesturelrcn.synthesis.rendering.textures import Colour
from gesturelrcn.system.opencv import cv2

PAINTED_PIXELS = 256
CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
SIDES = np.array([[1, 5, 7, 3], [4, 0, 2, 6], [5, 4, 6, 7], [0, 1, 3, 2], [3, 7, 6, 2], [0, 4, 5, 1]])
"""Corners of the front, back, right, left, top and bottom of a box, counter-clockwise from the lower left."""


def random_room(rng: Generator) -> list[Surface]:
    """Surfaces of a room around the origin, floor at y = 0, seen from positive z."""
    depth, half_width, height = rng.uniform(0.6, 3.0), rng.uniform(1.6, 3.2), rng.uniform(2.4, 3.0)
    wall = _wall_colour(rng)
    surfaces = [
        _panel((0, height / 2, -depth), (2 * half_width, height), _plaster(rng, wall)),
        _level(rng, half_width, depth, 0.0),
        _level(rng, half_width, depth, height),
    ]
    for side in (-1, 1):
        shade = _plaster(rng, wall * rng.uniform(0.85, 1.0))
        length = depth + 4.0
        middle = (side * half_width, height / 2, length / 2 - depth)
        surfaces.append(_panel(middle, (length, height), shade, facing="left" if side > 0 else "right"))
    surfaces.append(
        _box(
            (0, 0.04, -depth + 0.01),
            (2 * half_width, 0.08, 0.02),
            np.clip(wall * rng.choice([0.6, 1.2]), 0, 1),
        )
    )
    furniture = [_window, _shelf, _door, _pictures, _sofa, _plant, _cabinet, _curtain, _lamp]
    chosen = rng.permutation(len(furniture))[: rng.integers(2, 7)]
    for index in chosen:
        place = rng.uniform(-0.85, 0.85) * half_width
        surfaces += furniture[index](rng, float(place), float(-depth))
    return surfaces


def _wall_colour(rng: Generator) -> Colour:
    if rng.random() < 0.65:
        return np.clip(rng.uniform(0.6, 0.95) * (1 + rng.normal(0, 0.02, 3)), 0, 1)
    return np.clip(textures.cloth_colour(rng) * 0.6 + 0.3, 0, 1)


def _plaster(rng: Generator, colour: Colour) -> Image:
    cloudy = textures.noise(rng, PAINTED_PIXELS, PAINTED_PIXELS, 90) * 0.02
    fine = textures.noise(rng, PAINTED_PIXELS, PAINTED_PIXELS, 3) * 0.008
    return np.asarray(np.clip(colour * (1 + (cloudy + fine)[..., None]), 0, 1), np.float32)


def _wood(rng: Generator, colour: Colour) -> Image:
    grain = textures.noise(rng, PAINTED_PIXELS, PAINTED_PIXELS, 5, 25) * 0.10
    return np.asarray(np.clip(colour * (1 + grain[..., None]), 0, 1), np.float32)


def _wood_colour(rng: Generator) -> Colour:
    return np.clip(np.array([0.50, 0.35, 0.22]) * rng.uniform(0.4, 1.8) + rng.uniform(0, 0.15), 0, 0.95)


def _panel(
    middle: tuple[float, float, float], size: tuple[float, float], picture: Image, facing: str = "front"
) -> Surface:
    """A flat rectangle `size` (width, height) metres that faces the camera, or stands on a side wall."""
    across = {"front": [1.0, 0, 0], "left": [0, 0, 1.0], "right": [0, 0, -1.0]}[facing]
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    vertices = (
        np.array(middle)
        + corners[:, :1] * size[0] * np.array(across)
        + corners[:, 1:] * size[1] * np.array([0, 1.0, 0])
    )
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Surface(vertices, faces, None, corners + 0.5, textures.with_relief(picture), Material.MATTE)


def _box(
    middle: tuple[float, float, float],
    size: tuple[float, float, float],
    colour: Colour,
    front: Image | None = None,
) -> Surface:
    """A box of one colour, or with the same painting on every side."""
    corners = np.array(middle) + CORNERS * np.array(size)
    vertices = corners[SIDES].reshape(-1, 3)
    first = np.arange(6)[:, None] * 4
    faces = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    uvs = np.tile([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], (6, 1))
    texture = textures.plain(colour) if front is None else textures.with_relief(front)
    return Surface(vertices, faces, None, uvs, texture, Material.MATTE)


def _level(rng: Generator, half_width: float, depth: float, height: float) -> Surface:
    """The floor, or the ceiling if `height` is not 0."""
    if height > 0:
        picture = _plaster(rng, np.full(3, rng.uniform(0.75, 0.97)))
    else:
        picture = (
            _wood(rng, _wood_colour(rng)) if rng.random() < 0.6 else _plaster(rng, textures.cloth_colour(rng))
        )
    near, far = 5.0, -depth
    vertices = np.array(
        [
            [-half_width, height, near],
            [half_width, height, near],
            [half_width, height, far],
            [-half_width, height, far],
        ]
    )
    faces = np.array([[0, 1, 2], [0, 2, 3]]) if height == 0 else np.array([[0, 2, 1], [0, 3, 2]])
    uvs = np.array([[0.0, 0], [3, 0], [3, 3], [0, 3]])
    return Surface(vertices, faces, None, uvs, textures.with_relief(picture), Material.MATTE)


def _window(rng: Generator, x: float, back: float) -> list[Surface]:
    width, height, sill = rng.uniform(0.8, 1.8), rng.uniform(0.9, 1.5), rng.uniform(0.7, 1.1)
    frame = np.full(3, rng.uniform(0.5, 0.95))
    sky = np.linspace(1.0, rng.uniform(0.5, 1.0), PAINTED_PIXELS)[:, None, None] * rng.uniform(
        [0.7, 0.8, 0.9], 1.0
    )
    view = np.broadcast_to(sky, (PAINTED_PIXELS, PAINTED_PIXELS, 3)).astype(np.float32).copy()
    if rng.random() < 0.6:
        trees = 0.55 + 0.12 * textures.noise(rng, 1 * PAINTED_PIXELS, PAINTED_PIXELS, 20)[0]
        green = rng.uniform([0.15, 0.25, 0.1], [0.45, 0.55, 0.35])
        view[np.linspace(0, 1, PAINTED_PIXELS)[:, None] > trees[None, :]] = green
    middle = sill + height / 2
    parts = [_box((x, middle, back + 0.02), (width + 0.12, height + 0.12, 0.06), frame)]
    # Windows glow: their picture is brighter than any wall.
    parts.append(_panel((x, middle, back + 0.06), (width, height), np.clip(view * 1.6, 0, 1)))
    parts.append(_box((x, middle, back + 0.07), (0.05, height, 0.03), frame))
    if rng.random() < 0.5:
        parts.append(_box((x, sill + 0.65 * height, back + 0.07), (width, 0.04, 0.03), frame))
    return parts


def _curtain(rng: Generator, x: float, back: float) -> list[Surface]:
    width, colour = rng.uniform(0.4, 1.4), textures.cloth_colour(rng)
    across = np.linspace(0, 2 * np.pi * rng.integers(5, 12), PAINTED_PIXELS)
    folds = 1 + 0.18 * np.sin(across + np.sin(across * 0.37))
    picture = np.clip(colour * np.tile(folds[None, :, None], (PAINTED_PIXELS, 1, 1)), 0, 1).astype(np.float32)
    return [_panel((x, 1.25, back + 0.15), (width, 2.4), picture)]


def _shelf(rng: Generator, x: float, back: float) -> list[Surface]:
    width, height, boards = rng.uniform(0.7, 1.6), rng.uniform(1.2, 2.2), int(rng.integers(3, 7))
    colour = _wood_colour(rng)
    picture = _books(rng, boards, colour)
    bottom = 0.0 if rng.random() < 0.7 else rng.uniform(0.8, 1.2)
    return [_box((x, bottom + height / 2, back + 0.15), (width, height, 0.3), colour, picture)]


def _books(rng: Generator, boards: int, wood: Colour) -> Image:
    size = PAINTED_PIXELS * 2
    picture = np.tile((wood * 0.45).astype(np.float32), (size, size, 1))
    row = size // boards
    for board in range(boards):
        floor, x = (board + 1) * row - 6, 6
        while x < size - 12:
            thick = int(rng.integers(5, 26))
            if rng.random() < 0.82:
                tall = int(row * rng.uniform(0.55, 0.88))
                spine = textures.cloth_colour(rng) * 0.85
                cv2.rectangle(
                    picture, (x, floor - tall), (min(x + thick, size - 6), floor), spine.tolist(), -1
                )
                if thick > 12:
                    label = floor - int(tall * rng.uniform(0.4, 0.8))
                    cv2.rectangle(
                        picture,
                        (x + 3, label),
                        (x + thick - 3, label + 8),
                        rng.uniform(0.3, 0.9, 3).tolist(),
                        -1,
                    )
            x += thick + 1
        cv2.rectangle(picture, (0, floor), (size, floor + 8), wood.tolist(), -1)
    cv2.rectangle(picture, (0, 0), (size - 1, size - 1), wood.tolist(), 10)
    return picture


def _door(rng: Generator, x: float, back: float) -> list[Surface]:
    colour = _wood_colour(rng) if rng.random() < 0.5 else np.full(3, rng.uniform(0.6, 0.95))
    leaf = _wood(rng, colour)
    for left, top in ((40, 25), (145, 25), (40, 140), (145, 140)):
        cv2.rectangle(leaf, (left, top), (left + 70, top + 85), (colour * 0.8).tolist(), 2)
    handle = _box((x + 0.36, 1.05, back + 0.08), (0.12, 0.025, 0.05), np.full(3, 0.6))
    return [
        _box((x, 1.03, back + 0.01), (1.02, 2.06, 0.06), np.clip(colour * 0.85, 0, 1)),
        _box((x, 1.0, back + 0.03), (0.88, 2.0, 0.05), colour, leaf),
        handle,
    ]


def _pictures(rng: Generator, x: float, back: float) -> list[Surface]:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        width, height = rng.uniform(0.2, 0.7), rng.uniform(0.2, 0.6)
        middle = (x, rng.uniform(1.3, 1.8), back)
        parts.append(
            _box(
                (middle[0], middle[1], back + 0.01),
                (width + 0.06, height + 0.06, 0.03),
                np.full(3, rng.uniform(0.03, 0.95)),
            )
        )
        parts.append(_panel((middle[0], middle[1], back + 0.03), (width, height), _painting(rng)))
        x += width + rng.uniform(0.1, 0.3)
    return parts


def _painting(rng: Generator) -> Image:
    """A landscape, an abstract, or a page of text: blobs of few colours."""
    few = np.stack([textures.cloth_colour(rng) * 0.7 + 0.2 for _ in range(4)])
    field = textures.noise(rng, 96, 96, rng.uniform(10, 60)) + np.linspace(-1, 1, 96)[:, None] * rng.uniform(
        0, 2
    )
    levels = np.clip(((field - field.min()) / np.ptp(field) * 4).astype(int), 0, 3)
    return np.asarray(few[levels], np.float32)


def _sofa(rng: Generator, x: float, back: float) -> list[Surface]:
    colour, width = textures.cloth_colour(rng), rng.uniform(1.2, 2.2)
    cloth = _plaster(rng, colour)
    parts = [
        _box((x, 0.22, back + 0.5), (width, 0.44, 0.9), colour, cloth),
        _box((x, 0.55, back + 0.15), (width, 0.7, 0.25), colour, cloth),
    ]
    for side in (-1, 1):
        parts.append(_box((x + side * width / 2, 0.32, back + 0.5), (0.2, 0.64, 0.9), colour * 0.95, cloth))
    for _ in range(int(rng.integers(0, 3))):
        place = (x + rng.uniform(-0.4, 0.4) * width, 0.6, back + 0.35)
        parts.append(_box(place, (0.4, 0.36, 0.12), textures.cloth_colour(rng)))
    return parts


def _cabinet(rng: Generator, x: float, back: float) -> list[Surface]:
    width, height, colour = rng.uniform(0.6, 1.6), rng.uniform(0.6, 1.1), _wood_colour(rng)
    front = _wood(rng, colour)
    for column in range(1, 3):
        cv2.line(front, (column * 85, 0), (column * 85, 255), (colour * 0.6).tolist(), 2)
    parts = [_box((x, height / 2, back + 0.22), (width, height, 0.44), colour, front)]
    for _ in range(int(rng.integers(0, 4))):
        tall, thick = rng.uniform(0.08, 0.35), rng.uniform(0.05, 0.25)
        place = (x + rng.uniform(-0.4, 0.4) * width, height + tall / 2, back + 0.2)
        parts.append(_box(place, (thick, tall, 0.1), textures.cloth_colour(rng)))
    return parts


def _plant(rng: Generator, x: float, back: float) -> list[Surface]:
    pot, height = rng.uniform(0.2, 0.45), rng.uniform(0.5, 1.3)
    parts = [_box((x, pot / 2, back + 0.35), (pot * 0.8, pot, pot * 0.8), textures.cloth_colour(rng))]
    green = rng.uniform([0.10, 0.25, 0.06], [0.30, 0.50, 0.22])
    leaves, faces = [], []
    for leaf in range(60):
        root = np.array([x, pot, back + 0.35]) + rng.normal(0, 0.03, 3)
        tip = (
            root
            + rng.normal(0, 1, 3) * np.array([0.25, 0.12, 0.15])
            + np.array([0, rng.uniform(0.15, 1) * height, 0])
        )
        wide = np.array([rng.uniform(0.02, 0.05), 0, 0.01])
        middle = 0.55 * root + 0.45 * tip + np.array([0, 0.06, 0])
        leaves += [root, middle - wide, middle + wide, tip]
        faces += [[4 * leaf, 4 * leaf + 2, 4 * leaf + 1], [4 * leaf + 1, 4 * leaf + 2, 4 * leaf + 3]]
    shades = rng.uniform(0, 1, (len(leaves), 2))
    picture = np.clip(green * rng.uniform(0.5, 1.4, (16, 16, 1)), 0, 1).astype(np.float32)
    parts.append(
        Surface(
            np.array(leaves), np.array(faces), None, shades, textures.with_relief(picture), Material.MATTE
        )
    )
    return parts


def _lamp(rng: Generator, x: float, back: float) -> list[Surface]:
    height = rng.uniform(1.3, 1.8)
    warm = np.clip(np.array([1.0, 0.93, 0.78]) * rng.uniform(0.8, 1.1), 0, 1)
    return [
        _box((x, height / 2, back + 0.4), (0.03, height, 0.03), np.full(3, rng.uniform(0.05, 0.7))),
        _box((x, height, back + 0.4), (0.32, 0.26, 0.3), warm),
    ]
