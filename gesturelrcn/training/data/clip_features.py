"""What the taught CNNs say of every frame of a clip, computed once (see `features.extraction`).

The recurrent part trains on these a hundred times faster than on pictures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.clip import Clip


@dataclass(frozen=True)
class ClipFeatures:
    """A clip as the recurrent part gets it.

    Attributes:
        clip: where it comes from; `gesture` below is its label, which a flip may have mirrored.
        gesture: label.
        keypoints: (T, J, 3) float32.
        times: (T,) float32 seconds from the beginning of the clip.
        hands: (T, HAND_VALUES) float32, or None for a network that sees no hand.
        numbers: (T, K) float32 of the network's `regression`, NaN where nobody tells them; None for others.
    """

    clip: Clip
    gesture: str
    keypoints: NDArray[np.float32]
    times: NDArray[np.float32]
    hands: NDArray[np.float32] | None = None
    numbers: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class ClipSet:
    """Clips of one source, and how often streams are made of them.

    Attributes:
        name: for messages.
        clips: what the recurrent part gets to see.
        weight: share of the streams, relative to the other sets.
    """

    name: str
    clips: list[ClipFeatures]
    weight: float = 1.0
