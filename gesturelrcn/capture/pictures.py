"""Folders of pictures."""

import logging
import re
from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.recording import Decoded
from gesturelrcn.errors import CaptureError
from gesturelrcn.system.opencv import cv2

logger = logging.getLogger(__name__)

DEFAULT_FPS = 15.0
SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})

_END_MARKS = {b"\xff\xd8": b"\xff\xd9", b"\x89PNG": b"IEND"}
"""How JPEG and PNG begin, and what stands at their end."""
_TAIL = 4096
"""Bytes at the end of a file in which the end mark must be; some cameras append a little."""


def decode_pictures(folder: Path, *, fps: float | None = None) -> Generator[Decoded, None, str]:
    """The pictures of a folder in natural order (2 before 10), `fps` (default 15) to a second.

    A picture that cannot be read is skipped but keeps its place in time; a warning names them all at
    the end. Hidden files, other files and folders inside are left alone.

    Raises:
        CaptureError: the folder cannot be listed, has no pictures, or none that can be read.
    """
    paths = picture_paths(folder)
    unreadable: list[str] = []
    first: int | None = None
    for place, path in enumerate(paths):
        image = _read(path)
        if image is None:
            unreadable.append(path.name)
            continue
        if first is None:
            first = place
        index = place - first
        yield index, index / (fps or DEFAULT_FPS), image
    if first is None:
        raise CaptureError(
            f"None of the {len(paths)} pictures in {folder} can be read; the first is {paths[0].name}."
        )
    if unreadable:
        logger.warning("skipped pictures in %s that cannot be read: %s", folder, ", ".join(unreadable))
    return ""


def picture_paths(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order, at least one.

    Raises:
        CaptureError: the folder cannot be listed, or has no pictures.
    """
    try:
        paths = [path for path in folder.iterdir() if _may_be_picture(path)]
    except OSError as error:
        raise CaptureError(f"The folder {folder} cannot be listed: {error.strerror}.") from error
    if not paths:
        kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise CaptureError(f"The folder {folder} contains no pictures ({kinds}).")
    return sorted(paths, key=_natural_order)


def _may_be_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _natural_order(path: Path) -> tuple[list[tuple[int, str]], str]:
    words = re.findall(r"\d+|\D+", path.name.lower())
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in words], path.name


def _read(path: Path) -> NDArray[np.uint8] | None:
    """One picture as (height, width, 3) uint8 BGR, or None if it is damaged.

    OpenCV fills a cut-off JPEG with grey and its libraries complain on stderr, so a cut is looked for first.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if any(content.startswith(begin) and end not in content[-_TAIL:] for begin, end in _END_MARKS.items()):
        return None
    try:
        image = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # empty file, or larger than OpenCV's limit
        return None
    return None if image is None else np.asarray(image, dtype=np.uint8)
