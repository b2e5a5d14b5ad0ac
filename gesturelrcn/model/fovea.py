"""Where to look closely: a small square of the frame, at full resolution, around the hand that acts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region import Region, crop

SIDE = 0.1875
"""Side of the square in shares of the picture of the body: 0.9 shoulder widths, two hands wide."""

_SWITCH = 0.05
"""The other hand must be higher by this share of the picture before the look goes over to it."""

_WRISTS = [KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist")]
_INDEX_TIPS = [KEYPOINTS.index("left_index_tip"), KEYPOINTS.index("right_index_tip")]
_PINKY_TIPS = [KEYPOINTS.index("left_pinky_tip"), KEYPOINTS.index("right_pinky_tip")]


@dataclass(frozen=True)
class Fovea:
    """Where the hand is, in shares of the picture of the body.

    Attributes:
        x: centre, from the left edge.
        y: centre, from the top edge.
        side: -1 for the person's left hand, 1 for the right one.
    """

    x: float
    y: float
    side: int

    def square(self, body: Region) -> Region:
        """The square to cut out of the frame, given the square from which the picture of the body was cut."""
        return Region(
            body.x + (self.x - 0.5) * body.side,
            body.y + (self.y - 0.5) * body.side,
            SIDE * body.side,
            body.confidence,
            body.located_at,
        )


def place_fovea(keypoints: NDArray[np.float32], before: Fovea | None) -> Fovea:
    """Look at the hand that is raised higher; stay with it while both are at about the same height.

    Args:
        keypoints: (J, 3) joints of the frame before, x, y in shares of the picture of the body.
        before: where the look was then, or None.
    """
    joints = keypoints.tolist()  # for six joints numbers are quicker than arrays
    heights = [joints[wrist][1] for wrist in _WRISTS]  # smaller is higher
    which = 0 if heights[0] <= heights[1] else 1
    if before is not None:
        stay = 0 if before.side < 0 else 1
        if heights[stay] - heights[1 - stay] < _SWITCH:
            which = stay
    wrist, index, pinky = (joints[among[which]] for among in (_WRISTS, _INDEX_TIPS, _PINKY_TIPS))
    x, y = (0.5 * wrist[axis] + 0.25 * (index[axis] + pinky[axis]) for axis in (0, 1))
    return Fovea(x, y, -1 if which == 0 else 1)


def hand_picture(image: NDArray[np.uint8], body: Region, fovea: Fovea | None, size: int) -> NDArray[np.uint8]:
    """What the network sees of the hand: (size, size, 3) uint8 BGR, left hands mirrored; black for None."""
    if fovea is None:
        return np.zeros((size, size, 3), np.uint8)
    picture = crop(image, fovea.square(body), size)
    return np.ascontiguousarray(picture[:, ::-1]) if fovea.side < 0 else picture
