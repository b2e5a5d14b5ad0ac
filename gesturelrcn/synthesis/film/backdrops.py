"""Pictures of the user's own to put behind synthetic people: a folder of them, and each read."""

from pathlib import Path

import numpy as np

from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.system.opencv import cv2

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
BACKGROUND_PIXELS = 720
"""Longer side of a picture that is put behind somebody, at most."""


def picture_files(folder: Path) -> list[Path]:
    """The pictures in a folder, sorted.

    Raises:
        SynthesisError: there is no such folder, or no picture in it.
    """
    pictures = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise SynthesisError(
            f"No background can be taken from {folder} because no picture ({', '.join(PICTURE_SUFFIXES)})"
            " is there: name a folder with pictures."
        )
    return pictures


def read_picture(path: Path) -> Pixels:
    """(H, W, 3) uint8 BGR of a picture file, shrunk to the size of webcam pictures.

    Raises:
        SynthesisError: it cannot be read.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SynthesisError(f"The background {path} cannot be read as a picture: remove it or mend it.")
    share = BACKGROUND_PIXELS / max(picture.shape[:2])
    if share < 1:
        picture = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(picture, np.uint8)
