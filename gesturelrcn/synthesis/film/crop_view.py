"""The square around a person, as the live program cuts it out of a camera's picture, in one go."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.synthesis.arrays import Image, Pixels
from gesturelrcn.synthesis.film.filming import Shot
from gesturelrcn.synthesis.rendering.camera import PinholeCamera, random_light
from gesturelrcn.synthesis.scene.framing import outside, window
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import Webcam, random_webcam
from gesturelrcn.system.opencv import cv2


@dataclass(frozen=True)
class SquareWebcam(Webcam):
    """A webcam of whose picture only a square of `pixels` is looked at, enlarged to the size of the film.

    Attributes:
        pixels: how many pixels wide the square is in the camera's own picture.
        outside: (size, size) where the square reaches beyond the camera's picture: black.
    """

    pixels: int = 0
    outside: NDArray[np.bool_] | None = None

    def look(self, picture: Pixels, rng: Generator) -> Pixels:
        """The square, (size, size, 3) uint8 BGR, as the live program would cut it out."""
        size = picture.shape[0]
        small = picture
        if self.pixels < size:
            small = np.asarray(
                cv2.resize(picture, (self.pixels,) * 2, interpolation=cv2.INTER_AREA), np.uint8
            )
        looked = super().look(small, rng)
        if self.pixels < size:
            looked = np.asarray(cv2.resize(looked, (size, size)), np.uint8)
        if self.outside is not None:
            looked[self.outside] = 0
        return looked


def square_shot(rng: Generator, whole: PinholeCamera, square: tuple[float, float, float], size: int) -> Shot:
    """A shot of `square` (centre x, y and side in pixels) of a camera's picture, `size` pixels wide."""
    camera = replace(whole, window=window(whole, *square))
    pixels = min(size, max(48, round(square[2])))
    webcam = random_webcam(rng, pixels)
    look = {field.name: getattr(webcam, field.name) for field in fields(Webcam)}
    # Noise and compression happen in the camera's own pixels: shrinking evens them out.
    shrunk = min(1.0, size / square[2])
    look["noise"] *= shrunk
    look["jpeg"] = round(100 - (100 - webcam.jpeg) * shrunk)
    return Shot(
        camera,
        random_light(rng),
        random_room(rng),
        float(rng.choice([0.0, rng.uniform(0, 3)])),
        SquareWebcam(**look, pixels=pixels, outside=outside(camera, size, size)),
    )


def within(camera: PinholeCamera, square: tuple[float, float, float]) -> tuple[float, float, float]:
    """The square (centre x, y and side in pixels), no wider than the picture and moved so that it fits.

    What lies beyond the picture would only be black; a square as wide as the picture is still higher than it.
    """
    x, y, side = square
    side = min(side, float(camera.width))
    high = min(side, float(camera.height))
    x = float(np.clip(x, side / 2, camera.width - side / 2))
    return x, float(np.clip(y, high / 2, camera.height - high / 2)), side


def in_camera_too(camera: PinholeCamera, keypoints: Image) -> Image:
    """The same (J, 3) keypoints in shares of the camera's window, visible only if in its picture too.

    The window may reach beyond the picture: what lies there is black.
    """
    left, top, right, bottom = camera.window
    places = keypoints[:, :2] * [right - left, bottom - top] + [left, top]
    inside = ((places >= 0) & (places <= 1)).all(axis=1)
    return np.asarray(np.c_[keypoints[:, :2], keypoints[:, 2] * inside], np.float32)
