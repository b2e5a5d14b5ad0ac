"""The reference engine: the torch module itself, eager, one thread. Needs the extra `train`."""

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load

from gesturelrcn.errors import ModelError
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.engine import StepResult
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig


class TorchEngine:
    """Runs the network as it was trained. See `gesturelrcn.model.engine.Engine`."""

    def __init__(self, card: ModelCard, weights: bytes) -> None:
        """Args: card: of the model. weights: the safetensors file.

        Raises:
            ModelError: the weights do not fit the network that the card describes.
        """
        self.card = card
        try:
            config = NetworkConfig(
                classes=card.classes, size=card.size, hand_size=card.hand_size, **card.network
            )
            self.network = LRCN(config)
            self.network.load_state_dict(load(weights))
        except Exception as problem:  # safetensors, torch and dataclass each have their own
            reason = str(problem).splitlines()[0]
            raise ModelError(
                f"{card.name}: the weights do not fit the network of the card ({reason})."
            ) from None
        self.network.eval()

    def initial_state(self) -> NDArray[np.float32]:
        """(rows, 1, hidden) zeros: nothing seen yet."""
        return self.network.initial_state().numpy()

    def step(
        self,
        crop: NDArray[np.uint8],
        state: NDArray[np.float32],
        dt: float,
        hand: NDArray[np.uint8] | None = None,
        side: int = 0,
    ) -> StepResult:
        """Advance by one frame; see `Engine.step`."""
        inputs = [
            torch.from_numpy(np.ascontiguousarray(crop))[None, None],
            torch.from_numpy(state),
            torch.tensor([[dt]], dtype=torch.float32),
        ]
        if self.card.hand_size:
            shape = (self.card.hand_size, self.card.hand_size, 3)
            picture = np.zeros(shape, np.uint8) if hand is None else np.ascontiguousarray(hand)
            inputs.append(torch.from_numpy(picture)[None, None])
            inputs.append(torch.tensor([[0.0 if hand is None else float(side)]]))
        with torch.inference_mode():
            output = self.network(*inputs)
        numbers = None if output.numbers is None else output.numbers[0, 0].numpy()
        return StepResult(
            output.scores[0, 0].numpy(), output.keypoints[0, 0].numpy(), output.state.numpy(), numbers
        )
