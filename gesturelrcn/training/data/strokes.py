"""When a hand sweeps: labels of strokes hold more than the stroke, and in each set of data something else."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

DIRECTIONS: Mapping[str, tuple[float, float]] = {
    "swipe_left": (1.0, 0.0),
    "swipe_right": (-1.0, 0.0),
    "swipe_up": (0.0, -1.0),
    "swipe_down": (0.0, 1.0),
}
"""Of strokes in pictures that are not mirrored: there the person's own left is on the right."""

_SLOWEST = 0.6  # shoulder widths a second; what is slower is no part of a stroke
_LEAST = 0.3  # shoulder widths; shorter ways are no stroke
_AROUND = 0.15  # seconds before and after a label in which its stroke may lie as well


def stroke_in(
    wrists: NDArray[np.float32],
    shoulders: NDArray[np.float32],
    times: NDArray[np.float64],
    within: tuple[float, float],
    direction: tuple[float, float],
) -> tuple[float, float] | None:
    """When, within a label or just beside it, a hand moves farthest and fastest into a direction: its stroke.

    It is the stretch in which the way of a wrist, less what it would have gone at `_SLOWEST`, is longest.

    Args:
        wrists: (T, H, 2) places of one hand or more, in any unit that is the same in x and y.
        shoulders: (T, 2, 2) left and right.
        times: (T,) seconds.
        within: begin and end of the label, seconds.
        direction: unit vector in the picture.

    Returns:
        Begin and end of the stroke in seconds, or None where no hand goes `_LEAST` shoulder widths that way.
    """
    frames = np.flatnonzero((times >= within[0] - _AROUND) & (times <= within[1] + _AROUND))
    unit = max(float(np.median(np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1))), 1e-3)
    ways = (wrists[frames] - shoulders[frames].mean(1, keepdims=True)) @ np.array(direction) / unit
    best, stroke = _LEAST, None
    for way in ways.T:
        gained = way - _SLOWEST * times[frames]
        lowest = np.minimum.accumulate(gained)
        last = int(np.argmax(gained - lowest))
        if (gain := float(gained[last] - lowest[last])) > best:
            first = int(np.argmin(gained[: last + 1]))
            best, stroke = gain, (float(times[frames[first]]), float(times[frames[last]]))
    return stroke
