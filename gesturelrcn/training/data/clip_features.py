"""What the taught CNNs say of every frame of a clip, computed once (see `features.extraction`).

The recurrent part trains on these a hundred times faster than on pictures.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_VALUES
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import Activity, TrueGesture

UNKNOWN_HAND = np.zeros(HAND_VALUES, np.float32)
"""(HAND_VALUES,) of a frame in which nobody has looked at a hand.

The network reads landmarks times presence, and presence less a half: so nothing is said of the hand, neither
that there is one nor that there is none.
"""
UNKNOWN_HAND[-2] = 0.5
UNKNOWN_HAND.flags.writeable = False


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
        gestures: what happens in a whole stream, in order of time; None for a clip of one gesture or of none.
        untold: stretches of a stream of which nobody can say what they are.
    """

    clip: Clip
    gesture: str
    keypoints: NDArray[np.float32]
    times: NDArray[np.float32]
    hands: NDArray[np.float32] | None = None
    numbers: NDArray[np.float32] | None = None
    gestures: tuple[TrueGesture, ...] | None = None
    untold: tuple[Activity, ...] = ()


@dataclass(frozen=True)
class ClipSet:
    """Clips of one source, and how often streams are made of them.

    Attributes:
        name: for messages.
        clips: what the recurrent part gets to see.
        weight: share of the streams, relative to the other sets.
        unlabelled: gestures that occur in it though nobody has said where: they are no error in `none`.
        weights: that of each reader, where it is not the same for all.
    """

    name: str
    clips: list[ClipFeatures]
    weight: float = 1.0
    unlabelled: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    def of_reader(self, number: int) -> "ClipSet":
        """The same with the weight that it has for one of the readers."""
        return replace(self, weight=self.weights[number]) if self.weights else self
