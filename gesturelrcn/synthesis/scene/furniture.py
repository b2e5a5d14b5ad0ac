"""What stands around a person: a chair that fits, a desk before it, and what lies on desks."""

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.body.sitting import lowered_by_sitting, seat_height
from gesturelrcn.synthesis.rendering import solids, textures
from gesturelrcn.synthesis.rendering.surface import Material, Surface

DESK_EDGE_METRES = 0.26
"""From the middle of the body to the desk."""
ARM_LENGTHS_TO_DESK = 0.60
"""Desks are that much below the shoulders: resting hands lie on them."""
ARM_BONES = ("upperarm01", "lowerarm01", "wrist")


def chair(rng: Generator, person: Person, turn: float = 0.0, place: Floats | None = None) -> list[Surface]:
    """A chair under a person at the origin, or an empty one elsewhere, turned by radians."""
    seat = seat_height(person)
    back = float(person.trunk[:, 2].min()) - 0.055
    tall, wide = rng.uniform(0.22, 0.38), rng.uniform(0.19, 0.25)
    # From under the shoulder blades to behind the head.
    middle = seat + rng.uniform(0.12, 0.22) + tall
    roundness = rng.uniform(0.25, 0.8)
    parts = solids.join(
        [
            solids.ball(np.array([0, middle, back]), np.array([wide, tall, 0.035]), roundness, 10),
            solids.ball(
                np.array([0, seat - 0.04, back + 0.24]), np.array([wide + 0.02, 0.04, 0.24]), roundness
            ),
            solids.tube(np.array([[0, 0.08, back + 0.24], [0, seat - 0.04, back + 0.24]]), 0.03),
        ]
    )
    # Most office chairs are black or grey.
    colour = textures.cloth_colour(rng) * 0.8 if rng.random() < 0.4 else np.full(3, rng.uniform(0.03, 0.4))
    return [_placed(parts, colour, turn, place)]


def desk_height(person: Person) -> float:
    """Metres from the floor to the top of a desk that fits a person on a chair."""
    shoulder, elbow, wrist = (person.heads[BONES.index(f"{bone}.L")] for bone in ARM_BONES)
    arm = float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))
    shoulder_height = float(shoulder[1]) - person.ground - lowered_by_sitting(person)
    return max(shoulder_height - ARM_LENGTHS_TO_DESK * arm, seat_height(person) + 0.16)


def desk(rng: Generator, person: Person, camera_distance: float) -> list[Surface]:
    """A desk before a seated person; a camera nearer than a metre stands on it."""
    top, edge = desk_height(person), DESK_EDGE_METRES + rng.uniform(0, 0.06)
    deep = max(rng.uniform(0.6, 0.85), camera_distance + 0.25 - edge if camera_distance < 1.0 else 0.0)
    half = rng.uniform(0.55, 0.95)
    colour = np.clip(rng.uniform(0.2, 0.95) * np.array([1.0, 0.9, 0.78]) ** rng.uniform(0, 2), 0, 1)
    if rng.random() < 0.25:
        colour = np.full(3, rng.uniform(0.03, 0.15))
    board = np.array([0, top - 0.0125, edge + deep / 2])
    surfaces = [_block(board, np.array([half, 0.0125, deep / 2]), colour)]
    if rng.random() < 0.5:
        panel = np.array([0, top / 2, edge + deep - 0.03])
        surfaces.append(_block(panel, np.array([half, top / 2 - 0.02, 0.01]), colour * 0.8))
    return surfaces + _on_desk(rng, top, edge, camera_distance)


def _on_desk(rng: Generator, top: float, edge: float, camera_distance: float) -> list[Surface]:
    """Cups and papers; a laptop or a screen with its back to a camera that is far enough to see it."""
    surfaces = []
    grey = np.full(3, rng.choice([0.05, 0.12, 0.55, 0.75]))
    if camera_distance > 1.0 and rng.random() < 0.4:
        if rng.random() < 0.75:
            x, z = rng.uniform(-0.15, 0.15), edge + 0.36
            surfaces.append(
                _block(np.array([x, top + 0.008, z - 0.11]), np.array([0.165, 0.008, 0.11]), grey)
            )
            surfaces.append(_block(np.array([x, top + 0.10, z]), np.array([0.165, 0.10, 0.005]), grey))
        else:
            x, z = rng.choice([-1, 1]) * rng.uniform(0.5, 0.65), edge + 0.45
            surfaces.append(_block(np.array([x, top + 0.24, z]), np.array([0.25, 0.15, 0.015]), grey * 0.6))
            surfaces.append(_block(np.array([x, top + 0.06, z]), np.array([0.03, 0.07, 0.02]), grey))
    for _ in range(int(rng.integers(0, 4))):
        x, z = rng.choice([-1, 1]) * rng.uniform(0.28, 0.5), edge + rng.uniform(0.12, 0.4)
        high, wide = rng.uniform(0.005, 0.06), rng.uniform(0.03, 0.11)
        size = np.array([wide, high, wide * rng.uniform(0.7, 1.3)])
        if high > 0.03:
            size[[0, 2]] = 0.04
        surfaces.append(_block(np.array([x, top + high, z]), size, textures.cloth_colour(rng), high > 0.03))
    return surfaces


def _block(middle: Floats, half: Floats, colour: Floats, round_edges: bool = False) -> Surface:
    return _placed(solids.ball(middle, half, 0.5 if round_edges else 0.08, 8), colour)


def _placed(mesh: solids.Mesh, colour: Floats, turn: float = 0.0, place: Floats | None = None) -> Surface:
    vertices, faces = mesh
    c, s = np.cos(turn), np.sin(turn)
    turned = vertices @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    moved = turned if place is None else turned + place
    texture = textures.plain(np.clip(colour, 0, 1))
    return Surface(moved, faces, None, np.zeros((len(vertices), 2)), texture, Material.MATTE)
