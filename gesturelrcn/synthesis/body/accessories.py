"""What people wear on their heads: glasses, surgical masks, caps, woollen hats, headsets."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy import sparse

from gesturelrcn.synthesis.arrays import Floats, Indices
from gesturelrcn.synthesis.body.makehuman import BODY_VERTEX_COUNT, BONES, NOSE_TIP_VERTEX, MakeHuman
from gesturelrcn.synthesis.rendering import solids, textures
from gesturelrcn.synthesis.rendering.surface import Material, Surface, compact, smoothing, vertex_normals

MASK_COLOURS = np.array(
    [[0.62, 0.78, 0.88], [0.93, 0.94, 0.95], [0.08, 0.08, 0.09], [0.55, 0.72, 0.66], [0.70, 0.68, 0.72]]
)
HEAD = BONES.index("head")


@dataclass(frozen=True)
class Accessories:
    """What one person wears: `glasses` "", "clear" or "dark"; `hat` "", "cap" or "wool"; others or not."""

    glasses: str = ""
    mask: bool = False
    hat: str = ""
    headset: bool = False


def random_accessories(rng: Generator) -> Accessories:
    """In about the shares seen before webcams; masks a little more often, for they hide most."""
    hat = str(rng.choice(["", "cap", "wool"], p=[0.90, 0.06, 0.04]))
    return Accessories(
        glasses=str(rng.choice(["", "clear", "dark"], p=[0.66, 0.32, 0.02])),
        mask=bool(rng.random() < 0.12),
        hat=hat,
        headset=bool(rng.random() < 0.14 and not hat),
    )


class _Head:
    """Measures of one head: where eyes, nose and ears are, metres."""

    def __init__(self, data: MakeHuman, vertices: Floats) -> None:
        self.body = vertices[:BODY_VERTEX_COUNT]
        self.eye = data.group("joint-l-eye", vertices).mean(axis=0)
        self.nose = vertices[NOSE_TIP_VERTEX]
        self.top = float(self.body[:, 1].max())
        above = self.body[self.body[:, 1] > self.eye[1] + 0.04]
        self.half_width = float(np.abs(above[:, 0]).max())
        self.middle_z = float((above[:, 2].max() + above[:, 2].min()) / 2)
        beside = self.body[np.abs(self.body[:, 1] - self.eye[1]) < 0.02]
        # Ears stand out behind the middle of the head.
        self.ear = np.array([np.abs(beside[:, 0]).max() - 0.012, self.eye[1] - 0.005, self.middle_z + 0.005])

    def front(self, x: float, y: float, around: float = 0.012) -> float:
        """z of the face at a place, the foremost point within `around` metres."""
        near = np.hypot(self.body[:, 0] - x, self.body[:, 1] - y) < around
        return float(self.body[near, 2].max()) if near.any() else float(self.eye[2])


def wear(rng: Generator, data: MakeHuman, vertices: Floats, worn: Accessories) -> list[Surface]:
    """Surfaces of what is worn on the head of a body of (V, 3) vertices; all of it follows the head bone."""
    head = _Head(data, vertices)
    surfaces = []
    if worn.glasses:
        surfaces += _glasses(rng, head, dark=worn.glasses == "dark")
    if worn.mask:
        surfaces += _mask(rng, data, vertices, head)
    if worn.hat:
        surfaces += _hat(rng, data, vertices, head, brim=worn.hat == "cap")
    if worn.headset:
        surfaces += _headset(rng, head)
    return surfaces


def _rigid(mesh: solids.Mesh, colour: Floats, material: Material = Material.MATTE) -> Surface:
    vertices, faces = mesh
    uvs = np.zeros((len(vertices), 2))
    return Surface(vertices, faces, _on_head(len(vertices)), uvs, textures.plain(colour), material)


def _on_head(count: int) -> sparse.csr_matrix:
    columns = np.full(count, HEAD)
    return sparse.csr_matrix((np.ones(count), (np.arange(count), columns)), shape=(count, len(BONES)))


def _mirrored(mesh: solids.Mesh) -> list[solids.Mesh]:
    vertices, faces = mesh
    return [mesh, (vertices * [-1, 1, 1], faces[:, ::-1])]


def _glasses(rng: Generator, head: _Head, dark: bool) -> list[Surface]:
    eye = head.eye
    wide, high = eye[0] * rng.uniform(0.70, 0.84), eye[0] * rng.uniform(0.48, 0.72)
    squareness, thick = rng.uniform(0.35, 1.0), float(rng.choice([0.0011, 0.0018, 0.0028]))
    colour = np.clip(rng.uniform(0.02, 0.12) * np.ones(3) + rng.uniform(0, 0.25, 3) * (thick < 0.002), 0, 1)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring_x = eye[0] * 1.03 + wide * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** squareness
    ring_y = eye[1] - 0.004 + high * np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** squareness
    bridge_z = max(head.front(0.0, eye[1]), head.front(eye[0], eye[1] + 0.022) - 0.004) + 0.004
    ring_z = bridge_z - 0.22 * np.maximum(ring_x - 0.012, 0) ** 1.15
    rim = np.stack([ring_x, ring_y, ring_z], axis=1)
    outer = rim[ring_x.argmax()]
    outer[1] += high * 0.35
    temple = np.array(
        [outer, [head.ear[0] + 0.004, outer[1], outer[2] - 0.02], head.ear + np.array([0.002, 0.012, 0.0])]
    )
    frame = [*_mirrored(solids.tube(rim, thick, 5, closed=True)), *_mirrored(solids.tube(temple, thick, 5))]
    inner = rim[ring_x.argmin()] + [0, high * 0.35, 0]
    across = np.array([inner, [0, inner[1] + 0.003, bridge_z + 0.002], inner * [-1, 1, 1]])
    frame.append(solids.tube(across, thick, 5))
    surfaces = [_rigid(solids.join(frame), colour, Material.EYE if rng.random() < 0.3 else Material.MATTE)]
    if dark:
        lens = np.r_[rim, rim.mean(axis=0)[None]] - [0, 0, 0.001]
        nexts = np.roll(np.arange(24), -1)
        faces = np.stack([np.arange(24), nexts, np.full(24, 24)], axis=1)
        surfaces.append(
            _rigid(solids.join(_mirrored((lens, faces))), np.array([0.03, 0.03, 0.035]), Material.EYE)
        )
    return surfaces


def _mask(rng: Generator, data: MakeHuman, vertices: Floats, head: _Head) -> list[Surface]:
    faces = data.faces[data.face_groups == "body"]
    front = (vertices[faces][:, :, 2] > head.ear[2]).all(axis=1)
    heights = vertices[faces][:, :, 1]
    front &= (heights > head.nose[1] - 0.15).all(axis=1) & (heights < head.eye[1] + 0.01).all(axis=1)
    used, faces = compact(faces[front])
    normals = vertex_normals(vertices[used], faces)
    shape = vertices[used] + normals * 0.004
    mean = smoothing(faces, len(used))
    for _ in range(20):
        shape = 0.35 * shape + 0.65 * (mean @ shape)
    shape += vertex_normals(shape, faces) * 0.004
    for _ in range(3):
        shape = mean @ (mean @ _off_the_skin(head, shape))
    chin = head.nose[1] - rng.uniform(0.085, 0.10)
    top = head.nose[1] + (head.eye[1] - head.nose[1]) * rng.uniform(0.35, 0.8)
    side = head.half_width * rng.uniform(0.72, 0.85)
    keep = np.ones((len(used), 4))
    keep[:, 0] = top - 0.35 * np.abs(shape[:, 0]) - shape[:, 1]
    keep[:, 1] = shape[:, 1] - chin - 0.15 * np.abs(shape[:, 0])
    keep[:, 2] = side - np.abs(shape[:, 0])
    keep[:, 3] = shape[:, 2] - head.ear[2] - 0.02
    colour = MASK_COLOURS[rng.choice(len(MASK_COLOURS), p=[0.45, 0.2, 0.2, 0.08, 0.07])]
    pleats = np.tile(0.93 + 0.07 * np.sign(np.sin(np.arange(64) * 0.6))[:, None, None], (1, 8, 1)) * colour
    uvs = (shape[:, :2] - [0, chin]) / [0.1, 0.12]
    surface = Surface(
        shape,
        faces,
        _on_head(len(shape)),
        uvs,
        textures.with_relief(pleats.astype(np.float32)),
        Material.MATTE,
        cut=keep,
    )
    loops = []
    for height in (top - 0.35 * side - 0.006, head.nose[1] - 0.04):
        z = _side_z(head, side, height)
        line = np.array(
            [[side - 0.002, height, z], [head.ear[0] + 0.002, (height + head.ear[1]) / 2, head.ear[2] + 0.02]]
        )
        loops += _mirrored(solids.tube(line, 0.0012, 4))
    return [surface, _rigid(solids.join(loops), np.full(3, 0.9) if colour.mean() > 0.2 else colour)]


def _side_z(head: _Head, x: float, y: float) -> float:
    near = (np.abs(head.body[:, 1] - y) < 0.012) & (np.abs(head.body[:, 0] - x) < 0.012)
    return float(head.body[near, 2].max()) + 0.003 if near.any() else float(head.ear[2]) + 0.05


def _off_the_skin(head: _Head, shape: Floats) -> Floats:
    """Cloth that smoothing has drawn into the face, put 3 mm before it again."""
    face = head.body[(head.body[:, 2] > head.ear[2]) & (head.body[:, 1] > head.nose[1] - 0.15)]
    out: Floats = shape.copy()
    for index, place in enumerate(shape):
        near = np.hypot(face[:, 0] - place[0], face[:, 1] - place[1]) < 0.006
        if near.any():
            out[index, 2] = max(place[2], float(face[near, 2].max()) + 0.003)
    return out


def _hat(rng: Generator, data: MakeHuman, vertices: Floats, head: _Head, brim: bool) -> list[Surface]:
    faces = data.faces[data.face_groups == "body"]
    low = head.eye[1] + (0.025 if brim else 0.015)
    used, faces = compact(faces[(vertices[faces][:, :, 1] > low - 0.02).all(axis=1)])
    normals = vertex_normals(vertices[used], faces)
    rise = np.clip((vertices[used, 1] - low) / (head.top - low), 0, 1)
    slack = rng.uniform(0.006, 0.03)
    shape = vertices[used] + normals * (0.011 + slack * rise**2)[:, None]
    mean = smoothing(faces, len(used))
    for _ in range(6):
        shape = 0.4 * shape + 0.6 * (mean @ shape)
    shape += vertex_normals(shape, faces) * 0.004
    front = float(shape[:, 2].max())
    edge = head.eye[1] + rng.uniform(0.035, 0.05)
    # Lower at the back than on the forehead.
    keep = np.ones((len(used), 4))
    keep[:, 0] = shape[:, 1] - edge - 0.22 * np.minimum(shape[:, 2] - front + 0.03, 0)
    colour = textures.cloth_colour(rng)
    picture = textures.cloth(rng) if not brim else textures.plain(colour)
    crown = Surface(
        shape,
        faces,
        _on_head(len(used)),
        shape[:, :2] * 2,
        picture,
        Material.CLOTH,
        relief=0.0 if brim else 0.008,
        cut=keep,
    )
    if not brim:
        return [crown]
    return [crown, _peak(rng, shape, edge, front, colour * rng.uniform(0.6, 1.1))]


def _peak(rng: Generator, shape: Floats, edge: float, front: float, colour: Floats) -> Surface:
    """The peak of a cap: a crescent that bows down at its sides."""
    half, length = float(np.abs(shape[:, 0]).max()) * 0.86, rng.uniform(0.055, 0.08)
    angles = np.linspace(-1.25, 1.25, 15)
    rows = []
    for out in (-0.012, 0.5 * length, length):
        x = np.sin(angles) * half
        z = front - 0.045 + np.cos(angles) * (0.045 + out)
        y = edge + 0.006 - 0.25 * np.maximum(out, 0) - 0.015 * np.abs(np.sin(angles)) ** 2
        rows.append(np.stack([x, np.broadcast_to(y, x.shape), z], axis=1))
    vertices = np.concatenate(rows)
    faces: list[Indices] = []
    for row in range(2):
        start = row * 15 + np.arange(14)
        faces.append(np.stack([start, start + 1, start + 16], axis=1))
        faces.append(np.stack([start, start + 16, start + 15], axis=1))
    return _rigid((vertices, np.concatenate(faces)), np.clip(colour, 0, 1), Material.CLOTH)


def _headset(rng: Generator, head: _Head) -> list[Surface]:
    colour = np.full(3, rng.choice([0.04, 0.08, 0.15, 0.85]))
    wide = head.half_width + rng.uniform(0.018, 0.028)
    bottom, top = head.ear[1] - 0.01, head.top + rng.uniform(0.012, 0.03)
    angles = np.linspace(-np.pi / 2, np.pi / 2, 17)
    band = np.stack(
        [wide * np.sin(angles), bottom + (top - bottom) * np.cos(angles) ** 0.8, np.full(17, head.ear[2])],
        axis=1,
    )
    cup = np.array([0.016, rng.uniform(0.03, 0.042), rng.uniform(0.027, 0.036)])
    parts = [solids.tube(band, (0.004, float(rng.uniform(0.007, 0.014))), 6)]
    parts += _mirrored(solids.ball(np.array([wide - 0.004, bottom, head.ear[2]]), cup, 0.7))
    if rng.random() < 0.6:
        side = rng.choice([-1.0, 1.0])
        mouth = head.nose[1] - 0.045
        boom = np.array(
            [
                [side * wide, bottom - 0.02, head.ear[2] + 0.02],
                [side * wide * 0.95, mouth - 0.005, head.ear[2] + 0.06],
                [side * 0.035, mouth, head.front(side * 0.03, mouth) + 0.02],
            ]
        )
        parts += [solids.tube(boom, 0.0022, 5), solids.ball(boom[-1], np.full(3, 0.007), 1.0, 5)]
    return [_rigid(solids.join(parts), colour)]
