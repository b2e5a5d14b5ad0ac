"""When a gesture begins and when it ends: what a model's card tells the decoder."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """When a gesture begins and ends.

    Attributes:
        start: smoothed score at which the gesture may begin.
        end: smoothed score below which it may end; lower than `start`.
        start_after: seconds for which the score must stay above `start`.
        end_after: seconds for which it must stay below `end`.
    """

    start: float
    end: float
    start_after: float
    end_after: float
