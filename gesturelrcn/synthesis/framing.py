"""How people sit or stand before webcams: where the camera is, and the square around the person."""

import numpy as np
from numpy.random import Generator

from gesturelrcn.model.keypoints import KEYPOINTS
from gesturelrcn.region.locator import DROP, SHOULDER_WIDTHS
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.scene import Camera

PICTURE_SIZES = ((640, 480), (640, 360))
CHEST_TO_CROWN_METRES = 0.30
LEFT_SHOULDER, RIGHT_SHOULDER = KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")
NOSE = KEYPOINTS.index("nose")


def random_camera(rng: Generator, chest: Floats, nearest: float = 0.6, farthest: float = 6.0) -> Camera:
    """A camera `nearest` to `farthest` metres away (near ones more often) from a chest at (3,) metres."""
    distance = float(np.exp(rng.uniform(np.log(nearest), np.log(farthest))))
    fov = rng.uniform(50, 80)
    width, height = PICTURE_SIZES[rng.integers(len(PICTURE_SIZES))]
    eye = chest + np.array([rng.normal(0, 0.12) * distance, rng.normal(0, 0.15) * distance + 0.05, distance])
    eye[1] = float(np.clip(eye[1], 0.4, 2.2))
    picture_metres = 2 * distance * np.tan(np.radians(fov) / 2)
    aside = rng.normal(0, 0.10) * picture_metres
    # Nearly everybody has the whole head in the picture, however near.
    room_above = rng.uniform(0.03, 0.40) if rng.random() < 0.9 else rng.uniform(-0.15, 0.03)
    above = CHEST_TO_CROWN_METRES + (room_above - 0.5) * picture_metres * height / width
    return Camera(eye, chest + np.array([aside, above, 0.0]), fov, width, height)


def person_square(camera: Camera, joints: Floats) -> tuple[float, float, float]:
    """Centre x, centre y and side in pixels of the square in which the live program looks at this person."""
    size = np.array([camera.width, camera.height])
    places = camera.project(joints)[:, :2] * size
    middle = (places[LEFT_SHOULDER] + places[RIGHT_SHOULDER]) / 2
    shoulders = float(np.linalg.norm(places[LEFT_SHOULDER] - places[RIGHT_SHOULDER]))
    unit = max(shoulders, 1.2 * float(np.linalg.norm(places[NOSE] - middle)))
    return float(middle[0]), float(middle[1] + DROP * unit), SHOULDER_WIDTHS * unit


def window(camera: Camera, x: float, y: float, side: float) -> tuple[float, float, float, float]:
    """A square in pixels as a window for `Camera`."""
    left, right = (x - side / 2) / camera.width, (x + side / 2) / camera.width
    return left, (y - side / 2) / camera.height, right, (y + side / 2) / camera.height
