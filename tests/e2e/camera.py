"""A recording, played as a network camera would show it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.mjpeg_server import MjpegServer

_LEAD = 3.0
"""Seconds of stillness before the recording: a camera is there before somebody begins to gesture."""


@dataclass(frozen=True)
class Camera:
    """A network camera.

    Attributes:
        url: where it is.
        seconds: how long it plays from the first connection on.
        over: set when the last picture has been taken.
    """

    url: str
    seconds: float
    over: threading.Event


_noise = np.random.default_rng(0)


def _with_noise(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with a corner that is never the same: what is repeated bit for bit is no live camera."""
    noisy = picture.copy()
    noisy[:16, :16] = _noise.integers(0, 255, (2, 2, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    return noisy


@contextmanager
def camera_playing(path: Path) -> Iterator[Camera]:
    """Serve the recording once, at its real rate, on 127.0.0.1."""
    video = cv2.VideoCapture(str(path))
    fps = video.get(cv2.CAP_PROP_FPS)
    frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    over = threading.Event()

    def pictures() -> Iterator[NDArray[np.uint8]]:
        found, picture = video.read()
        assert found, f"{path} holds no picture"
        yield from (_with_noise(np.asarray(picture, np.uint8)) for _ in range(round(_LEAD * fps)))
        while found:
            yield np.asarray(picture, np.uint8)
            found, picture = video.read()
        over.set()

    try:
        with MjpegServer(pictures(), fps) as server:
            yield Camera(server.url, _LEAD + frames / fps, over)
    finally:
        video.release()
