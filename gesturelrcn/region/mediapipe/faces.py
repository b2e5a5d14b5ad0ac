"""How many people are there, and where: MediaPipe's face detector, up to about five metres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.mediapipe import graphs
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
from gesturelrcn.system.opencv import cv2


@dataclass(frozen=True)
class Face:
    """One face in a picture, in pixels.

    Attributes:
        x: centre, from the left edge.
        y: centre, from the top edge.
        width: of the face.
    """

    x: float
    y: float
    width: float


class FaceFinder:
    """MediaPipe Face Detection, full range (BlazeFace, bundled in the mediapipe 0.10.21 wheel).

    About 6 ms a picture on one core. Reference: Bazarevsky et al. 2019, arXiv:1907.05047.
    """

    def __init__(self, min_confidence: float = 0.5) -> None:
        """Args: min_confidence: 0 to 1."""
        self._faces = graphs.faces(min_confidence=min_confidence)
        with native_stderr_to_log():
            self._faces.process(np.zeros((192, 192, 3), np.uint8))  # the first picture prints a banner

    def find(self, image: NDArray[np.uint8]) -> list[Face]:
        """The faces in `image` ((H, W, 3) uint8 BGR), the widest first."""
        height, width = image.shape[:2]
        outputs = self._faces.process(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8))
        detections = [] if outputs is None else outputs.detections or []
        boxes = [detection.location_data.relative_bounding_box for detection in detections]
        faces = [
            Face((box.xmin + box.width / 2) * width, (box.ymin + box.height / 2) * height, box.width * width)
            for box in boxes
        ]
        return sorted(faces, key=lambda face: -face.width)

    def close(self) -> None:
        """Free the graph. Further calls find nobody."""
        self._faces.close()
