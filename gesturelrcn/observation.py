"""What was made of one frame: the events that it decides and everything that led to them, in one value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.decoding import Evidence
from gesturelrcn.events import GestureEvent, Hand
from gesturelrcn.region import Region
from gesturelrcn.thresholds import Thresholds


@dataclass(frozen=True, eq=False)
class Observation:
    """What the recogniser made of one frame. Iterating gives the events; where there is none it is false.

    Of a frame that was passed over because nobody moves, or nobody fast, `events` are its own; the rest is
    that of the frame at which the model looked last.

    Attributes:
        events: that this frame decides, oldest first.
        region: where the person is, pixels of the frame; None for nobody.
        look: the square of the frame, in pixels, at which the model looked closely: around a hand; or None.
        keypoints: (J, 3) float32 x, y in shares of the region and visibility, or None.
        evidence: what the model told, with its times: the scores as they are, the hand that acts and where it
            is; or None.
        scores: (C,) float64 smoothed scores in the order of the card's classes, or None.
        active: the gesture that is going on, or None.
        evident: the same if the frame spoke for it; None too while that gesture fades.
        forgotten: how often all evidence was forgotten before this frame; 0 where nobody is seen.
        numbers: by name, what a model with `regression` tells of this frame, or None.
        thresholds: per gesture, those that decided this frame; a gesture that is off is not among them.
            None where nobody is seen.
    """

    events: tuple[GestureEvent, ...] = ()
    region: Region | None = None
    look: Region | None = None
    keypoints: NDArray[np.float32] | None = None
    evidence: Evidence | None = None
    scores: NDArray[np.float64] | None = None
    active: str | None = None
    evident: str | None = None
    forgotten: int = 0
    numbers: dict[str, float] | None = None
    thresholds: Mapping[str, Thresholds] | None = None

    @property
    def hand(self) -> Hand | None:
        """The user's own hand that acts: `left`, `right`, `both`, or None."""
        return None if self.evidence is None else self.evidence.hand

    @property
    def position(self) -> tuple[float, float] | None:
        """(x, y) of that hand in the person region, 0 to 1, or None."""
        return None if self.evidence is None else self.evidence.position

    def __iter__(self) -> Iterator[GestureEvent]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: int) -> GestureEvent:
        return self.events[index]
