"""Callbacks beside the loop: a slow one delays no frame."""

import logging
import threading
from collections.abc import Callable

from gesturelrcn.capture.states import SourceChange
from gesturelrcn.events import EventQueue, GestureEvent, Phase

logger = logging.getLogger(__name__)

DRAIN_TIMEOUT = 0.3
"""Seconds that callbacks have at the end to take the events that still wait."""

Callback = Callable[[GestureEvent], object]
SourceCallback = Callable[[SourceChange], object]
StreamNews = GestureEvent | SourceChange


class CallbackThread:
    """Calls a function with one event or change of the source after the other, in a thread of its own.

    Attributes:
        exit: what the function raised; such as SystemExit, which means the program and not the thread.
    """

    def __init__(self, call: Callable[[StreamNews], object]) -> None:
        self.exit: BaseException | None = None
        self._call = call
        self._waiting: EventQueue[StreamNews] = EventQueue()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="gesture-callbacks", daemon=True)
        self._thread.start()

    def put(self, event: StreamNews) -> None:
        """Queue an event without waiting. In a full queue `hold` events make room, the oldest first.

        A `start`, an `end` or a change of the source is never dropped, so the queue can outgrow its
        limit by those alone: a few a second at most.
        """
        with self._changed:
            self._waiting.put(event, hold=_is_hold(event))
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                event = self._waiting.take()
            try:
                self._call(event)
            except BaseException as error:
                self.exit = error

    def close(self) -> None:
        """Let callbacks take the starts and ends that still wait; leave one that hangs behind."""
        with self._changed:
            self._closing = True
            self._waiting.drop_holds()
            self._changed.notify_all()
        self._thread.join(DRAIN_TIMEOUT)
        if self._thread.is_alive():
            logger.warning("a callback has not come back for %g s and is left behind", DRAIN_TIMEOUT)


def _is_hold(event: StreamNews) -> bool:
    return isinstance(event, GestureEvent) and event.phase == Phase.HOLD
