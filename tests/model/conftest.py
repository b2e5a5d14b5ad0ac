import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.export.export import write_model

CLASSES = ("none", "stop", "wave")


@pytest.fixture(
    scope="session",
    params=[(0, False, 1), (32, False, 1), (32, True, 1), (32, True, 2)],
    ids=["body", "body and hand", "motion", "two heads"],
)
def network(request):
    """A small network with random weights: what is tested is not whether it is clever."""
    torch.manual_seed(1)
    hand_size, motion, heads = request.param
    network = LRCN(
        NetworkConfig(classes=CLASSES, size=64, hidden=16, hand_size=hand_size, motion=motion, readers=heads)
    )
    for norm in network.modules():  # so that a missing batch norm would show
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 1.5)
    if hand_size:  # peaks that move with the picture, and a memory that listens to them
        network.hand_head.heat.weight.data.mul_(500)
        for head in network.temporal_heads:
            head.hand_encoder[0].weight.data.mul_(30)
            head.classify.weight.data.mul_(10)
    return network.eval()


@pytest.fixture(scope="session")
def model_folder(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    card = ModelCard(
        name="tiny",
        description="random weights",
        classes=CLASSES,
        size=64,
        hidden=network.config.state_shape[1],
        keypoints=KEYPOINTS,
        min_fps=8,
        max_fps=60,
        thresholds={name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in CLASSES if name != "none"},
        network={"hidden": 16, "motion": network.config.motion, "readers": network.config.readers},
        hand_size=network.config.hand_size,
        rows=network.config.state_shape[0],
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


@pytest.fixture(scope="session")
def hands(network):
    """Per frame a picture of a hand and its side; none in the first frame and in the fifth."""
    size = network.config.hand_size
    if not size:
        return [(None, 0)] * 12
    rng = np.random.default_rng(1)
    sides = [0, 1, 1, -1, 0, -1, -1, 1, 1, 1, -1, 1]
    return [(rng.integers(0, 255, (size, size, 3), dtype=np.uint8) if side else None, side) for side in sides]


@pytest.fixture(scope="session")
def run(network, crops, dts, hands):
    """Scores, joints and state of the frames from one to another, with the state before."""

    def run(begin, end, state, dts=dts):
        inputs = [torch.from_numpy(crops[begin:end])[None], state, torch.from_numpy(dts[begin:end])[None]]
        size = network.config.hand_size
        if size:
            black = np.zeros((size, size, 3), np.uint8)
            pictures = np.stack([black if hand is None else hand for hand, _ in hands[begin:end]])
            inputs += [
                torch.from_numpy(pictures)[None],
                torch.tensor([[float(s) for _, s in hands[begin:end]]]),
            ]
        with torch.inference_mode():
            scores, keypoints, state, _ = network(*inputs)
        return scores[0].numpy(), keypoints[0].numpy(), state

    return run
