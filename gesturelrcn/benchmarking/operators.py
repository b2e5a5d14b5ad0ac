"""Where the time of one step goes inside onnxruntime, and how many operations a step is."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.benchmarking.timing import rounded
from gesturelrcn.model import read_card
from gesturelrcn.model.files import card_path
from gesturelrcn.system.onnx_session import load_onnxruntime

_GEMM_SIDE = 768
_SLOWEST = 12


def measure(model: str = "default", rounds: int = 100) -> dict[str, Any]:
    """Microseconds by operator, as onnxruntime's own profiler counts them, and operations of a step."""
    graph = card_path(model).with_suffix(".onnx").read_bytes()
    _, nodes = _profile(graph, rounds, optimised=True)
    by_operator: dict[str, dict[str, Any]] = defaultdict(lambda: {"nodes": 0, "us": 0.0})
    for node in nodes:
        row = by_operator[node["operator"]]
        row["nodes"] += 1
        row["us"] = rounded(row["us"] + node["us"])
    ordered = dict(sorted(by_operator.items(), key=lambda item: -item[1]["us"]))
    slowest = sorted(nodes, key=lambda node: -float(node["us"]))[:_SLOWEST]
    return {
        "operations": operations(model),
        "us": rounded(sum(node["us"] for node in nodes)),
        "operators": ordered,
        "slowest": [{"node": node["node"], "us": node["us"]} for node in slowest],
    }


def operations(model: str = "default") -> float:
    """Floating-point operations of the convolutions, matrix products and LSTM of one step.

    A multiplication and an addition count as two. All else (activations, sums, softmax) is left out, so it
    is a lower bound. Shapes are those that onnxruntime meets when it runs the graph as it was exported.
    """
    graph = card_path(model).with_suffix(".onnx").read_bytes()
    return float(sum(_operations(node) for node in _profile(graph, 1, optimised=False)[1]))


def gemm() -> tuple[Callable[[], object], float]:
    """A product of two square matrices by onnxruntime in one thread, and the operations that it takes.

    By onnxruntime and not by numpy: what counts is the rate that the network could reach, and the OpenBLAS of
    the numpy wheel reaches a third of it on some processors.
    """
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    graph = matrix_product(_GEMM_SIDE)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    feed = {name: rng.normal(size=(_GEMM_SIDE, _GEMM_SIDE)).astype(np.float32) for name in ("a", "b")}
    return lambda: session.run(None, feed), 2.0 * _GEMM_SIDE**3


def matrix_product(side: int) -> bytes:
    """An ONNX file that multiplies `a` and `b`, (side, side) float32, into `c`.

    Written field by field (https://protobuf.dev/programming-guides/encoding, numbers from onnx.proto): users
    need no package onnx.
    """
    shape = 2 * _field(1, _field(1, side))
    matrix = _field(2, _field(1, _field(1, 1) + _field(2, shape)))  # element type 1 is float32
    node = _field(1, b"a") + _field(1, b"b") + _field(2, b"c") + _field(4, b"MatMul")
    ends = [(11, b"a"), (11, b"b"), (12, b"c")]
    values = b"".join(_field(number, _field(1, name) + matrix) for number, name in ends)
    graph = _field(1, node) + _field(2, b"product") + values
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 17))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def feed_for(model: str) -> dict[str, NDArray[Any]]:
    """Inputs of one step: pictures of noise and an empty memory."""
    card = read_card(card_path(model))
    return noise(card.size, (card.rows, 1, card.hidden), card.hand_size)


def noise(size: int, state: tuple[int, ...], hand_size: int) -> dict[str, NDArray[Any]]:
    """Inputs of one step of a network of these sizes; hand_size 0 for one that looks at no hand."""
    rng = np.random.default_rng(0)
    feed: dict[str, NDArray[Any]] = {
        "crop": rng.integers(0, 256, (1, size, size, 3), dtype=np.uint8),
        "state": np.zeros(state, np.float32),
        "dt": np.array([0.05], np.float32),
    }
    if hand_size:
        feed["hand"] = rng.integers(0, 256, (1, hand_size, hand_size, 3), dtype=np.uint8)
        feed["side"] = np.ones(1, np.float32)
    return feed


def _profile(graph: bytes, rounds: int, *, optimised: bool) -> tuple[Any, list[dict[str, Any]]]:
    """Run the graph under onnxruntime's profiler; one row per node, its median time in microseconds."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_profiling = True
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        shapes = {tensor.name: tensor.shape for tensor in session.get_inputs()}
        hand_size = shapes["hand"][1] if "hand" in shapes else 0
        feed = noise(shapes["crop"][1], tuple(shapes["state"]), hand_size)
        for _ in range(rounds):
            session.run(None, feed)
        profile = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    durations: dict[str, list[float]] = defaultdict(list)
    rows: dict[str, dict[str, Any]] = {}
    for event in profile:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            # Nodes that onnxruntime adds itself share a name; their place in the graph tells them apart.
            name = f"{event['args'].get('node_index', '')} {event['name'].removesuffix('_kernel_time')}"
            durations[name].append(float(event["dur"]))
            rows[name] = {
                "node": name.partition(" ")[2].strip("/"),
                "operator": event["args"]["op_name"],
                "inputs": [_shape(tensor) for tensor in event["args"]["input_type_shape"]],
                "outputs": [_shape(tensor) for tensor in event["args"]["output_type_shape"]],
            }
    return session, [{**row, "us": float(np.median(durations[name]))} for name, row in rows.items()]


def _shape(tensor: dict[str, list[int]]) -> list[int]:
    return next(iter(tensor.values()), [])


def _operations(node: dict[str, Any]) -> float:
    inputs, outputs = node["inputs"], node["outputs"]
    kind = node["operator"]
    if kind == "Conv":  # every output is a sum over the filter
        return 2.0 * float(np.prod(outputs[0])) * float(np.prod(inputs[1][1:]))
    if kind in ("MatMul", "Gemm", "FusedGemm"):
        return 2.0 * float(np.prod(outputs[0])) * float(inputs[0][-1])
    if kind == "LSTM":  # four gates, of the input and of the memory
        return 2.0 * float(np.prod(inputs[0][:2])) * float(np.prod(inputs[1][1:]) + np.prod(inputs[2][1:]))
    return 0.0
