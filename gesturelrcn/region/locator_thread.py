"""A locator on a thread of its own, which can be left behind where it hangs."""

import logging
import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import Forgets, Locator, PersonChooser
from gesturelrcn.region.region import Region
from gesturelrcn.system.memory import give_back
from gesturelrcn.system.stuck_threads import leave_behind

logger = logging.getLogger(__name__)

HUNG_AFTER = 4.0
"""Seconds after which a call counts as hanging; on a busy core one takes a few tenths."""
MAKING = 30.0
"""Further seconds for making the locator: its libraries are loaded then."""
MOST_FAILURES = 5
"""Failures one after the other after which a locator is given up; one bad picture must not blind it."""
CLOSE_TIMEOUT = 0.25
"""Seconds that close() waits for a call under way."""

Answer = tuple[int, tuple[int, ...], float, Region | None]
"""Number of the clock, shape of the picture, when it was taken, and who is in it."""


class LocatingThread:
    """Locates the person in the newest picture that it was given, again and again."""

    def __init__(self, make: Callable[[], Locator], every: float) -> None:
        """Args: make: makes the locator, on the thread. every: seconds between two calls."""
        self._make = make
        self._every = every
        self._changed = threading.Condition()
        self._newest: tuple[NDArray[np.uint8], float, int] | None = None
        self._clock = 0
        self._chosen: tuple[float, float] | None = None
        self._answers: list[Answer] = []
        self._closing = False
        self._hangs_from: float | None = time.monotonic() + MAKING
        self.ended = False
        self._thread = threading.Thread(target=self._work, name="gesturelrcn-locator", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def busy_for(self, now: float) -> float:
        """Seconds for which a call is under way; 0 between calls and while the locator is being made."""
        since = self._hangs_from
        return 0.0 if since is None else max(0.0, now - since)

    def exchange(
        self, image: NDArray[np.uint8], at: float, chosen: tuple[float, float] | None, clock: int
    ) -> list[Answer]:
        """Give the newest picture and, where somebody chose, the place of a person; get what was found.

        A picture with another number of its clock has nothing to do with those before.
        """
        with self._changed:
            self._newest = (image, at, clock)
            self._chosen = chosen or self._chosen
            answers, self._answers = self._answers, []
            self._changed.notify()
        return answers

    def leave(self) -> None:
        """Want nothing more of it; the thread ends when its call returns."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        leave_behind(self._thread)

    def close(self) -> None:
        """End the thread; one that hangs is left behind."""
        self.leave()
        self._thread.join(CLOSE_TIMEOUT)
        if self._thread.is_alive():
            logger.debug("the person locator still works; its thread is left behind")

    def _work(self) -> None:
        try:
            locator = self._make()
            give_back()
            self._hangs_from = None
            try:
                self._locate_for_ever(locator)
            finally:
                locator.close()
        except Exception:
            logger.exception("the person locator cannot go on")
        finally:
            self.ended = True

    def _locate_for_ever(self, locator: Locator) -> None:
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._newest is not None)
                if self._closing or self._newest is None:
                    return
                (image, at, clock), self._newest = self._newest, None
                chosen, self._chosen = self._chosen, None
            if clock != self._clock and isinstance(locator, Forgets):
                locator.forget()
            self._clock = clock
            failures = 0 if self._look(locator, image, at, chosen) else failures + 1
            if failures == MOST_FAILURES:
                return
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._chosen is not None, self._every)

    def _look(
        self, locator: Locator, image: NDArray[np.uint8], at: float, chosen: tuple[float, float] | None
    ) -> bool:
        self._hangs_from = time.monotonic()
        try:
            if chosen is not None and isinstance(locator, PersonChooser):
                locator.choose(*chosen)
            region = locator.locate(image, at)
        except Exception:  # one bad picture must not blind the rest of the session
            logger.exception("the person locator failed on a frame")
            return False
        finally:
            self._hangs_from = None
        with self._changed:
            self._answers.append((self._clock, image.shape, at, region))
        return True
