"""A locator that is slow or may hang is kept beside the loop."""

import logging
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import Locator
from gesturelrcn.region.locator_thread import HUNG_AFTER, LocatingThread
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.region.tracker import RegionTracker

logger = logging.getLogger(__name__)

MOST_LEFT_BEHIND = 3
"""Locators that hang at the same time; no new one is made until one of them comes back."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts to make a locator; doubled from attempt to attempt."""
BLIND_FOR = 10.0
"""Seconds for which the last region is kept while the locator gives no answer at all."""


class BackgroundFollower:
    """Runs the locator in a thread of its own on the newest frame, so that no frame waits for it.

    A locator that hangs or fails again and again is left behind and a new one is made; meanwhile the last
    region is kept for ten seconds.
    """

    def __init__(
        self,
        locator: Callable[[], Locator],
        *,
        every: float = 0.4,
        hung_after: float = HUNG_AFTER,
    ) -> None:
        """Set up the follower.

        Args:
            locator: makes the locator, in the thread.
            every: seconds between two calls.
            hung_after: seconds after which a call counts as hanging.
        """
        self._make = locator
        self._every = every
        self._hung_after = hung_after
        self._tracker = RegionTracker()
        self._shape: tuple[int, ...] | None = None
        self._asked_at: float | None = None
        self._answered_at: float | None = None
        self._left_behind: list[LocatingThread] = []
        self._pause = FIRST_PAUSE
        self._make_at = 0.0
        self._chosen: tuple[float, float] | None = None
        self._clock = 0  # how often it began anew
        self._thread: LocatingThread | None = self._start()

    def _start(self) -> LocatingThread:
        return LocatingThread(self._make, self._every)

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """See `Follower`. Never waits for the locator.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        if self._asked_at is not None and at < self._asked_at:
            self.forget()
        if image.shape != self._shape:
            self._tracker.reset()
            self._answered_at = None
        self._shape, self._asked_at = image.shape, at
        self._watch()
        if self._thread is not None:
            chosen, self._chosen = self._chosen, None
            for clock, shape, located_at, region in self._thread.exchange(image, at, chosen, self._clock):
                if clock == self._clock and shape == image.shape and located_at <= at:
                    self._answered_at = located_at
                    self._tracker.update(region)
                    self._pause = FIRST_PAUSE
        self._bridge(at)
        return self._tracker.at(at)

    def forget(self) -> None:
        """See `Forgets`. What the locator still finds in older pictures is left out."""
        self._tracker.reset()
        self._answered_at = self._chosen = None
        self._clock += 1

    def _bridge(self, at: float) -> None:
        """Silence of the locator is not the absence of a person."""
        answered = self._answered_at
        silent = 0.0 if answered is None else at - answered
        if self._tracker.settings.lost_after / 2 < silent < BLIND_FOR:
            self._tracker.hold(at)

    def _watch(self) -> None:
        """Replace a locator that hangs or has ended."""
        now = time.monotonic()
        thread = self._thread
        if thread is not None and not thread.ended and thread.busy_for(now) < self._hung_after:
            return
        if thread is not None:
            why = "has failed" if thread.ended else f"has not answered for {self._hung_after:g} s"
            logger.warning("the person locator %s; a new one is made", why)
            thread.leave()
            self._left_behind.append(thread)
            self._thread = None
            self._make_at = now + (self._pause if thread.ended else 0.0)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._left_behind = [left for left in self._left_behind if left.alive]
        if now >= self._make_at and len(self._left_behind) < MOST_LEFT_BEHIND:
            self._thread = self._start()

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame."""
        self._chosen = (x, y)

    def take_jump(self) -> bool:
        """See `Follower`."""
        return self._tracker.take_jump()

    def close(self) -> None:
        """End the thread; a call that is under way for longer than 0.25 s is left behind."""
        if self._thread is not None:
            self._thread.close()
