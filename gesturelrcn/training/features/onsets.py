"""When a movement begins and whether it is over in the end, where nobody has said: the joints tell."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS

MOVED = 0.45
"""Shoulder widths by which a joint must have left its first place."""

_SHOULDERS = [KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]
_MOVING = [i for i, name in enumerate(KEYPOINTS) if name.endswith(("wrist", "elbow", "nose"))]


def onset_of(keypoints: NDArray[np.float32], times: NDArray[np.float32]) -> float:
    """Seconds until wrists, elbows or nose, relative to the shoulders, have left their first place.

    0 where they never do: then the whole clip is the gesture.

    Args:
        keypoints: (T, J, 3) of one clip.
        times: (T,) seconds.
    """
    away = _away(keypoints)
    return float(times[int(away.argmax())]) if away.any() else 0.0


def offset_of(keypoints: NDArray[np.float32], times: NDArray[np.float32]) -> float | None:
    """Seconds until they were away from there for the last time; None where they are at the clip's end.

    Whoever is back in the first place at the end has done the whole of it, the way back included.

    Args:
        keypoints: (T, J, 3) of one clip.
        times: (T,) seconds.
    """
    away = np.flatnonzero(_away(keypoints))
    return None if not len(away) or away[-1] >= len(times) - 2 else float(times[int(away[-1])])


def _away(keypoints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(T,) whether a joint is away from its first place."""
    shoulders = keypoints[:, _SHOULDERS, :2]
    width = float(np.median(np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1)))
    joints = keypoints[:, _MOVING, :2] - shoulders.mean(1, keepdims=True)
    first = np.median(joints[: max(1, len(joints) // 10)], axis=0)
    return np.asarray(np.linalg.norm(joints - first, axis=-1).max(1) > MOVED * max(width, 1e-3))
