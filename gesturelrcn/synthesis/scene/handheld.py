"""Things in hands: cups, phones, pens and mice, in the axes of the hand that holds them."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.rendering import solids, textures
from gesturelrcn.synthesis.rendering.surface import Material, Surface


@dataclass(frozen=True)
class Held:
    """A thing and the hand around it.

    Attributes:
        surface: vertices in metres in the axes of `Rig.palm`: along the fingers, out of the palm, across it.
        shape: name of the hand shape that holds it.
    """

    surface: Surface
    shape: str


def random_held(rng: Generator) -> Held:
    """Something that people have in their hands before a camera."""
    kind = rng.choice(["cup", "phone", "pen", "mouse"])
    colour = textures.cloth_colour(rng) if rng.random() < 0.5 else np.full(3, rng.uniform(0.03, 0.9))
    if kind == "cup":
        half = rng.uniform(0.04, 0.06)
        ends = np.array([[0.075, 0.045, -half], [0.075, 0.045, half]])
        return _held(solids.tube(ends, rng.uniform(0.03, 0.04), 14), colour, "grip")
    if kind == "phone":
        size = np.array([0.036, 0.005, 0.073])
        return _held(solids.ball(np.array([0.085, 0.03, 0.0]), size, 0.2), colour * 0.4, "grip")
    if kind == "pen":
        ends = np.array([[0.05, 0.03, -0.06], [0.13, 0.05, -0.02]])
        return _held(solids.tube(ends, 0.005, 8), colour, "pen")
    return _held(solids.ball(np.array([0.085, 0.03, 0.0]), np.array([0.055, 0.018, 0.03])), colour, "cupped")


def _held(mesh: solids.Mesh, colour: Floats, shape: str) -> Held:
    vertices, faces = mesh
    texture = textures.plain(np.clip(colour, 0, 1))
    flat = np.zeros((len(vertices), 2))
    return Held(Surface(vertices, faces, None, flat, texture, Material.MATTE), shape)
