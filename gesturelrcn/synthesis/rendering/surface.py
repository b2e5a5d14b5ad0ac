"""One drawable surface of a person: geometry in the rest pose, how it follows the bones, how it looks."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from scipy import sparse

from gesturelrcn.synthesis.arrays import Floats, Indices, Pixels


class Material(IntEnum):
    """How a surface answers light; the numbers are those in the shader."""

    SKIN = 0
    CLOTH = 1
    HAIR = 2
    EYE = 3
    MATTE = 4


@dataclass
class Surface:
    """A triangle mesh with texture.

    Attributes:
        vertices: (N, 3) metres, rest pose.
        faces: (F, 3) vertex indices.
        weights: (N, B) sparse skinning weights; None for things that do not move.
        uvs: (N, 2) texture coordinates, v upwards; the texture repeats.
        texture: (H, W, 4) uint8: red, green, blue, and relief (128 is the plain surface).
        material: how it answers light.
        relief: metres that 255 steps of the texture's relief stand for.
        cut: (N, 4) a fragment is drawn only where all four are positive: clean hems, necklines, hairlines.
        under_cut: the contrary: it is left out where all four are positive, as skin is under clothes.
    """

    vertices: Floats
    faces: Indices
    weights: sparse.csr_matrix | None
    uvs: Floats
    texture: Pixels
    material: Material
    relief: float = 0.0
    cut: Floats = field(default_factory=lambda: np.ones((1, 4)))
    under_cut: bool = False

    def __post_init__(self) -> None:
        self.cut = np.broadcast_to(self.cut, (len(self.vertices), 4))
        self.normals = vertex_normals(self.vertices, self.faces)


def vertex_normals(vertices: Floats, faces: Indices) -> Floats:
    """(N, 3) unit normals; vertices at the same place share theirs, so that texture seams do not show."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    _, place = np.unique(np.round(vertices, 6), axis=0, return_inverse=True)
    place = place.reshape(-1)
    total = np.zeros((place.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, place[faces[:, corner]], face_normals)
    normals = total[place]
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def compact(faces: Indices) -> tuple[Indices, Indices]:
    """Renumber faces so that they use vertices 0..N-1; returns (which old vertex each is (N,), new faces)."""
    used, renumbered = np.unique(faces, return_inverse=True)
    return used, renumbered.reshape(-1, 3)


def split_at_seams(faces: Indices, face_uvs: Indices) -> tuple[Indices, Indices, Indices]:
    """One vertex per pair of position and texture coordinate: old vertex (N,), texture index (N,), faces."""
    pairs = np.stack([faces.ravel(), face_uvs.ravel()], axis=1)
    unique, renumbered = np.unique(pairs, axis=0, return_inverse=True)
    return unique[:, 0], unique[:, 1], renumbered.reshape(-1, 3)


def smoothing(faces: Indices, count: int) -> sparse.csr_matrix:
    """(N, N) matrix that moves each vertex to the mean of itself and its neighbours."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ones = np.ones(len(edges))
    graph = sparse.csr_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(count, count))
    graph = ((graph + graph.T) > 0).astype(np.float64) + sparse.identity(count)
    return (sparse.diags(1 / np.asarray(graph.sum(axis=1)).ravel()) @ graph).tocsr()
