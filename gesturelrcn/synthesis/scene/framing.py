"""How people sit or stand before webcams: where the camera is, and the square around the person."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region.locator import DROP, SHOULDER_WIDTHS
from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.pose import SIDES
from gesturelrcn.synthesis.rendering.camera import PinholeCamera

PICTURE_SIZES = ((640, 480), (640, 360))
CHEST_TO_CROWN_METRES = 0.30
HEAD_BEFORE_CHEST_METRES = 0.08
NEARLY_ALWAYS = 0.97
"""Share of the people who place the camera so that it sees what they do, where that is possible."""
BELOW_CHEST_METRES = 0.25
"""What is seen of the trunk at least."""
BODY_DISTANCES = (2.6, 4.8)
"""Metres from cameras that film whole bodies."""
BODY_MARGIN = 1.2
"""How much wider their pictures are than what the joints need; crowns and soles lie beyond the joints."""
LEFT_SHOULDER, RIGHT_SHOULDER = KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")
LEFT_ELBOW, LEFT_WRIST = KEYPOINTS.index("left_elbow"), KEYPOINTS.index("left_wrist")
LEFT_INDEX = KEYPOINTS.index("left_index_tip")
NOSE = KEYPOINTS.index("nose")


@dataclass(frozen=True)
class Reach:
    """World places of finger tips, (2, 3) each: arms `raised` straight up, and `stretched` to the sides."""

    raised: Floats
    stretched: Floats

    def fits(self, camera: PinholeCamera) -> tuple[bool, bool]:
        """Whether raised and stretched finger tips are inside the picture."""
        raised, stretched = (camera.project(points)[:, :2] for points in (self.raised, self.stretched))
        return bool(((raised >= 0) & (raised <= 1)).all()), bool(((stretched >= 0) & (stretched <= 1)).all())


def reach_of(person: Person, lowered: float = 0.0) -> Reach:
    """How far a person reaches, standing at the origin, or `lowered` by metres because of sitting."""
    joints = person.landmarks - [0.0, person.ground + lowered, 0.0]
    arm = float(
        np.linalg.norm(joints[LEFT_ELBOW] - joints[LEFT_SHOULDER])
        + np.linalg.norm(joints[LEFT_WRIST] - joints[LEFT_ELBOW])
        + np.linalg.norm(joints[LEFT_INDEX] - joints[LEFT_WRIST])
    )
    shoulders = joints[[LEFT_SHOULDER, RIGHT_SHOULDER]]
    outwards = np.sign(shoulders[:, :1]) * np.array([1.0, 0.0, 0.0])
    # A raised arm lifts the shoulder too.
    return Reach(
        raised=shoulders + [0.0, arm + 0.05, 0.05] + 0.1 * outwards,
        stretched=shoulders + [0.0, 0.0, 0.05] + arm * outwards,
    )


def ceiling_of(camera: PinholeCamera, joints: Floats, margin: float = 0.05) -> float:
    """How high a hand can go above the shoulders and stay in this camera's picture, in arm lengths.

    Args:
        camera: whose picture.
        joints: (J, 3) world places of the joints of `KEYPOINTS` of the person at rest.
        margin: share of the picture's height to keep free.
    """
    at = dict(zip(KEYPOINTS, joints, strict=True))
    lowest = np.inf
    for side in SIDES:
        shoulder, elbow, wrist = (at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
        length = float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))
        ways = np.arange(0.0, 2.0, 0.02)
        # A raised hand is somewhat nearer to the camera than the shoulder.
        points = shoulder + length * np.c_[0 * ways, ways, 0 * ways + 0.3]
        out = np.flatnonzero(camera.project(points)[:, 1] < margin)
        lowest = min(lowest, float(ways[out[0]]) if len(out) else np.inf)
    return float(lowest)


def random_camera(
    rng: Generator,
    chest: Floats,
    nearest: float = 0.6,
    farthest: float = 6.0,
    reach: Reach | None = None,
    size: tuple[int, int] | None = None,
) -> PinholeCamera:
    """A camera `nearest` to `farthest` metres away (near ones more often) from a chest at (3,) metres.

    With `reach` nearly all cameras see raised and stretched arms, if they are far enough away for that;
    nearer ones see the head and crop the arms as a laptop's camera does. `size` is the picture's width and
    height in pixels, one of `PICTURE_SIZES` by chance if None.
    """
    distance = float(np.exp(rng.uniform(np.log(nearest), np.log(farthest))))
    fov = rng.uniform(50, 80)
    width, height = size or PICTURE_SIZES[rng.integers(len(PICTURE_SIZES))]
    eye = chest + np.array([rng.normal(0, 0.12) * distance, rng.normal(0, 0.15) * distance + 0.05, distance])
    eye[1] = float(np.clip(eye[1], 0.4, 2.2))
    wide = 2 * distance * np.tan(np.radians(fov) / 2)
    high = wide * height / width
    aside, above = _aim(rng, chest, (wide, high), reach)
    camera = PinholeCamera(eye, chest + np.array([aside, above, 0.0]), fov, width, height)
    if reach is None:
        return camera
    points = chest + np.array([[0.0, CHEST_TO_CROWN_METRES, HEAD_BEFORE_CHEST_METRES]])
    if above + high / 2 > reach.raised[:, 1].max() - chest[1]:
        points = np.concatenate([points, reach.raised])
    # A tilted camera sees less far up than an upright one: tilt it more until everything is in.
    for _ in range(25):
        if camera.project(points)[:, 1].min() >= 0:
            break
        camera = replace(camera, target=camera.target + np.array([0.0, 0.02 * high, 0.0]))
    return camera


def _aim(
    rng: Generator, chest: Floats, metres: tuple[float, float], reach: Reach | None
) -> tuple[float, float]:
    """Metres to the side and above the chest of the middle of a picture `metres` wide and high."""
    wide, high = metres
    aside = float(rng.normal(0, 0.10) * wide)
    # Nearly everybody has the whole head in the picture, however near.
    room_above = rng.uniform(0.03, 0.40) if rng.random() < 0.9 else rng.uniform(-0.15, 0.03)
    top = CHEST_TO_CROWN_METRES + room_above * high
    if reach is not None and rng.random() < NEARLY_ALWAYS:
        least = float(reach.raised[:, 1].max() - chest[1]) + 0.03 * high
        most = high - BELOW_CHEST_METRES
        if most >= least:
            top = rng.uniform(least, min(most, least + 0.3 * high))
        else:
            # Too near for an arm straight up: more room above for bent ones.
            top = max(CHEST_TO_CROWN_METRES + 0.04 * high, most - abs(rng.normal(0, 0.05)))
        needed = float(np.abs(reach.stretched[:, 0] - chest[0]).max()) + 0.03 * wide
        slack = max(wide / 2 - needed, 0.03 * wide)
        aside = float(np.clip(aside, -slack, slack))
    return aside, top - high / 2


def body_camera(rng: Generator, places: Floats) -> PinholeCamera:
    """A camera in a room that looks at everything that a whole body does: (N, 3) world places."""
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    distance = float(rng.uniform(*BODY_DISTANCES))
    eye = middle + np.array([rng.normal(0, 0.25) * distance, 0.0, distance])
    eye[1] = rng.uniform(0.7, 2.1)
    width, height = PICTURE_SIZES[rng.integers(len(PICTURE_SIZES))]
    target = middle + rng.normal(0, 0.05, 3) * np.array([1.0, 1.0, 0.0])
    return PinholeCamera(eye, target, float(rng.uniform(55, 80)), width, height)


def body_square(camera: PinholeCamera, places: Floats) -> tuple[float, float, float]:
    """Centre x, centre y and side in pixels of the square around (N, 3) world places of a whole body."""
    seen = camera.project(places)[:, :2] * np.array([camera.width, camera.height])
    least, most = seen.min(axis=0), seen.max(axis=0)
    x, y = ((least + most) / 2).tolist()
    return x, y, float((most - least).max()) * BODY_MARGIN


def person_square(camera: PinholeCamera, joints: Floats) -> tuple[float, float, float]:
    """Centre x, centre y and side in pixels of the square in which the live program looks at this person."""
    size = np.array([camera.width, camera.height])
    places = camera.project(joints)[:, :2] * size
    middle = (places[LEFT_SHOULDER] + places[RIGHT_SHOULDER]) / 2
    shoulders = float(np.linalg.norm(places[LEFT_SHOULDER] - places[RIGHT_SHOULDER]))
    unit = max(shoulders, 1.2 * float(np.linalg.norm(places[NOSE] - middle)))
    return float(middle[0]), float(middle[1] + DROP * unit), SHOULDER_WIDTHS * unit


def window(camera: PinholeCamera, x: float, y: float, side: float) -> tuple[float, float, float, float]:
    """A square in pixels as a window for `PinholeCamera`."""
    left, right = (x - side / 2) / camera.width, (x + side / 2) / camera.width
    return left, (y - side / 2) / camera.height, right, (y + side / 2) / camera.height


def outside(camera: PinholeCamera, width: int, height: int) -> NDArray[np.bool_]:
    """(height, width) where the window, drawn with that many pixels, reaches beyond the camera's picture."""
    left, top, right, bottom = camera.window
    across = left + (np.arange(width) + 0.5) / width * (right - left)
    down = top + (np.arange(height) + 0.5) / height * (bottom - top)
    beyond_x, beyond_y = (across < 0) | (across > 1), (down < 0) | (down > 1)
    return np.asarray(beyond_x[None, :] | beyond_y[:, None])
