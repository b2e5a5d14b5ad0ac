"""MediaPipe as teacher of whole frames: where its pose is, whose faces are there besides, a silhouette.

Sightings are cached in a file for each clip; files show real people and are for nobody else to read.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.region import Region, crop
from gesturelrcn.region.locator import region_from_landmarks
from gesturelrcn.region.mediapipe.faces import Face, FaceFinder
from gesturelrcn.region.mediapipe.pose import PoseLocator
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import SIZE, cached_path, keep_arrays, kept_square
from gesturelrcn.training.teacher.silhouettes import Silhouettes

logger = logging.getLogger(__name__)

WIDTH = 320
"""Frames are kept no wider than this, pixels."""
MOST = 5
"""People of whom something is said in one frame."""

_PERSON = 9
_LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_WRIST, _RIGHT_WRIST = 11, 12, 15, 16
_FACE, _NOSE = slice(0, 11), 0
_SEEN = 0.5  # visibility
_FACE_WIDTHS = 2.0  # in a shoulder width, about
_APART = 0.6  # shoulder widths; a face nearer to the pose's face is its own
_STILLS_AT_ONCE = 100


@dataclass(frozen=True)
class Sighting:
    """What the teacher says of one frame.

    Attributes:
        image: (H, W, 3) uint8 BGR, at most WIDTH wide.
        people: (P, 9) float32: face, left and right shoulder, raised wrist (NaN for none), each x and y in
            pixels of `image`; then 1 for who was found, 0 for a face of which nothing else is known.
        silhouette: (H / 2, W / 2) uint8, 255 the person; all 0 where it is not to be relied on.
    """

    image: NDArray[np.uint8]
    people: NDArray[np.float32]
    silhouette: NDArray[np.uint8]


class SightingTeacher:
    """MediaPipe's pose, faces and selfie segmentation (0.10.21, Apache-2.0) on single whole frames."""

    def __init__(self) -> None:
        self._pose = PoseLocator(tracking=False)
        self._faces = FaceFinder()
        self._silhouettes = Silhouettes()

    def look(self, image: NDArray[np.uint8]) -> Sighting | None:
        """What is seen in `image` ((H, W, 3) uint8 BGR), or None where no pose is found."""
        marks = self._pose.landmarks(image)
        region = None if marks is None else region_from_landmarks(marks, 0.0)
        if marks is None or region is None:
            return None
        scale = min(1.0, WIDTH / image.shape[1])
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        kept = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        row = person_row(marks)
        others = [other_row(face) for face in self._faces.find(image) if not _is_of(face, row)]
        people = np.stack([row, *others])[:MOST]
        people[:, :8] *= scale
        silhouette = self._silhouette(image, marks, region)
        half = (size[0] // 2, size[1] // 2)
        return Sighting(
            np.ascontiguousarray(kept),
            people.astype(np.float32),
            np.asarray(cv2.resize(silhouette, half, interpolation=cv2.INTER_AREA), np.uint8),
        )

    def _silhouette(
        self, image: NDArray[np.uint8], marks: NDArray[np.float64], region: Region
    ) -> NDArray[np.uint8]:
        """(H / 2, W / 2) silhouette of the person, or zeros."""
        square = kept_square(region)
        corner = np.array([square.x, square.y]) - square.side / 2
        joints = np.zeros((5, 3), np.float32)
        which = [_NOSE, _LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_WRIST, _RIGHT_WRIST]
        joints[:, :2] = (marks[which, :2] - corner) / square.side
        inside = ((joints[:, :2] > 0.02) & (joints[:, :2] < 0.98)).all(1)
        joints[:, 2] = (marks[which, 2] > _SEEN) & inside
        mask = self._silhouettes.of(crop(image, square, SIZE), joints)
        half = (image.shape[1] // 2, image.shape[0] // 2)
        if mask.min() == 255:
            return np.zeros(half[::-1], np.uint8)
        zoom = square.side / 2 / len(mask)
        move = np.array([[zoom, 0, corner[0] / 2], [0, zoom, corner[1] / 2]])
        return np.asarray(cv2.warpAffine(mask, move, half, flags=cv2.INTER_LINEAR), np.uint8)

    def close(self) -> None:
        """Free all graphs."""
        for graph in (self._pose, self._faces, self._silhouettes):
            graph.close()


def person_row(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """The row of a person, see `Sighting.people`, from (33, 3) landmarks of MediaPipe's pose."""
    raised = [
        marks[wrist, :2]
        for wrist in (_LEFT_WRIST, _RIGHT_WRIST)
        if marks[wrist, 1] < marks[_NOSE, 1] and marks[wrist, 2] > _SEEN
    ]
    hand = raised[0] if raised else np.full(2, np.nan)
    face = marks[_FACE, :2].mean(axis=0)
    return np.array([*face, *marks[_LEFT_SHOULDER, :2], *marks[_RIGHT_SHOULDER, :2], *hand, 1.0])


def other_row(face: Face) -> NDArray[np.float64]:
    """The row of somebody of whom only a face was found: about where, and nothing to learn."""
    unit = _FACE_WIDTHS * face.width
    below = face.y + 0.75 * unit
    return np.array([face.x, face.y, face.x + unit / 2, below, face.x - unit / 2, below, np.nan, np.nan, 0.0])


def _is_of(face: Face, row: NDArray[np.float64]) -> bool:
    unit = max(float(np.linalg.norm(row[2:4] - row[4:6])), float(face.width))
    return float(np.hypot(face.x - row[0], face.y - row[1])) < _APART * unit


def look_at_clip(clip: Clip, every: int, folder: Path) -> int:
    """Keep what is seen in every so many frames of a clip, unless it is kept already; returns how many."""
    path = cached_path(folder, clip)
    if path.exists():
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    teacher = _teacher()
    try:
        frames = (frame.image for number, frame in enumerate(frames_of(clip.path)) if number % every == 0)
        seen = [sighting for image in frames if (sighting := teacher.look(image)) is not None]
    except CaptureError as problem:
        logger.warning("%s: %s", clip.name, problem)
        return 0
    keep_sightings(path, seen)
    return len(seen)


@cache
def _teacher() -> SightingTeacher:
    """One for all clips of a process: it remembers nothing, and takes a second to make."""
    return SightingTeacher()


def look_at_stills(folder: Path, every: int, out: Path, workers: int = 1) -> int:
    """Keep what is seen in every so many pictures below `folder`, unless it is kept; returns how many."""
    if out.exists():
        return 0
    out.parent.mkdir(parents=True, exist_ok=True)
    paths = sorted(folder.rglob("*.jpg"))[::every]
    parts = [paths[first : first + _STILLS_AT_ONCE] for first in range(0, len(paths), _STILLS_AT_ONCE)]
    seen = list(chain.from_iterable(in_processes(_look_at_stills, parts, workers)))
    keep_sightings(out, seen)
    return len(seen)


def _look_at_stills(paths: Sequence[Path]) -> list[Sighting]:
    images = (cv2.imread(str(path)) for path in paths)
    seen = [_teacher().look(np.asarray(image, np.uint8)) for image in images if image is not None]
    return [sighting for sighting in seen if sighting is not None]


def keep_sightings(path: Path, sightings: Iterable[Sighting]) -> None:
    """Write sightings, which may be of different sizes, as one file."""
    arrays: dict[str, NDArray[Any]] = {}
    for number, sighting in enumerate(sightings):
        arrays[f"image{number}"] = cv2.imencode(".jpg", sighting.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        arrays[f"people{number}"] = sighting.people
        arrays[f"silhouette{number}"] = cv2.imencode(".png", sighting.silhouette)[1]
    keep_arrays(path, arrays)


def load_sightings(path: Path) -> Iterator[Sighting]:
    """What `keep_sightings` wrote."""
    with open_arrays(path, "labelled people", error=TrainingError) as arrays:
        for number in range(len(arrays) // 3):
            image = cv2.imdecode(arrays[f"image{number}"], cv2.IMREAD_COLOR)
            silhouette = cv2.imdecode(arrays[f"silhouette{number}"], cv2.IMREAD_GRAYSCALE)
            yield Sighting(
                np.asarray(image, np.uint8), arrays[f"people{number}"], np.asarray(silhouette, np.uint8)
            )
