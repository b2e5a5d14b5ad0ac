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
        state: (2, 1, hidden) float32, to be given to the next step.
    """

    scores: NDArray[np.float32]
    keypoints: NDArray[np.float32]
    state: NDArray[np.float32]


class Engine(Protocol):
    """Runs a model one frame at a time. It holds no state: state goes in and comes out."""

    card: ModelCard

    def initial_state(self) -> NDArray[np.float32]:
        """(2, 1, hidden) zeros: nothing seen yet."""
        ...

    def step(self, crop: NDArray[np.uint8], state: NDArray[np.float32], dt: float) -> StepResult:
        """Advance by one frame.

        Args:
            crop: (size, size, 3) uint8 BGR.
            state: (2, 1, hidden) float32 of the frame before.
            dt: seconds since the frame before.
        """
        ...
