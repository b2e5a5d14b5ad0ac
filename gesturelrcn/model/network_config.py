"""The sizes of the network, readable without torch."""

from dataclasses import dataclass

from gesturelrcn.keypoints import HAND_VALUES, KEYPOINTS


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes of the network.

    Attributes:
        classes: names of the scores in order; contains `none`.
        size: side of the input picture, pixels; a multiple of 16.
        hidden: width of the LSTM.
        joint_features: width of the description of the joints.
        dropout: share of the features that are dropped in training.
        hand_size: side of the picture of the hand, pixels, a multiple of 16; 0 for a network without one.
        hand_features: width of the description of the hand.
        motion: the LSTMs read also how quickly joints and landmarks move since the frame before.
        readers: temporal heads side by side, an ensemble: trained apart, their scores are averaged. They have
            this name in configs, cards and files of weights.
        regression: names of numbers that are told of every frame beside the scores; none by default.
    """

    classes: tuple[str, ...]
    size: int = 128
    hidden: int = 128
    joint_features: int = 64
    dropout: float = 0.4
    hand_size: int = 0
    hand_features: int = 64
    motion: bool = False
    readers: int = 1
    regression: tuple[str, ...] = ()

    @property
    def observed(self) -> int:
        """How many numbers the LSTM reads of a frame, before any layer."""
        return 3 * len(KEYPOINTS) + (HAND_VALUES if self.hand_size else 0)

    @property
    def state_shape(self) -> tuple[int, int]:
        """Rows and width of the state: hidden and cell state of each temporal head, what was last seen."""
        if not self.motion:
            return 2 * self.readers, self.hidden
        return 2 * self.readers + 1, max(self.hidden, self.observed + 1)
