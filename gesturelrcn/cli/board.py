"""What everybody in the room shall see: the state, what was done, what was nearly recognised."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gesturelrcn.actions import ActionState, Decision
from gesturelrcn.actions.dispatcher import News

if TYPE_CHECKING:
    from gesturelrcn.trace import Moment

NEWS_LASTS = 2.0
"""Seconds that something stays on the board."""


@dataclass(frozen=True)
class Status:
    """One look at the board.

    Attributes:
        state: whether anything may fire.
        news: what was done last, held back or nearly recognised; empty after a while.
        good: the news is that something was done.
    """

    state: ActionState
    news: str = ""
    good: bool = False


class Board:
    """Collects news from the dispatcher and moments from the stream; read from the thread that draws."""

    def __init__(self, state: Callable[[], ActionState]) -> None:
        """Args: state: of the dispatcher."""
        self._state = state
        self._lock = threading.Lock()
        self._news = ""
        self._good = False
        self._since = -NEWS_LASTS

    def heard(self, news: News) -> None:
        """A listener of the dispatcher."""
        if isinstance(news, Decision):
            self._put(told(news), news.fired)

    def passed(self, moment: "Moment") -> None:
        """A moment is over; a near miss is news."""
        if not moment.recognised:
            self._put(nearly(moment), good=False)

    @property
    def status(self) -> Status:
        """What to show now."""
        with self._lock:
            fresh = time.monotonic() - self._since < NEWS_LASTS
            news, good = (self._news, self._good) if fresh else ("", False)
        return Status(self._state(), news, good)

    def _put(self, news: str, good: bool) -> None:
        with self._lock:
            self._news, self._good, self._since = news, good, time.monotonic()


def told(decision: Decision) -> str:
    """A decision in one line."""
    return decision.meaning if decision.fired else f"no {decision.meaning}: {decision.inhibitor}"


def nearly(moment: "Moment") -> str:
    """A near miss in one line."""
    from gesturelrcn.trace.explanation import why_not_recognised  # loads numpy

    return f"nearly {moment.gesture}: {why_not_recognised(moment)}"
