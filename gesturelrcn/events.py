"""The words that every room speaks: a gesture begins, holds, ends."""

import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Literal

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
        phase: `start`, `hold` (repeated while it lasts) or `end`.
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
