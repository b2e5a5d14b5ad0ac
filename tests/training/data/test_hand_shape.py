"""How a hand is held, as numbers."""

import numpy as np
import pytest
import torch

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE
from gesturelrcn.training.data.hand_shape import hand_shape


def fingers(bent=()):
    """Landmarks of a right hand with its palm before the camera, some fingers folded back onto themselves."""
    marks = np.zeros((HAND_LANDMARKS, 3), np.float32)
    for finger in range(5):
        for joint in range(4):
            along = (0, 1, 2, 1)[joint] if finger in bent else joint
            marks[1 + 4 * finger + joint] = (0.1 * finger - 0.2, -0.3 - 0.1 * along, 0)
    return torch.from_numpy(marks)


def test_how_a_hand_is_held():
    shape = hand_shape(fingers(bent=(1, 4)))
    assert shape.shape == (HAND_SHAPE,)
    assert shape[[0, 2, 3]].tolist() == pytest.approx([1, 1, 1])
    assert (shape[[1, 4]] < 0.5).all()
    assert shape[5:].abs().tolist() == pytest.approx([0, 0, 1])
    turned = fingers() * torch.tensor([-1.0, 1.0, 1.0])  # seen from the back
    assert hand_shape(turned)[7] == pytest.approx(-hand_shape(fingers())[7].item())
