"""Which frames nobody needs to look at: some of a quick camera, while nothing moves fast.

Cameras deliver thirty pictures a second; the model is told how far apart two of them are, and has been taught
from eight a second on. What happens slowly it sees as well in half of them, for half of the work.
"""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS

SLOW = 0.075
"""Seconds between two looks, at most, while movements are slow: every other one of 30 frames a second."""
STILL = 0.115
"""The same where nobody is there or hands hardly move, while no gesture goes on: every third of those."""
HARDLY = 0.12
"""Sides of the region in a second (half a shoulder width) below which a hand hardly moves."""
FAST = 0.35
"""Sides of the region in a second (1.5 shoulder widths): from here on a hand moves fast."""
_VISIBLE = 0.3
_HANDS = [KEYPOINTS.index(f"{side}_{end}") for side in ("left", "right") for end in ("wrist", "index_tip")]


class LookRate:
    """Remembers how fast the hands were when the model looked last."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next frame is looked at."""
        self._looked_at: float | None = None
        self._last_at: float | None = None
        self._hands: NDArray[np.float32] | None = None
        self._speed = 0.0

    def passes(self, at: float, *, active: bool = False) -> bool:
        """Whether the frame taken at `at` seconds needs no look, since the next one will come in time.

        Args:
            at: seconds.
            active: a gesture goes on, whose end must be noticed soon.
        """
        last, self._last_at = self._last_at, at
        if last is None or self._looked_at is None or self._speed > FAST:
            return False
        longest = STILL if self._speed < HARDLY and not active else SLOW
        period = at - last
        return period > 0 and at + period - self._looked_at <= longest

    def looked(self, at: float, keypoints: NDArray[np.float32] | None) -> None:
        """A frame was looked at.

        Args:
            at: seconds, when it was taken.
            keypoints: (J, 3) x, y in shares of the region and visibility; None where nobody is there.
        """
        hands = None if keypoints is None else keypoints[_HANDS]
        self._speed = 0.0
        if hands is not None and self._hands is not None and self._looked_at is not None:
            ways = np.abs(hands[:, :2] - self._hands[:, :2]).max(axis=1)[hands[:, 2] > _VISIBLE]
            self._speed = float(ways.max(initial=0.0)) / max(at - self._looked_at, 1e-3)
        elif hands is not None:
            self._speed = HARDLY  # not known yet
        self._looked_at, self._hands = at, hands
