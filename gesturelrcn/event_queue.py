"""Events that wait for somebody slow: bounded, and no start or end is ever lost."""

from collections import deque
from typing import Generic, TypeVar

QUEUE_LIMIT = 64
"""Events that may wait before `hold` events are dropped."""

_T = TypeVar("_T")


class EventQueue(Generic[_T]):
    """First in, first out. In a full queue `hold` events make room, the oldest first.

    What is no hold is never dropped, so the queue can outgrow its limit by starts, ends and changes of
    the source alone: a few a second at most. Not for several threads at once without a lock around it.
    """

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        """Args: limit: how many may wait before holds are dropped."""
        self._limit = limit
        self._waiting: deque[tuple[_T, bool]] = deque()

    def put(self, event: _T, *, hold: bool) -> None:
        """Queue an event; `hold` says that it may be dropped."""
        if len(self._waiting) >= self._limit:
            oldest_hold = next((each for each in self._waiting if each[1]), None)
            if oldest_hold is not None:
                self._waiting.remove(oldest_hold)
            elif hold:
                return
        self._waiting.append((event, hold))

    def take(self) -> _T:
        """The oldest.

        Raises:
            IndexError: nothing waits.
        """
        return self._waiting.popleft()[0]

    def drop_holds(self) -> None:
        """Keep what must not be lost."""
        self._waiting = deque(each for each in self._waiting if not each[1])

    @property
    def full(self) -> bool:
        """Whether the next event could cost a `hold`."""
        return len(self._waiting) >= self._limit

    def __len__(self) -> int:
        return len(self._waiting)
