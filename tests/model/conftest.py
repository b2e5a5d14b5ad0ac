import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.model.network import LRCN, NetworkConfig
from gesturelrcn.training.export import write_model

CLASSES = ("none", "stop", "wave")


@pytest.fixture(scope="session")
def network():
    """A small network with random weights: what is tested is not whether it is clever."""
    torch.manual_seed(1)
    made = LRCN(NetworkConfig(classes=CLASSES, size=64, hidden=16))
    for norm in made.modules():  # so that a missing batch norm would show
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 1.5)
    return made.eval()


@pytest.fixture(scope="session")
def model_folder(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    card = ModelCard(
        name="tiny",
        description="random weights",
        classes=CLASSES,
        size=64,
        hidden=16,
        keypoints=KEYPOINTS,
        min_fps=8,
        max_fps=60,
        thresholds={name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in CLASSES if name != "none"},
        network={"hidden": 16},
    )
    write_model(network, card, folder)
    return folder


@pytest.fixture(scope="session")
def crops():
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (12, 8, 8, 3), dtype=np.uint8)
    return coarse.repeat(8, axis=1).repeat(8, axis=2)


@pytest.fixture(scope="session")
def dts():
    return np.array([0.05, 0.1, 0.03, 0.05, 0.4, 0.016, 0.05, 0.05, 0.2, 0.05, 0.05, 0.07], np.float32)
