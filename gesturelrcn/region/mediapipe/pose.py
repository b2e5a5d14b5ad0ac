"""Where is the person? MediaPipe's pose landmarks, reduced to one square around shoulders and arms."""

from importlib import resources

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import region_from_landmarks
from gesturelrcn.region.mediapipe import graphs
from gesturelrcn.region.mediapipe.graphs import Graph
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.system.opencv import cv2


def squared(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) BGR -> (S, S, 3) RGB, black at its right or below.

    The detector squares the picture anyway; done here, it does not warn about other shapes.
    """
    side = max(image.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=square[: image.shape[0], : image.shape[1]])
    return square


def warm_up(graph: Graph) -> None:
    """Show a new graph a person and then nobody, so that neither falls on the first frame.

    The first person that it finds builds its second half and prints a banner; the empty picture makes it
    forget that person.
    """
    somebody = np.asarray(cv2.imread(str(resources.files("gesturelrcn") / "assets" / "person.jpg")))
    with native_stderr_to_log():
        for picture in (somebody, np.zeros_like(somebody)):
            graph.process(np.ascontiguousarray(picture[..., ::-1], np.uint8))


class PoseLocator:
    """MediaPipe Pose (BlazePose full, bundled in the mediapipe 0.10.21 wheel; nothing is downloaded).

    About 26 ms a picture on one core while it tracks, 39 ms from scratch; so it is called a few times
    a second, never for every frame. Reference: Bazarevsky et al. 2020, arXiv:2006.10204.
    """

    def __init__(self, min_confidence: float = 0.5, *, tracking: bool = True) -> None:
        """Args: min_confidence: 0 to 1. tracking: look first where the person was in the picture before."""
        self._pose = graphs.pose(tracking=tracking, min_confidence=min_confidence)
        warm_up(self._pose)

    def landmarks(self, image: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        """(33, 3) pose landmarks (x, y in pixels, visibility) of the person in `image`, or None."""
        square = squared(image)
        side = len(square)
        outputs = self._pose.process(square)
        if outputs is None or outputs.pose_landmarks is None:
            return None
        return np.array([(p.x * side, p.y * side, p.visibility) for p in outputs.pose_landmarks.landmark])

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the most prominent person in `image` ((H, W, 3) uint8 BGR), or None.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        landmarks = self.landmarks(image)
        return None if landmarks is None else region_from_landmarks(landmarks, at)

    def close(self) -> None:
        """Free the graph. Further calls find nobody."""
        self._pose.close()
