"""Change pictures as other cameras, rooms and people would, and their joints with them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import MIRRORED
from gesturelrcn.system.opencv import cv2
from gesturelrcn.training.teacher.cache import MARGIN


@dataclass(frozen=True)
class Augmentation:
    """One camera: every picture of a clip is changed in the same way.

    Attributes:
        matrix: (2, 3) from pixels of the cached picture to pixels of the network's input.
        size: side of the result, pixels.
        flip: mirror the result; joints swap sides, and so must the label.
        gain: (3,) factors on blue, green, red.
        gamma: exponent on 0..1 intensities.
        offset: added grey levels.
        grey: 0 keeps the colours, 1 takes them away.
        blur: standard deviation in pixels of the result; 0 for none.
        coarse: side to which the picture is scaled down and up again; 0 for not.
        jpeg: quality 1..100; 0 for no compression.
        noise: standard deviation in grey levels.
    """

    matrix: NDArray[np.float64]
    size: int
    flip: bool
    gain: NDArray[np.float32]
    gamma: float
    offset: float
    grey: float
    blur: float
    coarse: int
    jpeg: int
    noise: float

    def apply(self, picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """(S, S, 3) uint8 BGR cached picture -> (size, size, 3) uint8 BGR."""
        out = cv2.warpAffine(picture, self.matrix, (self.size, self.size), flags=cv2.INTER_LINEAR)
        if self.flip:
            out = out[:, ::-1]
        if self.coarse:
            small = cv2.resize(out, (self.coarse, self.coarse), interpolation=cv2.INTER_AREA)
            out = cv2.resize(small, (self.size, self.size), interpolation=cv2.INTER_LINEAR)
        table = 255.0 * (np.arange(256) / 255.0) ** self.gamma
        light = table.astype(np.float32)[out]
        if self.grey:
            light = light + self.grey * (light.mean(2, keepdims=True) - light)
        light = light * self.gain + self.offset
        if self.blur:
            light = cv2.GaussianBlur(light, (0, 0), self.blur)
        if self.noise:
            light = light + rng.normal(0.0, self.noise, light.shape).astype(np.float32)
        changed = np.clip(light, 0, 255).astype(np.uint8)
        if self.jpeg:
            packed = cv2.imencode(".jpg", changed, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])[1]
            changed = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(changed, np.uint8)

    def move(self, keypoints: NDArray[np.float32], source_size: int) -> NDArray[np.float32]:
        """(..., J, 3) joints in shares of a picture of `source_size` pixels -> in shares of the result.

        The third column (weight) becomes 0 for joints that leave the picture.
        """
        moved: NDArray[np.float32] = keypoints.copy()
        xy = (keypoints[..., :2] * source_size) @ self.matrix[:, :2].T + self.matrix[:, 2]
        moved[..., :2] = xy / self.size
        if self.flip:
            moved = moved[..., list(MIRRORED), :]
            moved[..., 0] = 1.0 - moved[..., 0]
        inside = ((moved[..., :2] > 0) & (moved[..., :2] < 1)).all(-1)
        moved[..., 2] *= inside
        return moved


def plain_augmentation(source_size: int, size: int, margin: float = MARGIN) -> Augmentation:
    """What the live loop would see: the middle of the cached picture, nothing else changed."""
    return _view(source_size, size, margin, flip=False)


def random_augmentation(
    rng: np.random.Generator, source_size: int, size: int, margin: float = MARGIN, *, strength: float = 1.0
) -> Augmentation:
    """A random camera.

    Args:
        rng: where every choice comes from.
        source_size: side of the cached picture, pixels.
        size: side of the result, pixels.
        margin: how much wider than the region the cached picture is.
        strength: 1 for single pictures; less where the region must stay believable over a clip.
    """
    view = _view(
        source_size,
        size,
        margin,
        flip=bool(rng.random() < 0.5),
        zoom=float(np.exp(rng.uniform(-0.16, 0.16) * strength)),
        turn=rng.uniform(-8, 8) * strength,
        shift=rng.uniform(-0.07, 0.07, 2) * strength,
    )
    often = rng.random(6) < (0.35, 0.35, 0.3, 0.3, 0.6, 0.25)
    return Augmentation(
        matrix=view.matrix,
        size=size,
        flip=view.flip,
        gain=(rng.uniform(0.65, 1.35) * rng.uniform(0.85, 1.15, 3)).astype(np.float32),
        gamma=float(rng.uniform(0.7, 1.4)),
        offset=float(rng.uniform(-20, 20)),
        grey=float(rng.uniform(0.3, 1.0)) if often[5] else 0.0,
        blur=float(rng.uniform(0.4, 1.4)) if often[0] else 0.0,
        coarse=int(size * rng.uniform(0.35, 0.8)) if often[1] else 0,
        jpeg=int(rng.uniform(25, 90)) if often[2] else 0,
        noise=float(rng.uniform(1, 9)) if often[4] else 0.0,
    )


def _view(
    source_size: int,
    size: int,
    margin: float,
    *,
    flip: bool,
    zoom: float = 1.0,
    turn: float = 0.0,
    shift: NDArray[np.float64] | tuple[float, float] = (0.0, 0.0),
) -> Augmentation:
    scale = size * margin / source_size * zoom
    turned = cv2.getRotationMatrix2D((source_size / 2, source_size / 2), turn, scale)
    matrix = np.asarray(turned, np.float64)
    matrix[:, 2] += size / 2 - source_size / 2 + np.asarray(shift) * size
    ones = np.ones(3, np.float32)
    return Augmentation(matrix, size, flip, ones, 1.0, 0.0, 0.0, 0.0, 0, 0, 0.0)
