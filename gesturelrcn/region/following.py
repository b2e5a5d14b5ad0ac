"""Locator and tracker together: in step with the frames for recordings, beside the loop for live sources."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import Locator, PoseLocator
from gesturelrcn.region.square import Region
from gesturelrcn.region.tracker import RegionTracker

logger = logging.getLogger(__name__)


class Follower(Protocol):
    """Says for each frame where the person is."""

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """The region for `image` ((H, W, 3) uint8 BGR), taken at `at` seconds, or None for nobody."""
        ...

    def take_jump(self) -> bool:
        """True once after the region moved to another place or person at once."""
        ...

    def close(self) -> None:
        """Free what is held; a background thread ends."""
        ...


class SteppedFollower:
    """Calls the locator at a fixed cadence in media time: a replay gives the same regions every time."""

    def __init__(self, locator: Locator | None = None, *, every: float = 0.4) -> None:
        """Args: locator: default MediaPipe Pose. every: seconds of media time between two calls."""
        self._locator = locator if locator is not None else PoseLocator()
        self._tracker = RegionTracker()
        self._every = every
        self._due: float | None = None

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """See `Follower`. While there is nobody, every frame is searched at a quarter of the cadence."""
        if self._due is None or at >= self._due:
            found = self._locator.locate(image, at)
            self._tracker.update(found)
            self._due = at + (self._every if found is not None else self._every / 4)
        return self._tracker.at(at)

    def take_jump(self) -> bool:
        """See `Follower`."""
        return self._tracker.take_jump()

    def close(self) -> None:
        """Free the locator."""
        self._locator.close()


class BackgroundFollower:
    """Runs the locator in a thread of its own on the newest frame, so that no frame waits for it."""

    def __init__(self, locator: Callable[[], Locator] = PoseLocator, *, every: float = 0.4) -> None:
        """Args: locator: makes the locator, in the thread. every: seconds between two calls."""
        self._make = locator
        self._every = every
        self._tracker = RegionTracker()
        self._changed = threading.Condition()
        self._newest: tuple[NDArray[np.uint8], float] | None = None
        self._found: list[Region] = []
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="gesturelrcn-locator", daemon=True)
        self._thread.start()

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """See `Follower`. Never waits for the locator."""
        with self._changed:
            self._newest = (image, at)
            found, self._found = self._found, []
            self._changed.notify()
        for region in found:
            self._tracker.update(region)
        return self._tracker.at(at)

    def _work(self) -> None:
        try:
            locator = self._make()
        except Exception:
            logger.exception("the person locator cannot start; nobody will be found")
            return
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._closing or self._newest is not None)
                    if self._closing:
                        return
                    assert self._newest is not None
                    image, at = self._newest
                    self._newest = None
                self._look(locator, image, at)
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, timeout=self._every)
        finally:
            locator.close()

    def _look(self, locator: Locator, image: NDArray[np.uint8], at: float) -> None:
        try:
            found = locator.locate(image, at)
        except Exception:  # one bad picture must not blind the rest of the session
            logger.exception("the person locator failed on a frame")
            return
        if found is not None:
            with self._changed:
                self._found.append(found)

    def take_jump(self) -> bool:
        """See `Follower`."""
        return self._tracker.take_jump()

    def close(self) -> None:
        """End the thread; waits at most one second for a call that is under way."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout=1.0)
