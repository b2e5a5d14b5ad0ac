"""Meshes of simple round things: tubes along a line, rounded boxes and balls."""

import numpy as np

from gesturelrcn.synthesis.arrays import Floats, Indices
from gesturelrcn.synthesis.rotations import unit

Mesh = tuple[Floats, Indices]
"""(N, 3) vertices in metres, (F, 3) faces."""


def tube(line: Floats, radius: float | tuple[float, float], sides: int = 6, closed: bool = False) -> Mesh:
    """A tube along (N, 3) points; a pair of radii makes it flat: across the line, and upwards."""
    count = len(line)
    across_radius, up_radius = (radius, radius) if isinstance(radius, float) else radius
    ways = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    if not closed:
        ways[0], ways[-1] = line[1] - line[0], line[-1] - line[-2]
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    rings = []
    for place, way in zip(line, ways, strict=True):
        up = np.array([0.0, 1.0, 0.0]) if abs(unit(way)[1]) < 0.9 else np.array([0.0, 0.0, 1.0])
        across = unit(np.cross(up, way))
        up = unit(np.cross(way, across))
        rings.append(
            place
            + np.outer(np.cos(angles) * across_radius, across)
            + np.outer(np.sin(angles) * up_radius, up)
        )
    return np.concatenate(rings), _grid(count, sides, closed)


def ball(centre: Floats, radii: Floats, roundness: float = 1.0, steps: int = 8) -> Mesh:
    """A ball with three radii; a `roundness` of 0.3 makes a box with round edges of it."""
    down, around = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, steps),
        np.linspace(0, 2 * np.pi, 2 * steps, endpoint=False),
        indexing="ij",
    )

    def softened(wave: Floats) -> Floats:
        return np.asarray(np.sign(wave) * np.abs(wave) ** roundness)

    x = softened(np.cos(down)) * softened(np.sin(around))
    z = softened(np.cos(down)) * softened(np.cos(around))
    places = np.stack([x, softened(np.sin(down)), z], axis=-1).reshape(-1, 3)
    return centre + places * radii, _grid(steps, 2 * steps, closed=False)


def join(meshes: list[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [part + start for (_, part), start in zip(meshes, starts[:-1], strict=True)]
    return np.concatenate([vertices for vertices, _ in meshes]), np.concatenate(faces)


def _grid(rows: int, columns: int, closed: bool) -> Indices:
    """Faces of rows of vertices, each row a ring; `closed` joins the last row to the first."""
    row, column = np.meshgrid(np.arange(rows if closed else rows - 1), np.arange(columns), indexing="ij")
    below, right = (row + 1) % rows, (column + 1) % columns
    corners = [r * columns + c for r, c in ((row, column), (row, right), (below, right), (below, column))]
    a, b, c, d = (corner.ravel() for corner in corners)
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
