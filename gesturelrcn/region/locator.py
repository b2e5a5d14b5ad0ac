"""What a locator does, and the square around shoulders and arms that it answers with."""

from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.region import Region

SHOULDER_WIDTHS = 4.2
"""Side of the region in shoulder widths, so that a raised hand and a stretched arm stay inside."""

DROP = 0.15
"""The centre lies this many shoulder widths below the middle of the shoulders."""

FACE_UNITS = 1.2
"""Shoulder widths are this many times the distance from face to shoulders, at the most, for who faces us."""

Choice = Literal["raised_hand", "nearest"]
"""Who is followed where there are several: who raises a hand, else who is nearest; or always the nearest."""

STAYS = 2.0
"""Seconds that the chosen person may not be found before somebody else is chosen."""

_LEFT_SHOULDER, _RIGHT_SHOULDER = 11, 12
_FACE = slice(0, 11)


class Locator(Protocol):
    """Finds the person in a picture. Implementations may remember where the person was before."""

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the person in `image` ((H, W, 3) BGR), taken at `at` seconds, or None."""
        ...

    def close(self) -> None:
        """Free what the locator holds."""
        ...


@runtime_checkable
class PersonChooser(Protocol):
    """What a locator or a follower may offer besides: to follow another one of several people."""

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame, from the next call on."""
        ...


@runtime_checkable
class FollowsJoints(Protocol):
    """What a locator or a follower may offer besides: to follow the joints that the model sees."""

    def see_joints(self, region: Region | None) -> None:
        """Take in where the followed person is, as the joints in the last frame tell; None for unknown."""
        ...


@runtime_checkable
class Forgets(Protocol):
    """What a locator or a follower may offer besides: to begin anew."""

    def forget(self) -> None:
        """What comes next has nothing to do with what was seen before; its times are of another clock."""
        ...


def region_around(middle: tuple[float, float], unit: float, confidence: float, at: float) -> Region | None:
    """The square around shoulders and arms.

    Args:
        middle: x and y of the middle of the shoulders, pixels.
        unit: the shoulder width, or, for a person seen from the side, `FACE_UNITS` times the distance from
            the face to the middle of the shoulders, whichever is larger; pixels.
        confidence: 0 to 1.
        at: seconds, when the picture was taken.

    Returns:
        The region, or None where the unit is less than two pixels.
    """
    if not unit >= 2.0:
        return None
    return Region(middle[0], middle[1] + DROP * unit, SHOULDER_WIDTHS * unit, confidence, at)


def region_from_landmarks(landmarks: NDArray[np.float64], at: float) -> Region | None:
    """`region_around` the shoulders of a pose, or None where both shoulders and the face coincide.

    Args:
        landmarks: (33, 3) pose landmarks in MediaPipe's order: x, y in pixels, visibility 0 to 1.
        at: seconds, when the picture was taken.
    """
    left, right = landmarks[_LEFT_SHOULDER, :2], landmarks[_RIGHT_SHOULDER, :2]
    middle = (left + right) / 2
    face = landmarks[_FACE, :2].mean(axis=0)
    unit = max(float(np.linalg.norm(left - right)), FACE_UNITS * float(np.linalg.norm(face - middle)))
    confidence = float(landmarks[[_LEFT_SHOULDER, _RIGHT_SHOULDER], 2].min())
    return region_around((float(middle[0]), float(middle[1])), unit, confidence, at)
