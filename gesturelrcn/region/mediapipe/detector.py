"""Where is the person, at half the price: the first half of MediaPipe Pose, without the 33 landmarks."""

import math

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.mediapipe import graphs
from gesturelrcn.region.mediapipe.pose import squared, warm_up
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region

SIDE = 2.03
"""Side of the region over the distance from the shoulders to the top of the upper body.

Median over 89 clips of people at 1 to 6 m; the middle half lies between 1.92 and 2.15, the centre of the
region within 0.03 sides of that from landmarks.
"""
_DROP = 0.035
_SHOULDERS, _TOP = 2, 3  # of the four points that a detection tells


class DetectingLocator:
    """Finds the most prominent person by BlazePose's detector alone (arXiv:2006.10204).

    About 15 ms a picture on one core instead of 26, and 50 MB instead of 115, for the same region as
    `PoseLocator`'s but for a few shares of a hundred.
    """

    def __init__(self, min_confidence: float = 0.5) -> None:
        """Args: min_confidence: 0 to 1."""
        self._people = graphs.people(min_confidence=min_confidence)
        warm_up(self._people)

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the most prominent person in `image` ((H, W, 3) uint8 BGR), or None.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        square = squared(image)
        outputs = self._people.process(square)
        if outputs is None or not outputs.detections:
            return None
        best = outputs.detections[0]
        points = best.location_data.relative_keypoints
        shoulders, top = (
            (points[which].x * len(square), points[which].y * len(square)) for which in (_SHOULDERS, _TOP)
        )
        side = SIDE * math.dist(shoulders, top)
        if side < 1.0:
            return None
        return Region(shoulders[0], shoulders[1] + _DROP * side, side, float(best.score[0]), at)

    def close(self) -> None:
        """Free the graph. Further calls find nobody."""
        self._people.close()
