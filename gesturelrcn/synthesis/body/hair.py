"""Hair: a shell grown from the scalp with a clean hairline, and long hair from the base mesh's helper."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats, Indices, Pixels
from gesturelrcn.synthesis.body.makehuman import BODY_VERTEX_COUNT, MakeHuman
from gesturelrcn.synthesis.body.skin import hair_texture, hairline
from gesturelrcn.synthesis.rendering.surface import Material, Surface, compact, vertex_normals

STRAND_METRES = 0.12
"""Length on the head that one repeat of the strand texture covers."""


@dataclass(frozen=True)
class Hairstyle:
    """How hair grows.

    Attributes:
        top: metres of hair on the crown; `side`: at the temples and the nape.
        recede: metres that the hairline lies above the natural one.
        curl: 0 to 1, unevenness of the shell.
        length: metres below the eyes that long hair reaches; 0 for none.
        face_opening: how wide long hair leaves the face free, in eye distances from the middle.
        bun: radius of a bun in metres; 0 for none.
        roots: how strongly roots are painted on the skin, 0 to 1.
        ceiling: metres above the eyes where long hair begins: under a hat.
    """

    top: float
    side: float
    recede: float
    curl: float
    length: float
    face_opening: float
    bun: float
    roots: float
    ceiling: float = 1.0


def random_hairstyle(rng: Generator, woman: bool) -> Hairstyle:
    """Bald, shaved, short, full, curly, bobbed, long or tied hair."""
    names = ["bald", "shaved", "short", "full", "curly", "bob", "long", "bun"]
    shares = (
        [0.01, 0.01, 0.1, 0.12, 0.14, 0.22, 0.28, 0.12]
        if woman
        else [0.08, 0.14, 0.36, 0.2, 0.12, 0.02, 0.05, 0.03]
    )
    name = rng.choice(names, p=shares)
    recede = rng.uniform(-0.004, 0.008) if woman else max(0.0, rng.normal(0.003, 0.008))
    thick = {"bald": 0, "shaved": 0, "short": rng.uniform(0.008, 0.02), "full": rng.uniform(0.02, 0.04)}
    top = float(thick.get(name, rng.uniform(0.012, 0.022)))
    side = top * rng.uniform(0.3, 0.9)
    curl, length = rng.uniform(0.03, 0.15), 0.0
    if name == "curly":
        top, side, curl = rng.uniform(0.03, 0.075), rng.uniform(0.025, 0.06), rng.uniform(0.2, 0.4)
    if name in ("bob", "long"):
        length = rng.uniform(0.08, 0.14) if name == "bob" else rng.uniform(0.18, 0.4)
    bun = rng.uniform(0.03, 0.05) if name == "bun" else 0.0
    roots = {"bald": 0.12, "shaved": rng.uniform(0.4, 0.8)}.get(name, 1.0)
    return Hairstyle(top, side, recede, curl, length, rng.uniform(1.9, 2.6), bun, float(roots))


def under_hat(style: Hairstyle) -> Hairstyle:
    """The same hair, flattened by a hat: no volume on top, no bun."""
    flat = min(style.top, 0.006)
    return replace(
        style, top=flat, side=min(style.side, 0.012), curl=min(style.curl, 0.1), bun=0.0, ceiling=0.04
    )


def grow(
    rng: Generator, data: MakeHuman, vertices: Floats, style: Hairstyle, colour: Floats
) -> list[Surface]:
    """Surfaces of a hairstyle on a body of (V, 3) vertices."""
    texture = hair_texture(rng, colour)
    surfaces = []
    if style.top > 0:
        surfaces.append(_shell(rng, data, vertices, style, texture))
    if style.length > 0:
        surfaces.append(_long(data, vertices, style, texture))
    if style.bun > 0:
        surfaces.append(_bun(rng, data, vertices, style, texture))
    return surfaces


def _head(data: MakeHuman) -> Indices:
    body = data.faces[data.face_groups == "body"]
    return np.asarray(body[(data.vertices[body][:, :, 1] > 0.60).all(axis=1)])


def _shell(rng: Generator, data: MakeHuman, vertices: Floats, style: Hairstyle, texture: Pixels) -> Surface:
    above = hairline(data, data.vertices) - style.recede
    ears = (
        (np.abs(data.vertices[:, 0]) > 0.068) & (data.vertices[:, 2] > -0.02) & (data.vertices[:, 1] < 0.745)
    )
    above = np.where(ears, -0.02, above)
    faces = _head(data)
    used, faces = compact(faces[(above[faces] > -0.01).any(axis=1)])
    neutral, points, above = data.vertices[used], vertices[used], above[used]
    normals = vertex_normals(points, faces)
    crown = np.clip((neutral[:, 1] - 0.74) / 0.1, 0, 1)
    thickness = style.side + (style.top - style.side) * crown
    thickness *= 1 + style.curl * _bumps(rng, neutral)
    rise = np.sqrt(np.clip(above / 0.03, 0, 1))
    shape = points + normals * (thickness * rise)[:, None] + np.array([0, 0.001, 0])
    keep = np.ones((len(used), 4))
    keep[:, 0] = above - 0.001
    return Surface(
        shape, faces, data.weights[used], _strand_uvs(neutral), texture, Material.HAIR, 0.004, keep
    )


def _bumps(rng: Generator, neutral: Floats) -> Floats:
    """(N,) unevenness -1..1, two to five centimetres wide; symmetric hair would look like a helmet."""
    waves = rng.normal(0, 1, (6, 3)) * rng.uniform(60, 160)
    return np.asarray(np.sin(neutral @ waves.T + rng.uniform(0, 6.3, 6)).mean(axis=1) * 1.5)


def _strand_uvs(neutral: Floats) -> Floats:
    """Strands run down and back from the crown."""
    around = np.arctan2(np.abs(neutral[:, 0]), neutral[:, 2] - 0.02) * 0.09
    return np.asarray(np.stack([around, neutral[:, 1]], axis=1) / STRAND_METRES)


def _long(data: MakeHuman, vertices: Floats, style: Hairstyle, texture: Pixels) -> Surface:
    used, faces = compact(data.faces[data.face_groups == "helper-hair"])
    points, eye = vertices[used], data.group("joint-l-eye", vertices).mean(axis=0)
    top = vertices[:BODY_VERTEX_COUNT, 1].max()
    # The face looks out of a curtain: open in front of the ears, below the forehead.
    beside = np.abs(points[:, 0]) - eye[0] * style.face_opening
    behind = (eye[2] - 0.03) - points[:, 2]
    forehead = points[:, 1] - (eye[1] + 0.62 * (top - eye[1]))
    keep = np.ones((len(used), 4))
    keep[:, 0] = points[:, 1] - (eye[1] - style.length)
    keep[:, 1] = np.maximum(np.maximum(beside, behind), forehead)
    keep[:, 2] = eye[1] + style.ceiling - points[:, 1]
    return Surface(
        points, faces, data.weights[used], _strand_uvs(points), texture, Material.HAIR, 0.006, keep
    )


def _bun(rng: Generator, data: MakeHuman, vertices: Floats, style: Hairstyle, texture: Pixels) -> Surface:
    head = vertices[np.unique(_head(data))]
    high = rng.uniform(0.3, 0.95)
    back = head[:, 2].min() + 0.01
    centre = np.array([0, head[:, 1].max() - 0.1 + 0.1 * high, back + (0.03 + 0.06 * high) * high])
    around, up = np.meshgrid(np.linspace(0, 2 * np.pi, 13), np.linspace(-np.pi / 2, np.pi / 2, 8))
    ball = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], axis=-1).reshape(
        -1, 3
    )
    rows = np.arange(7)[:, None] * 13 + np.arange(12)[None, :]
    corners = rows.ravel()[:, None]
    faces = np.concatenate([corners + np.array([0, 1, 14]), corners + np.array([0, 14, 13])])
    uvs = np.stack([around.ravel() / 2, up.ravel() / 2], axis=1)
    weights = data.weights[np.full(len(ball), np.unique(_head(data))[head[:, 1].argmax()])]
    return Surface(centre + ball * style.bun, faces, weights, uvs, texture, Material.HAIR, 0.004)
