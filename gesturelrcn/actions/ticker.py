"""A thread that sees to what is due while nothing else happens."""

import threading
import time
from collections.abc import Callable

TICK = 0.02
"""Seconds between two looks."""


class Ticker:
    """Calls a function every 20 ms for as long as there is something to see to; asleep otherwise.

    The thread starts when it is first needed. What the function raises is kept for whoever asks next, and the
    calls go on.
    """

    def __init__(self, tick: Callable[[], object], busy: Callable[[], bool]) -> None:
        """Args: tick: is called, in the ticker's thread. busy: there is something to see to."""
        self._tick = tick
        self._busy = busy
        self._something_due = threading.Event()
        self._stopped = False
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be something to see to now. From one thread only."""
        if not self._busy():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_ticking, name="gesture-actions", daemon=True)
            self._thread.start()
        self._something_due.set()

    def take_failure(self) -> Exception | None:
        """What the function raised since this was asked last, the newest; None for nothing."""
        failure, self._failure = self._failure, None
        return failure

    def stop(self) -> None:
        """Call no more, from the next look on."""
        self._stopped = True
        self._something_due.set()

    def join(self, timeout: float) -> None:
        """Wait until the thread has ended, after `stop`, for at most so many seconds."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _keep_ticking(self) -> None:
        while not self._stopped:
            self._something_due.wait()
            time.sleep(TICK)
            try:
                self._tick()
            except Exception as error:
                self._failure = error
            # In this order: what comes in between sets it again and is not overlooked.
            self._something_due.clear()
            if self._stopped or self._busy():
                self._something_due.set()
