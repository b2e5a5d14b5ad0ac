"""Write a trained network as model files: safetensors, one ONNX step, and a card."""

import hashlib
import io
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from gesturelrcn.errors import ModelError
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.files import EngineName, load_model
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.torch_engine import TorchEngine
from gesturelrcn.training.export.fused_step import FusedStep
from gesturelrcn.training.export.graph_folding import graphs_apart, simplify
from gesturelrcn.training.export.rounding import rounded, weighs

_ENGINES: tuple[EngineName, EngineName] = ("onnxruntime", "torch")


class PlainStep(nn.Module):
    """One frame of one stream, with the shapes of `Engine.step`, said as the network says it."""

    def __init__(self, network: LRCN) -> None:
        super().__init__()
        self.network = network

    def forward(self, crop: Tensor, state: Tensor, dt: Tensor, *hand_and_side: Tensor) -> tuple[Tensor, ...]:
        """Inputs and outputs: see `onnx_step`."""
        more = [tensor[None] for tensor in hand_and_side]
        scores, keypoints, new_state, numbers = self.network(crop[None], state, dt[None], *more)
        return scores[0], keypoints[0], new_state, *([] if numbers is None else [numbers[0]])


def onnx_step(network: LRCN) -> bytes:
    """The single step as an ONNX file.

    Inputs crop (1, S, S, 3) uint8 BGR, state (rows, 1, hidden) float32, dt (1,) float32 seconds, and for a
    network that looks at hands hand (1, P, P, 3) uint8 BGR and side (1,) float32 -1, 0 or 1;
    outputs scores (1, C), keypoints (1, J, 3), new_state (rows, 1, hidden) and, for a network that tells
    numbers, numbers (1, K), all float32.
    """
    return simplify(exported(FusedStep(network.eval()), network))


def exported(step: nn.Module, network: LRCN) -> bytes:
    """A step of `network` as PyTorch's exporter writes it; see `onnx_step` for its inputs and outputs."""
    size = network.config.size
    example: tuple[Tensor, ...] = (
        torch.zeros(1, size, size, 3, dtype=torch.uint8),
        network.initial_state(),
        torch.tensor([0.05]),
    )
    names = ["crop", "state", "dt"]
    patch = network.config.hand_size
    if patch:
        example += (torch.zeros(1, patch, patch, 3, dtype=torch.uint8), torch.ones(1))
        names += ["hand", "side"]
    out = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter writes the same step more slowly and warns about torch's own internals; this
        # one is deprecated but exact (a test compares the two engines).
        warnings.simplefilter("ignore")
        torch.onnx.export(
            step.eval(),
            example,
            out,  # type: ignore[arg-type]  # the annotation forgets that a file object is taken
            input_names=names,
            output_names=["scores", "keypoints", "new_state", *["numbers"] * bool(network.config.regression)],
            opset_version=17,
            dynamo=False,
        )
    return out.getvalue()


def write_model(network: LRCN, card: ModelCard, folder: Path) -> ModelCard:
    """Write `card.name`.onnx, .safetensors and .json into `folder`; returns the card with its file sums.

    The weights of `network` are rounded before, to 2.4e-4 of each: in both files they are the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network.load_state_dict({name: _rounded(tensor) for name, tensor in network.state_dict().items()})
    weights = save({name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    files = {f"{card.name}.safetensors": weights, f"{card.name}.onnx": onnx_step(network)}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    full = replace(card, files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    write_card(full, folder)
    return full


def _rounded(tensor: Tensor) -> Tensor:
    values = tensor.detach().cpu().numpy()
    return torch.from_numpy(rounded(values)) if weighs(values) else tensor


def export_again(card: Path) -> str:
    """Write the ONNX file beside a card anew from its weights, as this version exports; says what was done.

    Raises:
        ModelError: the model cannot be loaded, or would give other scores afterwards.
    """
    load_model(card)  # refuses what does not belong together
    path = card.with_suffix(".onnx")
    old = path.read_bytes()
    engine = load_model(card, "torch")
    assert isinstance(engine, TorchEngine)
    new = onnx_step(engine.network)
    apart = graphs_apart(old, new)
    if apart > 1e-4:
        raise ModelError(f"{path}: scores would change by {apart:.1e}; the file is left as it was.")
    described = read_card(card)
    path.write_bytes(new)
    files = described.files | {path.name: hashlib.sha256(new).hexdigest()}
    card.write_text(replace(described, files=files).to_json(), encoding="utf-8")
    return f"{path}: {len(old)} -> {len(new)} bytes, scores, joints and state at most {apart:.1e} apart"


def write_card(card: ModelCard, folder: Path) -> None:
    """Write or replace the card alone; the weights beside it stay as they are."""
    (folder / f"{card.name}.json").write_text(card.to_json(), encoding="utf-8")


def largest_difference(card: Path, frames: int = 12) -> float:
    """How far the scores of onnxruntime and torch lie apart on random pictures, the state carried along."""
    rng = np.random.default_rng(0)
    engines = [load_model(card, engine) for engine in _ENGINES]
    states = [engine.initial_state() for engine in engines]
    shapes = engines[0].card
    apart = 0.0
    for _ in range(frames):
        picture = rng.integers(0, 256, (shapes.size, shapes.size, 3), dtype=np.uint8)
        hand, side = None, 0
        if shapes.hand_size:
            hand, side = rng.integers(0, 256, (shapes.hand_size, shapes.hand_size, 3), dtype=np.uint8), 1
        dt = float(rng.uniform(0.02, 0.1))
        results = [e.step(picture, s, dt, hand, side) for e, s in zip(engines, states, strict=True)]
        states = [result.state for result in results]
        apart = max(apart, float(np.abs(results[0].scores - results[1].scores).max()))
    return apart


def main() -> None:
    """Command line: cards of models whose ONNX files shall be written anew."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="Export models again from their weights, scores unchanged.")
    parser.add_argument("cards", type=Path, nargs="+")
    for card in parser.parse_args().cards:
        try:
            sys.stdout.write(export_again(card) + "\n")
        except ModelError as problem:
            parser.exit(2, f"{problem}\n")


if __name__ == "__main__":
    main()
