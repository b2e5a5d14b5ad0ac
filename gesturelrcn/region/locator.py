"""Where is the person? MediaPipe's pose landmarks, reduced to one square around shoulders and arms."""

import logging
import threading
from importlib import resources
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region import mediapipe_graphs
from gesturelrcn.region.region import Region
from gesturelrcn.system.native_stderr import native_stderr_to_log

logger = logging.getLogger(__name__)

SHOULDER_WIDTHS = 4.2
"""Side of the region in shoulder widths, so that a raised hand and a stretched arm stay inside."""

DROP = 0.15
"""The centre lies this many shoulder widths below the middle of the shoulders."""

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


def region_from_landmarks(landmarks: NDArray[np.float64], at: float) -> Region | None:
    """The square around shoulders and arms.

    Args:
        landmarks: (33, 3) pose landmarks in MediaPipe's order: x, y in pixels, visibility 0 to 1.
        at: seconds, when the picture was taken.

    Returns:
        The region, or None where both shoulders coincide. Its unit is the shoulder width, or, for a
        person seen from the side, 1.2 times the distance from face to shoulders, whichever is larger.
    """
    left, right = landmarks[_LEFT_SHOULDER, :2], landmarks[_RIGHT_SHOULDER, :2]
    middle = (left + right) / 2
    face = landmarks[_FACE, :2].mean(axis=0)
    unit = max(float(np.linalg.norm(left - right)), 1.2 * float(np.linalg.norm(face - middle)))
    if unit < 2.0:
        return None
    confidence = float(landmarks[[_LEFT_SHOULDER, _RIGHT_SHOULDER], 2].min())
    return Region(float(middle[0]), float(middle[1]) + DROP * unit, SHOULDER_WIDTHS * unit, confidence, at)


def squared(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) BGR -> (S, S, 3) RGB, black at its right or below.

    The detector squares the picture anyway; done here, it does not warn about other shapes.
    """
    side = max(image.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=square[: image.shape[0], : image.shape[1]])
    return square


def warm_up(graph: Any) -> None:
    """Show a new graph a person and then nobody, so that neither falls on the first frame.

    The first person that it finds builds its second half and prints a banner; the empty picture makes it
    forget that person.
    """
    somebody = cv2.imread(str(resources.files("gesturelrcn") / "assets" / "person.jpg"))
    with native_stderr_to_log():
        for picture in (somebody, np.zeros_like(somebody)):
            graph.process(picture[..., ::-1].copy())


class PoseLocator:
    """MediaPipe Pose (BlazePose full, bundled in the mediapipe 0.10.21 wheel; nothing is downloaded).

    About 26 ms a picture on one core while it tracks, 39 ms from scratch; so it is called a few times
    a second, never for every frame. Reference: Bazarevsky et al. 2020, arXiv:2006.10204.
    """

    def __init__(self, min_confidence: float = 0.5, *, tracking: bool = True) -> None:
        """Args: min_confidence: 0 to 1. tracking: look first where the person was in the picture before."""
        self._pose: Any = mediapipe_graphs.pose(tracking=tracking, min_confidence=min_confidence)
        warm_up(self._pose)
        # MediaPipe's graph is not re-entrant, and closing it under a running call aborts the process.
        self._lock = threading.Lock()

    def landmarks(self, image: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        """(33, 3) pose landmarks (x, y in pixels, visibility) of the person in `image`, or None."""
        square = squared(image)
        side = len(square)
        with self._lock:
            if self._pose is None:
                return None
            landmarks = self._pose.process(square).pose_landmarks
        if landmarks is None:
            return None
        return np.array([(p.x * side, p.y * side, p.visibility) for p in landmarks.landmark])

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the most prominent person in `image` ((H, W, 3) uint8 BGR), or None."""
        landmarks = self.landmarks(image)
        return None if landmarks is None else region_from_landmarks(landmarks, at)

    def close(self) -> None:
        """Free the graph. Further calls find nobody."""
        with self._lock:
            if self._pose is not None:
                self._pose.close()
                self._pose = None
