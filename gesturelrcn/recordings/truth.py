"""What really happened in a recording: the words of those who make truth and those who measure by it.

All times are seconds from the beginning of the recording.
"""

import math
from dataclasses import dataclass

from gesturelrcn.events import Hand


@dataclass(frozen=True)
class TrueGesture:
    """One gesture that was really made.

    Attributes:
        gesture: name; left and right are the person's own.
        onset: the hand visibly leaves its rest.
        offset: the hand begins to go back.
        stroke_end: the pose is reached, or the sweep is over; NaN where nobody has said.
        rested: the hand is back at rest; NaN where nobody has said.
        hand: the person's own hand that did it, or "both"; None where nobody has said.
        timed: False where nobody has said when it began: `onset` is then only the earliest it can be, and
            nothing is to be read off how long a decision took.
    """

    gesture: str
    onset: float
    offset: float
    stroke_end: float = math.nan
    rested: float = math.nan
    hand: Hand | None = None
    timed: bool = True


@dataclass(frozen=True)
class Activity:
    """A stretch without a gesture: "idle", "return_stroke", or the name of an everyday movement."""

    activity: str
    start: float
    end: float
