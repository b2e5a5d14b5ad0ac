"""What an engine is: a program that advances the model by one frame."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.model.card import ModelCard


@dataclass(frozen=True, eq=False)
class StepResult:
    """What one frame told.

    Attributes:
        scores: (C,) float32, softmax over the card's classes, `none` included.
        keypoints: (J, 3) float32: x, y in shares of the crop, visibility 0 to 1.
        state: (rows, 1, hidden) float32, to be given to the next step.
        numbers: (K,) float32 in the order of the card's `regression`; None for models that tell none.
    """

    scores: NDArray[np.float32]
    keypoints: NDArray[np.float32]
    state: NDArray[np.float32]
    numbers: NDArray[np.float32] | None = None


class Engine(Protocol):
    """Runs a model one frame at a time. It holds no state: state goes in and comes out."""

    card: ModelCard

    def initial_state(self) -> NDArray[np.float32]:
        """(rows, 1, hidden) zeros: nothing seen yet."""
        ...

    def step(
        self,
        crop: NDArray[np.uint8],
        state: NDArray[np.float32],
        dt: float,
        hand: NDArray[np.uint8] | None = None,
        side: int = 0,
    ) -> StepResult:
        """Advance by one frame.

        Args:
            crop: (size, size, 3) uint8 BGR.
            state: (rows, 1, hidden) float32 of the frame before.
            dt: seconds since the frame before.
            hand: (hand_size, hand_size, 3) uint8 BGR, a left one mirrored, for models that look at one;
                None while it is not known where the hand is.
            side: -1 for the left hand, 1 for the right one, 0 for none.
        """
        ...
