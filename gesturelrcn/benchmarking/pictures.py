"""What is shown: recordings in the size that is wanted, an empty room, and where the person is in them."""

import itertools
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.model import assets
from gesturelrcn.region import Region, person_locator
from gesturelrcn.system.opencv import cv2

SAMPLE = "sample"
"""The word for the clip that ships with the package."""

Picture = NDArray[np.uint8]


def recording(source: str) -> Path:
    """Where the recording lies that `source` names."""
    return assets() / "sample.mp4" if source == SAMPLE else Path(source)


def recorded(source: str, limit: int, size: tuple[int, int] | None = None) -> list[Frame]:
    """The first frames of a recording.

    Args:
        source: a path, or `sample`.
        limit: of frames.
        size: (width, height) to fit them into; default their own.

    Raises:
        CaptureError: it cannot be read.
    """
    with open_source(recording(source)) as frames:
        return [
            replace(frame, image=fitted(frame.image, size)) if size else frame
            for frame in itertools.islice(frames, limit)
        ]


def fitted(image: Picture, size: tuple[int, int]) -> Picture:
    """The picture scaled into (width, height), black where its shape leaves room."""
    width, height = size
    scale = min(width / image.shape[1], height / image.shape[0])
    inner_width, inner_height = round(image.shape[1] * scale), round(image.shape[0] * scale)
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    out = np.zeros((height, width, 3), np.uint8)
    out[top : top + inner_height, left : left + inner_width] = cv2.resize(image, (inner_width, inner_height))
    return out


def empty_room(size: tuple[int, int] = (640, 480), pictures: int = 20) -> list[Picture]:
    """A wall, a door and a desk without anybody, with the noise of a sensor."""
    width, height = size
    wall = np.full((height, width, 3), (150, 160, 165), np.uint8)
    wall[:, : width // 2] = (140, 150, 158)
    cv2.rectangle(wall, (width // 8, height // 6), (width // 3, height), (70, 90, 110), -1)
    cv2.rectangle(wall, (0, 3 * height // 4), (width, height), (60, 80, 100), -1)
    return noisy(wall, pictures)


def noisy(image: Picture, pictures: int = 20, deviation: float = 2.0) -> list[Picture]:
    """The same picture again and again, as a sensor sees what does not move."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0.0, deviation, (pictures, *image.shape)).round()
    return [np.clip(image + one, 0, 255).astype(np.uint8) for one in noise]


def person_in(frames: Sequence[Frame]) -> Region:
    """Where the person is in the first frame that shows one.

    Raises:
        GestureLrcnError: there is nobody in any of the first hundred frames.
    """
    with closing(person_locator()) as locator:
        for frame in frames[:100]:
            region = locator.locate(frame.image, frame.captured_at)
            if region is not None:
                return region
    raise GestureLrcnError(
        "Nobody is seen in the recording; give one with a person in it, or leave --source out."
    )


class Still:
    """A `Follower` that knows where the person is: the locator is not measured."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def follow(self, image: Picture, at: float) -> Region:
        """The same for every picture."""
        return self._region

    def take_jump(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """There is nothing to close."""
