"""Silhouettes of people who were filmed, so that another room can be put behind them.

They come from MediaPipe's selfie segmentation, once, and are cached beside the teacher's labels.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.mediapipe.graphs import solution
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.system.opencv import cv2
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.teacher.cache import SIZE, keep_arrays

SIDE = 104
"""Side of a kept silhouette, pixels: half of the picture's; the segmentation is no sharper than that."""

_REACH = 9  # pixels of the picture by which a joint may lie beside the silhouette
_SURE = 128


class Silhouettes:
    """MediaPipe's selfie segmentation (general model, Apache-2.0, in the mediapipe wheel), 7 ms a picture."""

    def __init__(self) -> None:
        self._graph: Any = solution("selfie_segmentation", "SelfieSegmentation", model_selection=0)
        with native_stderr_to_log():
            self._graph.process(np.zeros((SIZE, SIZE, 3), np.uint8))  # the first prints a banner

    def of(self, picture: NDArray[np.uint8], keypoints: NDArray[np.float32]) -> NDArray[np.uint8]:
        """How much of each pixel has to stay when another room is put behind the person.

        Args:
            picture: (S, S, 3) uint8 BGR.
            keypoints: (J, 3) joints in shares of the picture, and weight.

        Returns:
            (SIDE, SIDE): 255 the person and what lies beyond the camera's picture, 0 the room; 255 everywhere
            where the segmentation misses a joint that is known: nobody shall be learnt from without a hand.
        """
        size = len(picture)
        answer = self._graph.process(np.ascontiguousarray(picture[..., ::-1]))
        mask = np.asarray(np.clip(255 * np.asarray(answer.segmentation_mask), 0, 255), np.uint8)
        near = cv2.dilate(mask, np.ones((_REACH, _REACH), np.uint8))
        x, y = (keypoints[keypoints[:, 2] > 0, :2] * size).astype(int).clip(0, size - 1).T
        if not len(x) or (near[y, x] < _SURE).any():
            return np.full((SIDE, SIDE), 255, np.uint8)
        mask[_beyond_camera(picture)] = 255
        return np.asarray(cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)

    def close(self) -> None:
        """Free the graph."""
        self._graph.close()


def _beyond_camera(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(S, S): rows and columns at the edges that are black because the camera did not see so far."""
    lit = np.any(picture, axis=2)
    rows, columns = (np.maximum.accumulate(np.any(lit, axis=axis)) for axis in (1, 0))
    rows &= np.maximum.accumulate(np.any(lit, axis=1)[::-1])[::-1]
    columns &= np.maximum.accumulate(np.any(lit, axis=0)[::-1])[::-1]
    return np.asarray(~(rows[:, None] & columns[None]), np.bool_)


def segment_file(labelled: Path) -> bool:
    """Cache the silhouettes of every picture in a file of the teacher; whether there was anything to do.

    Args:
        labelled: `.npz` with `pictures` and `keypoints`, as the teacher leaves it.
    """
    path = silhouettes_path(labelled)
    if not labelled.exists():
        return False
    if path.exists() and path.stat().st_mtime_ns >= labelled.stat().st_mtime_ns:
        return False
    with open_arrays(labelled, "labels of pictures", error=TrainingError) as arrays:
        pictures, keypoints = arrays["pictures"], arrays["keypoints"]
    segmentation = Silhouettes()
    masks = [segmentation.of(picture, joints) for picture, joints in zip(pictures, keypoints, strict=True)]
    segmentation.close()
    path.parent.mkdir(exist_ok=True)
    keep_arrays(path, {"silhouettes": np.stack(masks)}, compressed=True)
    return True


def silhouettes_path(labelled: Path) -> Path:
    """Where the silhouettes of the pictures in a file of the teacher lie."""
    return labelled.parent / "silhouettes" / labelled.name


def load_silhouettes(labelled: Iterable[Path], every: int = 1) -> NDArray[np.uint8] | None:
    """(N, SIDE, SIDE) of every so many pictures of these files, or None where nobody was cut out."""
    masks = []
    for path in map(silhouettes_path, labelled):
        if not path.exists():
            return None
        with open_arrays(path, "silhouettes", error=TrainingError) as arrays:
            masks.append(arrays["silhouettes"][::every])
    return np.concatenate(masks) if masks else None
