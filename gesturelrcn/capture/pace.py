"""How long may a source be silent? As long as its own rate explains."""

from collections import deque

SHORTEST_PATIENCE = 0.25
"""Seconds; a source of 10 frames a second or more counts as stalled after this long without a picture."""
LONGEST_PATIENCE = 3.0
"""Seconds; however slow a source is, and before its rate is known."""
PERIODS = 2.5
"""Periods of a slower source without a picture after which it counts as stalled."""
_REMEMBERED = 10


class Pace:
    """Learns the time between two pictures of a source and says how long to wait for the next.

    The period is the second longest of the last ten: one hiccup does not change it, a source that has
    become slow (a camera in the dark) is known after two slow pictures, and pictures that come in bursts
    are not mistaken for a fast source.
    """

    def __init__(self) -> None:
        self._periods: deque[float] = deque(maxlen=_REMEMBERED)
        self._last: float | None = None

    def add(self, at: float) -> None:
        """A picture came at `at` seconds."""
        if self._last is not None:
            self._periods.append(at - self._last)
        self._last = at

    def interrupt(self) -> None:
        """The source was opened anew: the time until its next picture says nothing about its rate."""
        self._last = None

    @property
    def patience(self) -> float:
        """Seconds after the last picture at which a source counts as stalled."""
        if len(self._periods) < 2:
            return LONGEST_PATIENCE
        period = sorted(self._periods)[-2]
        return min(max(PERIODS * period, SHORTEST_PATIENCE), LONGEST_PATIENCE)
