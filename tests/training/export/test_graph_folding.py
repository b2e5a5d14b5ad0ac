import hashlib
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from gesturelrcn.errors import ModelError
from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds, load_model
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.export import export
from gesturelrcn.training.export.export import PlainStep, export_again, exported, write_card, write_model
from gesturelrcn.training.export.graph_folding import graphs_apart, simplify

CLASSES = ("none", "stop", "wave")


@pytest.fixture(scope="module", params=[0, 32], ids=["body", "body and hand"])
def network(request):
    torch.manual_seed(3)
    made = LRCN(NetworkConfig(classes=CLASSES, size=64, hidden=16, hand_size=request.param))
    for norm in made.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 1.5)
    made.keypoint_head.heat.weight.data.mul_(100)  # peaks that move with the picture
    return made.eval()


def plain(network: LRCN) -> bytes:
    """The step as the exporter writes it."""
    return exported(PlainStep(network), network)


def nodes(graph: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(graph).graph.node]


def test_the_same_scores_from_fewer_nodes(network):
    before = plain(network)
    after = simplify(before)
    branches = 2 if network.config.hand_size else 1
    assert nodes(before).count("Pad") == 4 * branches
    assert nodes(after).count("Pad") == 0
    assert nodes(after).count("Conv") == nodes(before).count("Conv")
    # Nothing is left between the picture and its first convolution but one subtraction.
    assert nodes(after).count("Div") <= nodes(before).count("Div") - 2 * branches
    assert graphs_apart(before, after) < 1e-4
    assert sorted(nodes(simplify(after))) == sorted(nodes(after))


def test_what_is_exported_is_simplified(network, tmp_path):
    limits = {name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in CLASSES[1:]}
    card = ModelCard("tiny", "Random.", CLASSES, 64, 16, KEYPOINTS, 8, 60, limits)
    write_model(network, card, tmp_path)
    assert "Pad" not in nodes((tmp_path / "tiny.onnx").read_bytes())


def convolution(pad_mode: bytes, value: float) -> bytes:
    """Pad -> Conv alone; `x` goes through as the other names that a step has."""
    weights = np.random.default_rng(0).normal(size=(1, 1, 3, 3)).astype(np.float32)
    made = [
        helper.make_node("Pad", ["x", "widths", "value"], ["padded"], mode=pad_mode.decode()),
        helper.make_node("Conv", ["padded", "weights"], ["y"], kernel_shape=[3, 3], pads=[0, 1, 0, 0]),
    ]
    held = [
        numpy_helper.from_array(np.array([0, 0, 0, 1, 0, 0, 2, 1]), "widths"),
        numpy_helper.from_array(np.array(value, np.float32), "value"),
        numpy_helper.from_array(weights, "weights"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 8, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 8, 9])
    graph = helper.make_graph(made, "g", [x], [y], held)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()


def run(graph: bytes) -> np.ndarray:
    import onnxruntime

    x = np.random.default_rng(1).normal(size=(1, 1, 8, 8)).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]).run(
        None, {"x": x}
    )[0]


@pytest.mark.parametrize(("mode", "value", "folds"), [(b"constant", 0, True), (b"constant", 1, False)])
def test_only_zeros_are_folded_and_land_on_the_right_side(mode, value, folds):
    before = convolution(mode, value)
    after = simplify(before)
    assert ("Pad" not in nodes(after)) == folds
    np.testing.assert_array_equal(run(before), run(after))


def test_a_file_that_would_score_otherwise_is_left_alone(network, tmp_path, monkeypatch):
    limits = {name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in CLASSES[1:]}
    sizes = {"network": {"hidden": 16}, "hand_size": network.config.hand_size}
    card = ModelCard("tiny", "Random.", CLASSES, 64, 16, KEYPOINTS, 8, 60, limits, **sizes)
    write_model(network, card, tmp_path)
    path = tmp_path / "tiny.json"
    (tmp_path / "tiny.onnx").write_bytes(plain(network))  # as an older version wrote it
    with pytest.raises(ModelError):
        export_again(path)  # the card knows nothing of that file
    sums = card.files | {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in ("tiny.onnx", "tiny.safetensors")
    }
    write_card(replace(card, files=sums), tmp_path)
    before = len(nodes((tmp_path / "tiny.onnx").read_bytes()))
    assert "bytes" in export_again(path)
    load_model(path)  # file and card still belong together
    assert len(nodes((tmp_path / "tiny.onnx").read_bytes())) < before
    graph, text = (tmp_path / "tiny.onnx").read_bytes(), path.read_text()
    monkeypatch.setattr(export, "graphs_apart", lambda *_: 0.1)
    with pytest.raises(ModelError, match="left as it was"):
        export_again(path)
    assert (path.read_text(), (tmp_path / "tiny.onnx").read_bytes()) == (text, graph)
