"""Random cameras: the same clip as other webcams would have taken it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region import Region
from gesturelrcn.system.opencv import cv2

_ROOM = 1.35
"""The picture that a camera takes is this much wider than the body's: a hand at its edge is whole."""


@dataclass(frozen=True)
class VirtualCamera:
    """One random camera, the same for every frame of a clip.

    Attributes:
        zoom: factor on the size of the person in the picture of the body.
        turn: degrees.
        shift: (2,) of the centre, in shares of the picture of the body.
        flip: mirror the frames.
        pixels: side of the picture of the body at the camera's resolution: few for a far person.
        curve: (256, 3) uint8, grey level of each channel for each grey level.
        grey: 0 keeps the colours, 1 takes them away.
        blur: standard deviation in pixels of the camera; 0 for none.
        noise: standard deviation in grey levels.
        jpeg: quality 1 to 100; 0 for no compression.
    """

    zoom: float
    turn: float
    shift: NDArray[np.float64]
    flip: bool
    pixels: int
    curve: NDArray[np.uint8]
    grey: float
    blur: float
    noise: float
    jpeg: int

    def take(
        self, image: NDArray[np.uint8], body: Region, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], Region]:
        """What this camera makes of the person in the square `body` of `image`, and the square in that."""
        side = round(self.pixels * _ROOM)
        scale = self.pixels / body.side * self.zoom
        centre = (body.x, body.y)
        if scale < 0.6:
            image = np.asarray(
                cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
            centre, scale = (body.x * scale, body.y * scale), 1.0
        matrix = np.asarray(cv2.getRotationMatrix2D(centre, self.turn, scale), np.float64)
        matrix[:, 2] += side / 2 - np.array(centre) + self.shift * self.pixels
        out = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR)
        if self.flip:
            out = out[:, ::-1]
        if self.grey:
            mix = np.eye(3) * (1 - self.grey) + self.grey / 3
            out = cv2.transform(out, mix)
        out = cv2.LUT(np.ascontiguousarray(out), self.curve[None])
        if self.blur:
            out = cv2.GaussianBlur(out, (0, 0), self.blur)
        if self.noise:
            grains = np.empty(out.shape, np.int16)
            cv2.setRNGSeed(int(rng.integers(2**31)))
            cv2.randn(grains, np.zeros(3), np.full(3, self.noise))
            out = cv2.add(out, grains, dtype=cv2.CV_8U)
        if self.jpeg:
            packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])[1]
            out = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
        return np.asarray(out, np.uint8), Region(side / 2, side / 2, self.pixels, 1.0, body.located_at)


def random_camera(rng: np.random.Generator, native: float) -> VirtualCamera:
    """Any webcam.

    Args:
        rng: where every choice comes from.
        native: side of the picture of the body in the recording, pixels; the camera is no sharper than that.
    """
    finest = min(native, 420.0)
    pixels = np.exp(rng.uniform(np.log(min(90.0, 0.7 * finest)), np.log(finest)))
    often = rng.random(4) < (0.3, 0.6, 0.4, 0.2)
    level = (np.arange(256) / 255.0)[:, None] ** rng.uniform(0.7, 1.4)
    gain = rng.uniform(0.65, 1.35) * rng.uniform(0.85, 1.15, 3)
    curve = np.clip(255 * level * gain + rng.uniform(-20, 20), 0, 255)
    return VirtualCamera(
        zoom=float(np.exp(rng.uniform(-0.13, 0.13))),
        turn=float(rng.uniform(-6, 6)),
        shift=rng.uniform(-0.05, 0.05, 2),
        flip=bool(rng.random() < 0.5),
        pixels=int(pixels),
        curve=curve.astype(np.uint8),
        grey=float(rng.uniform(0.3, 1.0)) if often[3] else 0.0,
        blur=float(rng.uniform(0.4, 1.2)) if often[0] else 0.0,
        noise=float(rng.uniform(1, 8)) if often[1] else 0.0,
        jpeg=int(rng.uniform(30, 90)) if often[2] else 0,
    )
