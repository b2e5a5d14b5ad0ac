"""What an overlay can tell about one frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.actions.decisions import ActionState
from gesturelrcn.events import Hand
from gesturelrcn.region import Region


@dataclass(frozen=True)
class Note:
    """Something that happened a while ago.

    Attributes:
        text: a few words.
        age: seconds since then.
        good: something was done; else it was held back or missed.
    """

    text: str
    age: float = 0.0
    good: bool = False


@dataclass(frozen=True, eq=False)
class Known:
    """Everything that is drawn; what is None is left out.

    Attributes:
        region: where the person is, pixels of the frame; None for nobody.
        look: the square around the hand at which the network looked closely, pixels of the frame.
        joints: (4, 3) left wrist, right wrist, left and right tip of the index finger: x, y in pixels of the
            frame, and visibility 0 to 1.
        hand: the user's own hand that acts.
        gesture: that goes on, or else the strongest; None where there is hardly any sign of one.
        score: of that gesture, smoothed, 0 to 1.
        start: score at which it starts.
        active: it goes on.
        state: whether actions may fire.
        latency: seconds from capture to decision.
        fps: frames a second.
        action: what was done or held back last.
        near_miss: the gesture that was nearly recognised last.
    """

    region: Region | None = None
    look: Region | None = None
    joints: NDArray[np.float32] | None = None
    hand: Hand | None = None
    gesture: str | None = None
    score: float = 0.0
    start: float = 1.0
    active: bool = False
    state: ActionState | None = None
    latency: float | None = None
    fps: float | None = None
    action: Note | None = None
    near_miss: Note | None = None
