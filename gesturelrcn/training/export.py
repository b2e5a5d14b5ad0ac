"""Write a trained network as model files: safetensors, one ONNX step, and a card."""

import hashlib
import io
import warnings
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.network import LRCN


class _Step(nn.Module):
    """One frame of one stream, with the shapes of `Engine.step`."""

    def __init__(self, network: LRCN) -> None:
        super().__init__()
        self.network = network

    def forward(self, crop: Tensor, state: Tensor, dt: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scores, keypoints, new_state = self.network(crop[None], state, dt[None])
        return scores[0], keypoints[0], new_state


def onnx_step(network: LRCN) -> bytes:
    """The single step as an ONNX file.

    Inputs crop (1, S, S, 3) uint8 BGR, state (2, 1, hidden) float32, dt (1,) float32 seconds; outputs
    scores (1, C), keypoints (1, J, 3), new_state (2, 1, hidden), all float32.
    """
    network.eval()
    size = network.config.size
    example = (
        torch.zeros(1, size, size, 3, dtype=torch.uint8),
        network.initial_state(),
        torch.tensor([0.05]),
    )
    out = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter writes the same step more slowly and warns about torch's own internals; this
        # one is deprecated but exact (a test compares the two engines).
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Step(network).eval(),
            example,
            out,  # type: ignore[arg-type]  # the annotation forgets that a file object is taken
            input_names=["crop", "state", "dt"],
            output_names=["scores", "keypoints", "new_state"],
            opset_version=17,
            dynamo=False,
        )
    return out.getvalue()


def write_model(network: LRCN, card: ModelCard, folder: Path) -> ModelCard:
    """Write `card.name`.onnx, .safetensors and .json into `folder`; returns the card with its file sums."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    files = {f"{card.name}.safetensors": weights, f"{card.name}.onnx": onnx_step(network)}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    full = replace(card, files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    write_card(full, folder)
    return full


def write_card(card: ModelCard, folder: Path) -> None:
    """Write or replace the card alone; the weights beside it stay as they are."""
    (folder / f"{card.name}.json").write_text(card.to_json(), encoding="utf-8")
