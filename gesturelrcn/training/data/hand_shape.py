"""How a hand is held, in numbers."""

import torch
from torch import Tensor
from torch.nn import functional


def hand_shape(landmarks: Tensor) -> Tensor:
    """(..., 21, 3) landmarks of a right hand -> (..., HAND_SHAPE) how it is held."""
    fingers = landmarks[..., 1:, :].reshape(*landmarks.shape[:-2], 5, 4, 3)
    bones = (fingers[..., 1:, :] - fingers[..., :-1, :]).norm(dim=-1).sum(-1)
    straight = (fingers[..., 3, :] - fingers[..., 0, :]).norm(dim=-1) / bones.clamp(min=1e-4)
    wrist, index, little = landmarks[..., 0, :], landmarks[..., 5, :], landmarks[..., 17, :]
    facing = torch.linalg.cross(index - wrist, little - wrist)
    return torch.cat([straight, functional.normalize(facing, dim=-1)], -1)
