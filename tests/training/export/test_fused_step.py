"""The exported step says the network in other operations; what it tells must stay the same."""

import numpy as np
import pytest
import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.export.export import PlainStep, exported, onnx_step
from gesturelrcn.training.export.fused_step import FusedStep
from gesturelrcn.training.export.graph_folding import graphs_apart, simplify

CONFIGS = {
    "body": {},
    "hand": {"hand_size": 32},
    "motion of the body": {"motion": True},
    "motion": {"hand_size": 32, "motion": True},
    "heads": {"hand_size": 32, "motion": True, "readers": 3},
    "heads without motion": {"readers": 2},
    "wide memory": {"hand_size": 32, "motion": True, "readers": 2, "hidden": 128},
    "numbers": {"hand_size": 32, "motion": True, "readers": 2, "regression": ("rate", "height")},
}


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS)
def network(request):
    torch.manual_seed(5)
    made = LRCN(
        NetworkConfig(**{"classes": ("none", "stop", "wave"), "size": 64, "hidden": 16, **request.param})
    )
    for norm in made.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 1.5)
    made.keypoint_head.heat.weight.data.mul_(100)
    for head in made.temporal_heads:
        head.classify.weight.data.mul_(10)
    if made.config.hand_size:
        made.hand_head.heat.weight.data.mul_(500)
    if made.config.regression:
        made.number_middle.copy_(torch.tensor([2.0, -1.0]))
        made.number_spread.copy_(torch.tensor([0.5, 3.0]))
    return made.eval()


def frames(config, count):
    """Inputs of so many steps but the state; hands come, change sides and go."""
    rng = np.random.default_rng(2)

    def picture(size):
        coarse = rng.integers(0, 255, (1, 8, 8, 3), dtype=np.uint8)
        return torch.from_numpy(coarse.repeat(size // 8, axis=1).repeat(size // 8, axis=2))

    for side in [0, 1, 1, -1, -1, 0, 1, *rng.integers(-1, 2, count - 7)]:
        dt = torch.tensor([float(rng.choice([0.001, 0.033, 0.05, 0.3, 2.0]))])
        hand = (picture(config.hand_size), torch.tensor([float(side)])) if config.hand_size else ()
        yield picture(config.size), dt, hand


def test_every_frame_tells_the_same(network):
    plain, fused = PlainStep(network), FusedStep(network)
    states = [network.initial_state()] * 2
    seen = []
    with torch.inference_mode():
        for crop, dt, hand in frames(network.config, 16):
            told = [step(crop, state, dt, *hand) for step, state in zip((plain, fused), states, strict=True)]
            states = [one[2] for one in told]
            for one, other in zip(*told, strict=True):
                assert one.shape == other.shape
                torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-5)
            seen.append(told[1][0])
    assert torch.cat(seen).std(0).max() > 0.01, "scores must move, or nothing was compared"


def test_the_exported_step_is_the_fused_one(network):
    before, after = simplify(exported(PlainStep(network), network)), onnx_step(network)
    assert graphs_apart(before, after) < 1e-4
    assert after.count(b"LSTM") == 0 < before.count(b"LSTM")
