"""The camera and the light. World: metres, floor at y = 0, the person at the origin looking along z."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats

NEAR_METRES = 0.05
FAR_METRES = 30.0
EXPOSED = (0.6, 1.05)
"""Least and most `Light.brightness` after the camera's automatic exposure."""


@dataclass(frozen=True)
class PinholeCamera:
    """A pinhole camera.

    Attributes:
        eye: (3,) where it is; `target`: (3,) what is in the middle of its picture.
        horizontal_fov: degrees.
        width, height: pixels of the whole picture.
        window: left, top, right, bottom of the part that is drawn, in shares of the whole picture; it may
            reach beyond it.
    """

    eye: Floats
    target: Floats
    horizontal_fov: float
    width: int
    height: int
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    def matrix(self) -> Floats:
        """(4, 4) from world to clip space."""
        forward = _unit(self.target - self.eye)
        right = _unit(np.cross(forward, [0.0, 1.0, 0.0]))
        up = np.cross(right, forward)
        view = np.eye(4)
        view[:3, :3] = np.stack([right, up, -forward])
        view[:3, 3] = -view[:3, :3] @ self.eye
        zoom = 1 / np.tan(np.radians(self.horizontal_fov) / 2)
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = zoom, zoom * self.width / self.height
        lens[2, 2] = (FAR_METRES + NEAR_METRES) / (NEAR_METRES - FAR_METRES)
        lens[2, 3] = 2 * FAR_METRES * NEAR_METRES / (NEAR_METRES - FAR_METRES)
        lens[3, 2] = -1
        return self._to_window() @ lens @ view

    def depth(self, points: Floats) -> Floats:
        """(N,) metres along the camera's axis to (N, 3) world points; negative behind the camera."""
        return np.asarray((points - self.eye) @ _unit(self.target - self.eye))

    def turned(self, directions: Floats) -> Floats:
        """(N, 3) world directions in the picture's axes: to the right, down, away from the camera."""
        forward = _unit(self.target - self.eye)
        right = _unit(np.cross(forward, [0.0, 1.0, 0.0]))
        return np.asarray(directions @ np.stack([right, np.cross(forward, right), forward], axis=1))

    def _to_window(self) -> Floats:
        left, top, right, bottom = self.window
        stretch = np.diag([1 / (right - left), 1 / (bottom - top), 1.0, 1.0])
        stretch[0, 3] = -(left + right - 1) / (right - left)
        stretch[1, 3] = -(1 - top - bottom) / (bottom - top)
        return stretch

    def project(self, points: Floats) -> Floats:
        """(N, 3) world points as (N, 3): x, y in shares of the window from its top left, depth -1 to 1.

        Points behind the camera come out as x = y = -1, depth 2.
        """
        clip = np.c_[points, np.ones(len(points))] @ self.matrix().T
        w = clip[:, 3:]
        seen = clip[:, :3] / np.where(np.abs(w) < 1e-9, 1e-9, w)
        shares = np.stack([seen[:, 0] / 2 + 0.5, 0.5 - seen[:, 1] / 2, seen[:, 2]], axis=1)
        return np.where(w > NEAR_METRES, shares, np.array([-1.0, -1.0, 2.0]))


@dataclass(frozen=True)
class Light:
    """One main light with a shadow, one fill light without, and light from everywhere. Colours are linear.

    Attributes:
        towards: (3,) unit vector from the scene to the main light; `main`: (3,) its colour.
        fill_towards, fill: the same for the second light.
        sky, floor: (3,) light from above and from below.
    """

    towards: Floats
    main: Floats
    fill_towards: Floats
    fill: Floats
    sky: Floats
    floor: Floats

    def brightness(self) -> float:
        """How bright a white wall is that faces the camera, about 0.3 to 2."""
        return float((self.main * 0.5 + self.fill + (self.sky + self.floor) / 2).mean())


def between(first: Light, last: Light, share: float) -> Light:
    """The light `share` (0 to 1) of the way from one to another."""
    if share <= 0 or share >= 1:
        return first if share <= 0 else last

    def mixed(name: str) -> Floats:
        return np.asarray(getattr(first, name) + share * (getattr(last, name) - getattr(first, name)))

    return Light(
        _unit(mixed("towards")),
        mixed("main"),
        _unit(mixed("fill_towards")),
        mixed("fill"),
        mixed("sky"),
        mixed("floor"),
    )


def random_light(rng: Generator) -> Light:
    """Windows, ceiling lamps and screens, warm or cold, hard or soft."""
    strength, warmth = rng.uniform(0.3, 1.0), rng.uniform(-0.10, 0.13)
    around = rng.uniform(0.25, 0.6)
    tint = np.array([1 + warmth, 1, 1 - warmth])
    counter_tint = np.array([1 - warmth / 2, 1, 1 + warmth / 2])
    light = Light(
        towards=_direction(rng.uniform(-75, 75), rng.uniform(10, 65)),
        main=strength * tint,
        fill_towards=_direction(rng.uniform(-60, 60), rng.uniform(-20, 20)),
        fill=rng.uniform(0, 0.3) * np.array([0.85, 0.93, 1.0]),
        sky=around * counter_tint,
        floor=around * counter_tint * rng.uniform(0.4, 0.75),
    )
    # Cameras expose for what they see: neither night nor snow is left.
    exposed = float(np.clip(light.brightness(), *EXPOSED)) / light.brightness()
    return replace(
        light,
        main=light.main * exposed,
        fill=light.fill * exposed,
        sky=light.sky * exposed,
        floor=light.floor * exposed,
    )


def _direction(azimuth: float, elevation: float) -> Floats:
    """Unit vector, degrees: azimuth 0 is where the camera is, positive to the right of the picture."""
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
