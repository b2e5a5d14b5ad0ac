"""The clock of the source, read off its frames and events: that of a recording is not ours."""

import math
from collections.abc import Callable

_BEGAN_AGAIN = 1.0
"""Seconds that the clock of a live source has to go back for it to have begun again."""


class SourceClock:
    """Goes on from the time of the last frame at the pace of our own clock.

    Frames come when they are taken. Events may wait behind somebody's slow callback: what is older than the
    newest frame did not set the clock back, it came late.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: our own, seconds."""
        self._clock = clock
        self._ahead: float | None = None
        self._last: dict[str, float] = {}
        self._source: str | None = None

    def frame(self, at: float, source: str | None = None) -> bool:
        """A frame is taken now, at `at` seconds on the source's clock. True if the source began again.

        So it did if it is another one by its name.
        """
        if source is not None:
            if self._source not in (None, source):
                self._last["frame"] = math.inf
            self._source = source
        return self._set("frame", at, waited=False)

    def event(self, at: float, *, waited: bool) -> bool:
        """An event of a frame that was taken at `at` has come. True if the source began again.

        Args:
            at: seconds on the source's clock.
            waited: it may have waited: it can be later than `at` now, but not earlier.
        """
        return self._set("event", at, waited=waited)

    def _set(self, kind: str, at: float, *, waited: bool) -> bool:
        # Each kind comes in order of time, an event perhaps long after a newer frame; a recording's exactly.
        slack = 0.0 if kind == "event" and not waited else _BEGAN_AGAIN
        began_again = at < self._last.get(kind, at) - slack
        if began_again:
            self._last.clear()
        self._last[kind] = at
        ahead = at - self._clock()
        if began_again or not waited or self._ahead is None or ahead > self._ahead:
            self._ahead = ahead
        return began_again

    def now(self) -> float:
        """Seconds on the source's clock; our own before anything came."""
        return self._clock() + (self._ahead or 0.0)

    def age(self, at: float) -> float:
        """Seconds that have passed on the source's clock since `at`; 0 for what lies ahead."""
        return max(0.0, self.now() - at)
