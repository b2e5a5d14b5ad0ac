"""Other rooms behind people who were filmed.

People are filmed in a few rooms; a CNN that has seen no others takes what it knows of them into every room.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.opencv import cv2
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import SIZE

SUFFIXES = (".jpg", ".jpeg", ".png")
_NARROWEST = 0.5  # share of a background that is seen at least


@dataclass(frozen=True)
class Backgrounds:
    """What is put behind people whose silhouettes are known.

    Attributes:
        images: (N, S, S, 3) uint8 BGR.
        share: of the pictures of those people, those that get another room, 0 to 1.
    """

    images: NDArray[np.uint8]
    share: float


def background_files(folder: Path) -> list[Path]:
    """The pictures below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def read_backgrounds(folder: Path) -> NDArray[np.uint8]:
    """(N, SIZE, SIZE, 3) uint8 BGR: the middle square of every picture below a folder.

    Raises:
        TrainingError: none of them can be read.
    """
    squares = []
    for path in background_files(folder):
        picture: NDArray[Any] | None = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            continue
        side = min(picture.shape[:2])
        top, left = ((length - side) // 2 for length in picture.shape[:2])
        square = picture[top : top + side, left : left + side]
        squares.append(cv2.resize(square, (SIZE, SIZE), interpolation=cv2.INTER_AREA))
    if not squares:
        raise TrainingError(f"{folder}: no picture here can be read, so there is no background to take.")
    return np.asarray(np.stack(squares), np.uint8)


def replace_background(
    picture: NDArray[np.uint8],
    silhouette: NDArray[np.uint8],
    background: NDArray[np.uint8],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """The person before another background, of which a random part is seen, by chance mirrored.

    Args:
        picture: (S, S, 3) uint8 BGR.
        silhouette: as `Silhouettes.of` gives it.
        background: (B, B, 3) uint8 BGR.
        rng: which part.
    """
    size, whole = len(picture), len(background)
    side = int(whole * rng.uniform(_NARROWEST, 1.0))
    top, left = rng.integers(0, whole - side + 1, 2)
    part = background[top : top + side, left : left + side]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    scaled = cv2.resize(part, (size, size), interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(silhouette, (size, size), interpolation=cv2.INTER_LINEAR)
    share = mask.astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(picture, scaled, share, 1 - share), np.uint8)
