"""What a cheap camera does to a picture: soft lens, exposure, white balance, noise, JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.synthesis.arrays import Pixels


@dataclass(frozen=True)
class Webcam:
    """The look of one camera.

    Attributes:
        blur: sigma of the soft lens, pixels.
        gain: (3,) multiplies blue, green, red: exposure and white balance.
        gamma: contrast of the middle tones.
        lift: added black level, 0 to 1.
        noise: standard deviation of the sensor's noise, 0 to 1; half fine, half blotched by the codec.
        jpeg: quality 1 to 100; 0 for none.
    """

    blur: float = 0.4
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    lift: float = 0.0
    noise: float = 0.01
    jpeg: int = 85

    def look(self, picture: Pixels, rng: Generator) -> Pixels:
        """The picture, (H, W, 3) uint8 BGR, as this camera would deliver it."""
        seen = cv2.GaussianBlur(picture, (0, 0), self.blur) if self.blur > 0 else picture
        seen = cv2.LUT(np.ascontiguousarray(seen), self._tones())
        if self.noise > 0:
            seen = cv2.add(seen, self._grain(seen.shape[0], seen.shape[1], rng), dtype=cv2.CV_8U)
        if self.jpeg > 0:
            _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])
            seen = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        return np.asarray(seen, np.uint8)

    def _tones(self) -> Pixels:
        levels = np.arange(256)[:, None] / 255
        tones = np.clip(levels * np.array(self.gain) + self.lift, 0, 1) ** self.gamma
        return np.asarray(tones * 255 + 0.5, np.uint8).reshape(1, 256, 3)

    def _grain(self, height: int, width: int, rng: Generator) -> NDArray[np.int16]:
        # Drawing noise costs more than everything else here: a quarter as many values serve for both kinds.
        tile = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), dtype=np.float32)
        blotches = cv2.resize(tile, (width, height), interpolation=cv2.INTER_LINEAR)
        fine = np.tile(tile, (2, 2, 1))[:height, :width]
        return np.asarray((fine * 0.7 + blotches) * (self.noise * 255), np.int16)


def random_webcam(rng: Generator, width: int) -> Webcam:
    """A camera for pictures `width` pixels wide."""
    balance = rng.uniform(0.75, 1.25) * (1 + rng.normal(0, 0.05, 3))
    return Webcam(
        blur=rng.uniform(0.2, 0.9) * width / 320,
        gain=(float(balance[0]), float(balance[1]), float(balance[2])),
        gamma=rng.uniform(0.8, 1.25),
        lift=float(rng.normal(0, 0.03)),
        noise=rng.uniform(0.003, 0.03),
        jpeg=int(rng.integers(35, 95)),
    )
