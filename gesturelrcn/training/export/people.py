"""Write the network that finds people as files: an ONNX graph, its weights, and a small card."""

import hashlib
import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from safetensors.torch import save
from torch import Tensor

from gesturelrcn.region.people_network import CELL, HEIGHT, VALUES, WIDTH
from gesturelrcn.system.onnx_session import load_onnxruntime
from gesturelrcn.training.tasks.people_network import ExportedPeopleNetwork, PeopleNetwork, fused

FORMAT = 1
"""Version of these files."""
OUTPUTS = ("presence", "x", "y", "log_unit", "raised_hand")
_SMALL = 16  # values; shorter tensors weigh nothing
_KEPT = 7  # bits of mantissa, of ten: exact to 0.4 % of a weight, and a file that compresses better


def onnx_people(network: PeopleNetwork) -> bytes:
    """The network as an ONNX file, of which only the weights are left that it has after `fused`.

    Input frame (1, HEIGHT, WIDTH, 3) uint8 BGR; output people (1, VALUES, HEIGHT / CELL, WIDTH / CELL)
    float32.
    """
    out = io.BytesIO()
    with warnings.catch_warnings():
        # See `gesturelrcn.training.export.export`: the older exporter is deprecated but exact.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            ExportedPeopleNetwork(network).eval(),
            (torch.zeros(1, HEIGHT, WIDTH, 3, dtype=torch.uint8),),
            out,  # type: ignore[arg-type]  # the annotation forgets that a file object is taken
            input_names=["frame"],
            output_names=["people"],
            opset_version=17,
            dynamo=False,
        )
    return halved(out.getvalue())


def halved(graph: bytes) -> bytes:
    """The same graph with its weights in 16 bits, made 32 again where it is loaded: half the file."""
    model = onnx.load_from_string(graph)
    casts = []
    for tensor in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALL:
            continue
        half = f"{tensor.name}_half"
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(onnx.numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(onnx.helper.make_node("Cast", [half], [tensor.name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    return bytes(model.SerializeToString())


def write_people(network: PeopleNetwork, name: str, about: dict[str, Any], folder: Path) -> list[Path]:
    """Write `name`.onnx, .safetensors and .json into `folder`; returns the paths.

    Weights are rounded to 13 of 16 bits: in both files they are the same.

    Args:
        network: as trained.
        name: of the files.
        about: more for the card.
        folder: made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = rounded(network)
    weights = {key: tensor.half().contiguous() for key, tensor in whole.state_dict().items()}
    files = {f"{name}.onnx": onnx_people(whole), f"{name}.safetensors": save(weights)}
    for file, data in files.items():
        (folder / file).write_bytes(data)
    card = {
        "format": FORMAT,
        "name": name,
        "width": WIDTH,
        "height": HEIGHT,
        "cell": CELL,
        "outputs": list(OUTPUTS),
        **about,
        "files": {file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    }
    (folder / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return [*(folder / file for file in files), folder / f"{name}.json"]


def rounded(network: PeopleNetwork) -> PeopleNetwork:
    """The network without batch normalisations, its weights rounded to what is kept of them."""
    whole = fused(network)
    whole.load_state_dict({key: _rounded(tensor) for key, tensor in whole.state_dict().items()})
    return whole


def _rounded(tensor: Tensor) -> Tensor:
    half = tensor.numpy().astype(np.float16)
    if half.size >= _SMALL:
        bits, cut = half.view(np.uint16), 10 - _KEPT
        half = ((bits + np.uint16(1 << (cut - 1))) & np.uint16(0xFFFF << cut & 0xFFFF)).view(np.float16)
    return torch.from_numpy(half.astype(np.float32))


@torch.inference_mode()
def largest_difference(network: PeopleNetwork, graph: Path, frames: int = 4) -> float:
    """How far the ONNX file and torch, with rounded weights, lie apart on random pictures."""
    onnxruntime = load_onnxruntime()
    session = onnxruntime.InferenceSession(graph.read_bytes(), providers=["CPUExecutionProvider"])
    exported = ExportedPeopleNetwork(rounded(network)).eval()
    rng, apart = np.random.default_rng(0), 0.0
    for _ in range(frames):
        frame = rng.integers(0, 256, (1, HEIGHT, WIDTH, 3), dtype=np.uint8)
        told = session.run(["people"], {"frame": frame})[0]
        assert told.shape == (1, VALUES, HEIGHT // CELL, WIDTH // CELL)
        apart = max(apart, float(np.abs(told - exported(torch.from_numpy(frame)).numpy()).max()))
    return apart
