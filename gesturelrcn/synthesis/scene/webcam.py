"""What a cheap camera does to a picture: soft lens, wandering exposure and colours, noise, JPEG, jitter."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.system.opencv import cv2

AnyWebcam = TypeVar("AnyWebcam", bound="Webcam")

DROPPED_SHARE = 0.02
"""Of a jittery camera's frames, those that never arrive."""
HALVING_SHARE = 0.2
"""Of all cameras without a fixed rate, those that halve it in the middle of a film."""
SHARPENED_PIXELS = 1.0
"""Sigma of the blur that a camera compares its picture with to find edges."""
POOR_SHARE = 0.12
"""Of all cameras, those that compress so much that one sees it."""
DARK_SHARE = 0.12
"""Of all cameras, those in rooms so dark that they see noise and long exposures."""


@dataclass(frozen=True)
class Webcam:
    """The look of one camera.

    Attributes:
        blur: sigma of the soft lens, pixels.
        gain: (3,) multiplies blue, green, red: exposure and white balance.
        gamma: contrast of the middle tones.
        lift: added black level, 0 to 1.
        noise: standard deviation of the sensor's noise, 0 to 1; half fine, half blotched by the codec.
        sharpening: by which share edges are made stronger, as nearly all webcams do.
        jpeg: quality 1 to 100; 0 for none.
        exposure: seconds that the shutter is open: what moves smears.
        hunting: by which share the automatic exposure wanders.
        tinting: by which share the automatic white balance wanders.
        wander_seconds: how long one such wandering takes.
    """

    blur: float = 0.4
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    lift: float = 0.0
    noise: float = 0.01
    sharpening: float = 0.0
    jpeg: int = 85
    exposure: float = 0.0
    hunting: float = 0.0
    tinting: float = 0.0
    wander_seconds: float = 10.0

    def look(self, picture: Pixels, rng: Generator) -> Pixels:
        """The picture, (H, W, 3) uint8 BGR, as this camera would deliver it."""
        seen = cv2.GaussianBlur(picture, (0, 0), self.blur) if self.blur > 0 else picture
        seen = cv2.LUT(np.ascontiguousarray(seen), self._tones())
        if self.sharpening > 0:
            soft = cv2.GaussianBlur(seen, (0, 0), SHARPENED_PIXELS)
            seen = cv2.addWeighted(seen, 1 + self.sharpening, soft, -self.sharpening, 0)
        if self.noise > 0:
            seen = cv2.add(seen, self._grain(seen.shape[0], seen.shape[1], rng), dtype=cv2.CV_8U)
        if self.jpeg > 0:
            _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])
            seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
        return np.asarray(seen, np.uint8)

    def at(self: AnyWebcam, time: float) -> AnyWebcam:
        """The same camera `time` seconds later: exposure and white balance have wandered."""
        if self.hunting == 0 and self.tinting == 0:
            return self
        turn = 2 * np.pi * time / self.wander_seconds
        # Two waves of an odd ratio: it never repeats within a clip.
        bright = 1 + self.hunting * (0.6 * np.sin(turn) + 0.4 * np.sin(2.7 * turn + 1))
        warm = self.tinting * np.sin(0.6 * turn + 2)
        blue, green, red = self.gain
        return replace(self, gain=(blue * bright * (1 - warm), green * bright, red * bright * (1 + warm)))

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
    dark = rng.random() < DARK_SHARE
    balance = rng.uniform(0.8, 1.2) * (0.75 if dark else 1.0) * (1 + rng.normal(0, 0.05, 3))
    return Webcam(
        blur=rng.uniform(0.2, 0.7) * width / 320,
        gain=(float(balance[0]), float(balance[1]), float(balance[2])),
        gamma=rng.uniform(0.8, 1.2),
        lift=float(rng.normal(0, 0.025)),
        # What cameras deliver has lost most of the sensor's noise to their own smoothing and the codec.
        noise=rng.uniform(0.01, 0.03) if dark else 0.001 + 0.010 * rng.random() ** 2,
        sharpening=float(rng.choice([0.0, rng.uniform(0.2, 1.0)], p=[0.2, 0.8])),
        # Most pictures are compressed where they are larger than this one: little of it is left.
        jpeg=int(rng.integers(35, 72) if rng.random() < POOR_SHARE else rng.integers(72, 98)),
        exposure=1 / rng.uniform(20, 40) if dark else 1 / rng.uniform(35, 150),
        hunting=float(abs(rng.normal(0, 0.05))),
        tinting=float(abs(rng.normal(0, 0.02))),
        wander_seconds=rng.uniform(4, 25),
    )


def frame_times(rng: Generator, length: float, fps: float, jitter: float = 0.15) -> list[float]:
    """When a camera of about `fps` takes its pictures within `length` seconds; increasing, from 0.

    `jitter` is the standard deviation of an interval in shares of it; 0 gives an exact clock. With jitter
    a few frames are dropped.
    """
    count = round(length * fps)
    places = np.arange(count, dtype=float)
    if jitter > 0:
        # Early or late by less than half an interval: frames never change places.
        places += np.clip(rng.normal(0, jitter, count), -0.45, 0.45)
        arrives = rng.random(count) >= DROPPED_SHARE
        arrives[:1], places[:1] = True, 0.0
        places = places[arrives]
    return [float(place) for place in places / fps]


def rolling_times(rng: Generator, length: float, slowest: float, fastest: float) -> list[float]:
    """When some camera takes its pictures within `length` seconds; increasing, from 0.

    Cameras have a rate between `slowest` and `fastest` frames a second and clocks of all kinds, from exact to
    unsteady. Some of them expose twice as long from one moment on, as webcams do when it gets dark.
    """
    fps = float(np.exp(rng.uniform(np.log(slowest), np.log(fastest))))
    jitter = float(rng.choice([0.0, rng.uniform(0.02, 0.3)], p=[0.2, 0.8]))
    if rng.random() >= HALVING_SHARE or fps / 2 < slowest:
        return frame_times(rng, length, fps, jitter)
    moment = rng.uniform(0.2, 0.8) * length
    first = [time for time in frame_times(rng, moment, fps, jitter) if time < moment - 0.5 / fps]
    later = frame_times(rng, length - moment, fps / 2, jitter)
    return first + [moment + time for time in later]
