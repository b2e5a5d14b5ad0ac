"""The clock of the source, read off its frames: that of a recording is not ours."""

import math
from collections.abc import Callable

_BEGAN_AGAIN = 1.0
"""Seconds that the source's clock has to go back for it to have begun again."""


class SourceClock:
    """Goes on from the time of the last frame at the pace of our own clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: our own, seconds."""
        self._clock = clock
        self._ahead = 0.0
        self._last = -math.inf

    def set(self, at: float) -> bool:
        """It is `at` now, in seconds on the source's clock. True if the source began again."""
        began_again = at < self._last - _BEGAN_AGAIN
        self._last = at
        self._ahead = at - self._clock()
        return began_again

    def now(self) -> float:
        """Seconds on the source's clock."""
        return self._clock() + self._ahead
