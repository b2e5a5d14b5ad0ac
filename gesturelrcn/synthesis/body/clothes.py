"""Clothes made from the base mesh's tights: pushed outwards, smoothed, cut by fields for clean hems."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy import sparse

from gesturelrcn.synthesis.arrays import Floats, Indices, Pixels
from gesturelrcn.synthesis.body.makehuman import BONES, MakeHuman
from gesturelrcn.synthesis.rendering import textures
from gesturelrcn.synthesis.rendering.surface import Material, Surface, compact, smoothing, vertex_normals

FAR_INSIDE = 1.0
UNDER_HEM = 0.02
"""Metres by which skin reaches under a hem before it is left out."""
COLLAR_METRES = 0.09
"""Over this way from the neckline cloth widens to its full looseness."""
LAYER_METRES = 0.014
"""What lies between a jacket and the shirt under it."""
ARM_BONES = ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist")


@dataclass(frozen=True)
class Cut:
    """Where a top ends, in shares of the body.

    Attributes:
        sleeve: 0 at the shoulder, 1 at the elbow, 2 at the wrist.
        neck: metres above (negative: below) the base of the neck.
        v_depth: metres that a V neck reaches below the base of the neck; 0 for a round one.
        v_slope: half width of the V over its height.
        hem: metres above the hip joints; trousers begin at the same height plus an overlap.
    """

    sleeve: float
    neck: float
    v_depth: float
    v_slope: float
    hem: float


@dataclass(frozen=True)
class Style:
    """Clothes of one person: where the top ends, how loose it is (metres), an open jacket over it or None."""

    top: Cut
    looseness: float
    smoothness: int
    jacket: Cut | None


def random_style(rng: Generator) -> Style:
    """T-shirts, blouses, pullovers and jackets in about the shares seen before webcams."""
    sleeve = float(
        rng.choice([rng.uniform(0.4, 0.7), rng.uniform(0.75, 1.4), rng.uniform(1.85, 2.0)], p=[0.4, 0.1, 0.5])
    )
    v_neck = rng.random() < 0.3
    top = Cut(
        sleeve=sleeve,
        neck=float(rng.choice([rng.uniform(-0.03, 0.015), rng.uniform(0.03, 0.07)], p=[0.85, 0.15])),
        v_depth=rng.uniform(0.05, 0.14) if v_neck else 0.0,
        v_slope=rng.uniform(0.35, 0.7),
        hem=rng.uniform(-0.06, 0.06),
    )
    jacket = None
    if rng.random() < 0.25:
        depth = rng.uniform(0.25, 0.6)
        jacket = Cut(
            rng.uniform(1.85, 2.0),
            rng.uniform(0.01, 0.03),
            depth,
            rng.uniform(0.15, 0.35),
            rng.uniform(-0.12, 0),
        )
    return Style(top, rng.uniform(0.006, 0.022), int(rng.integers(2, 12)), jacket)


def top_keep(data: MakeHuman, points: Floats, heads: Floats, indices: Indices, cut: Cut) -> Floats:
    """(N, 4) metres, positive where a top with this cut is: sleeve, round neck, hem, V neck.

    `points` (N, 3) belong to the vertices `indices` (N,) of the base mesh.
    """
    neck = heads[BONES.index("neck01")]
    hip = heads[BONES.index("upperleg01.L")]
    shoulder = heads[BONES.index("upperarm01.L")]
    sleeve = cut.sleeve - _along_arm(data, points, heads, indices)
    slanted = (points[:, 1] - neck[1]) + 0.6 * (points[:, 2] - neck[2])
    # Towards the shoulders the neckline climbs, or every collar would be a boat neck.
    climb = 0.8 * np.maximum(np.abs(points[:, 0]) - 0.3 * np.abs(shoulder[0]), 0)
    round_neck = cut.neck - slanted + climb
    hem = points[:, 1] - hip[1] - cut.hem
    v_neck = np.full(len(points), FAR_INSIDE)
    if cut.v_depth > 0:
        front = points[:, 2] > neck[2] - 0.01
        opening = np.abs(points[:, 0]) - cut.v_slope * (points[:, 1] - (neck[1] - 0.02 - cut.v_depth))
        v_neck[front] = opening[front]
    return np.stack([sleeve * 0.28, round_neck, hem, v_neck], axis=1)


def _along_arm(data: MakeHuman, points: Floats, heads: Floats, indices: Indices) -> Floats:
    """(N,) 0 at the shoulder and on the trunk, 1 at the elbow, 2 at the wrist."""
    along = np.zeros(len(points))
    for side in "LR":
        shoulder, elbow, wrist = (
            heads[BONES.index(f"{b}.{side}")] for b in ("upperarm01", "lowerarm01", "wrist")
        )
        upper = (points - shoulder) @ (elbow - shoulder) / np.sum((elbow - shoulder) ** 2)
        lower = (points - elbow) @ (wrist - elbow) / np.sum((wrist - elbow) ** 2)
        place = np.where(lower > 0, 1 + lower, np.minimum(upper, 1.0))
        columns = [
            i
            for i, b in enumerate(BONES)
            if b.endswith(f".{side}") and (b[:-2] in ARM_BONES or "finger" in b)
        ]
        on_arm = np.asarray(data.weights[indices][:, columns].sum(axis=1)).ravel() > 0.4
        along = np.where(on_arm, np.maximum(place, 0), along)
    return along


def dress(rng: Generator, data: MakeHuman, vertices: Floats, heads: Floats) -> tuple[list[Surface], Floats]:
    """Clothes for a body of (V, 3) vertices.

    Returns:
        the surfaces, and (V, 4) fields of the base mesh that are all positive where a top covers the skin.
    """
    style = random_style(rng)
    everywhere = np.arange(len(vertices))
    surfaces = [_trousers(rng, data, vertices, heads, style.top.hem)]
    surfaces.append(_top(rng, data, vertices, heads, style.top, style.looseness, style.smoothness))
    if style.jacket is not None:
        surfaces.append(
            _top(rng, data, vertices, heads, style.jacket, style.looseness, style.smoothness, layer=1)
        )
    covered = top_keep(data, vertices, heads, everywhere, style.top) - UNDER_HEM
    surfaces.extend(_shoes(rng, data, vertices, heads))
    return surfaces, covered


def _top(
    rng: Generator,
    data: MakeHuman,
    vertices: Floats,
    heads: Floats,
    cut: Cut,
    looseness: float,
    smooth: int,
    layer: int = 0,
) -> Surface:
    used, faces = compact(data.faces[data.face_groups == "helper-tights"])
    # Collars lie on the neck however wide the rest is.
    from_collar = top_keep(data, vertices[used], heads, used, cut)[:, 1]
    loose = looseness * np.clip(from_collar / COLLAR_METRES, 0.3, 1) + layer * LAYER_METRES
    shape = _loosened(vertices[used], faces, loose, smooth)
    keep = top_keep(data, shape, heads, used, cut)
    present = (keep > -0.08).all(axis=1)
    return _cloth(
        rng, data, shape, faces[np.asarray(present)[faces].any(axis=1)], used, keep, textures.cloth(rng)
    )


def _trousers(rng: Generator, data: MakeHuman, vertices: Floats, heads: Floats, hem: float) -> Surface:
    used, faces = compact(data.faces[data.face_groups == "helper-tights"])
    shape = _loosened(vertices[used], faces, 0.004, 2)
    hip = heads[BONES.index("upperleg01.L"), 1]
    keep = np.full((len(used), 4), FAR_INSIDE)
    keep[:, 0] = hip + hem + 0.06 - shape[:, 1]
    keep[:, 1] = 0.34 - np.abs(shape[:, 0])
    below = (keep > -0.08).all(axis=1)
    texture = textures.cloth(rng, patterned=False)
    return _cloth(rng, data, shape, faces[np.asarray(below)[faces].any(axis=1)], used, keep, texture)


def _shoes(rng: Generator, data: MakeHuman, vertices: Floats, heads: Floats) -> list[Surface]:
    ankle = heads[BONES.index("foot.L"), 1]
    body = data.faces[data.face_groups == "body"]
    used, faces = compact(body[(vertices[body][:, :, 1] < ankle + 0.03).all(axis=1)])
    shape = _loosened(vertices[used], faces, 0.008, 6)
    texture = textures.plain(textures.cloth_colour(rng) * 0.6)
    return [Surface(shape, faces, data.weights[used], np.zeros((len(used), 2)), texture, Material.MATTE)]


def _loosened(points: Floats, faces: Indices, looseness: float | Floats, smooth: int) -> Floats:
    """Push outwards by `looseness` metres (one for all or (N,)), then smooth so that cloth spans hollows.

    What sinks in by smoothing is pushed out again.
    """
    normals = vertex_normals(points, faces)
    loose = np.broadcast_to(looseness, len(points))
    shape = points + normals * loose[:, None]
    mean: sparse.csr_matrix = smoothing(faces, len(points))
    for _ in range(smooth):
        shape = 0.4 * shape + 0.6 * (mean @ shape)
    height = np.einsum("ij,ij->i", shape - points, normals)
    missing = np.maximum(0.8 * loose - height, 0)
    return np.asarray(shape + vertex_normals(shape, faces) * (mean @ missing)[:, None])


def _cloth(
    rng: Generator,
    data: MakeHuman,
    shape: Floats,
    faces: Indices,
    used: Indices,
    keep: Floats,
    texture: Pixels,
) -> Surface:
    again, faces = compact(faces)
    # One texture repeat is one metre; the shift makes that no two garments crease alike.
    uvs = shape[again][:, :2] + np.array([0.4, 0.25]) * shape[again][:, 2:] + rng.uniform(0, 1, 2)
    return Surface(
        shape[again],
        faces,
        data.weights[used[again]],
        uvs,
        texture,
        Material.CLOTH,
        relief=rng.uniform(0.006, 0.016),
        cut=keep[again],
    )
