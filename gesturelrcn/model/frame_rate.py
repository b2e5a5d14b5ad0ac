"""The frame rates for which a model was trained: more is thinned out, less is told."""

from collections import deque
from statistics import median

_SLACK = 0.05
"""Share of a period by which a frame may come early; cameras do."""
_KNOWN_AFTER = 10
"""Periods from which a rate is known."""
_REMEMBERED = 30


class FrameRate:
    """Which frames of a source a model needs, and whether it gets enough of them.

    Attributes:
        slowest: frames a second for which the model was trained, at least.
        fastest: the same, at most.
    """

    def __init__(self, slowest: float, fastest: float) -> None:
        self.slowest, self.fastest = slowest, fastest
        self._periods: deque[float] = deque(maxlen=_REMEMBERED)
        self._last: float | None = None
        self._due = 0.0

    def takes(self, at: float) -> bool:
        """Whether the frame at `at` seconds is needed. Asked only about those that are, it needs them all."""
        last, self._last = self._last, at
        period = 1.0 / self.fastest
        if last is None or at < last:
            self._due = at + period
            return True
        self._periods.append(at - last)
        if at < self._due - _SLACK * period:
            return False
        # Steadily: what is only uneven loses nothing. What was missed long ago is not made up for.
        self._due = max(self._due, at - period) + period
        return True

    @property
    def too_slow(self) -> float | None:
        """Frames a second, where that is less than the model was trained for; None where it is not."""
        if len(self._periods) < _KNOWN_AFTER:
            return None
        rate = 1.0 / max(median(self._periods), 1e-9)
        return rate if rate < self.slowest * (1 - _SLACK) else None
