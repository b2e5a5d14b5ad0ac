"""The words that every room speaks: a gesture begins, holds, ends."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Generic, Literal, TypeVar

Hand = Literal["left", "right", "both"]


class Phase(str, Enum):
    """Where in its life a gesture is. Compares equal to its plain string: `event.phase == "start"`."""

    START = "start"
    HOLD = "hold"
    END = "end"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class GestureEvent:
    """One step in the life of one gesture.

    Attributes:
        gesture: name from the vocabulary, from the user's own point of view (`point_right` is the
            user's right).
        phase: `start`, `hold` (repeated while there are signs of it) or `end`.
        id: the same number from start to end; one gesture has one id.
        confidence: 0 to 1, the smoothed score of the gesture when this was decided.
        captured_at: seconds on the source's clock (monotonic clock for live sources, media time for
            recordings) when the deciding frame was captured.
        decided_at: seconds on the same clock when the decision was made.
        hand: the user's own `left` or `right` hand, `both`, or None where the model does not say.
        position: (x, y) of that hand in the person region, 0 to 1 from the top left of the picture,
            or None.
        media_time: seconds from the beginning of a recording, or None for live sources.
    """

    gesture: str
    phase: Phase
    id: int
    confidence: float
    captured_at: float
    decided_at: float
    hand: Hand | None = None
    position: tuple[float, float] | None = None
    media_time: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain types; seconds and shares rounded to six places; no `media_time` for live sources."""
        plain: dict[str, Any] = {
            key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(self).items()
        }
        plain["phase"] = self.phase.value
        if self.position is not None:
            plain["position"] = [round(share, 6) for share in self.position]
        if self.media_time is None:
            del plain["media_time"]
        return plain

    def to_json(self) -> str:
        """One line of JSON without a newline."""
        return json.dumps(self.to_dict())


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
