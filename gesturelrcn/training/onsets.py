"""When a movement begins, where nobody has said: the joints tell."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.model.keypoints import KEYPOINTS

MOVED = 0.45
"""Shoulder widths by which a joint must have left its first place."""

_SHOULDERS = [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]
_ARMS = [i for i, name in enumerate(KEYPOINTS) if name.endswith(("wrist", "elbow"))]


def onset_of(keypoints: NDArray[np.float32], times: NDArray[np.float32]) -> float:
    """Seconds until wrists or elbows, relative to the shoulders, have left their first place.

    0 where they never do: then the whole clip is the gesture.

    Args:
        keypoints: (T, J, 3) of one clip.
        times: (T,) seconds.
    """
    shoulders = keypoints[:, _SHOULDERS, :2]
    width = float(np.median(np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1)))
    arms = keypoints[:, _ARMS, :2] - shoulders.mean(1, keepdims=True)
    first = np.median(arms[: max(1, len(arms) // 10)], axis=0)
    away = np.linalg.norm(arms - first, axis=-1).max(1) > MOVED * max(width, 1e-3)
    return float(times[int(away.argmax())]) if away.any() else 0.0
