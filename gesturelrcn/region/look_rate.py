"""Which frames nobody needs to look at: every other one of a quick camera, while nothing moves fast.

Cameras deliver thirty pictures a second; the model is told how far apart two of them are, and has been taught
from eight a second on. What happens slowly it sees as well in half of them, for half of the work.
"""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS

ENOUGH = 0.045
"""Seconds after a look within which slow movements need no other one; cameras of up to 22 frames a second
have every frame looked at."""
ENOUGH_AT_REST = 0.09
"""The same where nobody is there, or nobody has moved for a while."""
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
        self._hands: NDArray[np.float32] | None = None
        self._fast = False
        self._enough = ENOUGH

    def passes(self, at: float) -> bool:
        """Whether the frame taken at `at` seconds needs no look."""
        since = None if self._looked_at is None else at - self._looked_at
        return since is not None and not self._fast and 0 <= since < self._enough

    def looked(self, at: float, keypoints: NDArray[np.float32] | None, *, at_rest: bool = False) -> None:
        """A frame was looked at.

        Args:
            at: seconds, when it was taken.
            keypoints: (J, 3) x, y in shares of the region and visibility; None where nobody is there.
            at_rest: nobody has moved for a while.
        """
        self._enough = ENOUGH_AT_REST if at_rest or keypoints is None else ENOUGH
        hands = None if keypoints is None else keypoints[_HANDS]
        if hands is not None and self._hands is not None and self._looked_at is not None:
            way = np.abs(hands[:, :2] - self._hands[:, :2]).max(axis=1)[hands[:, 2] > _VISIBLE]
            self._fast = bool((way > FAST * (at - self._looked_at)).any())
        else:
            self._fast = False
        self._looked_at, self._hands = at, hands
