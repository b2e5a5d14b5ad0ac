"""What a CNN says of many pictures, a few at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_BATCH = 64


def in_batches(
    model: nn.Module, features: Callable[..., Tensor], *inputs: NDArray[Any]
) -> NDArray[np.float32]:
    """Features of inputs of equal length, (N, ...), in evaluation mode and without gradients.

    Args:
        model: stays in the mode and on the device where it is.
        features: method of the model that gives (n, ...) features of (n, ...) inputs.
        inputs: its arguments.
    """
    was_training = model.training
    device = next(model.parameters()).device
    model.eval()
    with torch.inference_mode():
        parts = [
            features(*(torch.from_numpy(array[i : i + _BATCH]).to(device) for array in inputs))
            for i in range(0, len(inputs[0]), _BATCH)
        ]
    model.train(was_training)
    return np.asarray(torch.cat(parts).cpu().numpy(), np.float32)
