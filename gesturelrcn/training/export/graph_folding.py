"""Say the same network in an ONNX graph that onnxruntime walks faster. Nothing is rounded, nothing left out.

Where the time of an exported step went (docs/performance.md): a third of it went into what stands around
the convolutions. TensorFlow's "same" padding comes out of the exporter as nodes of their own, which do not
know the blocked layout in which onnxruntime convolves, so for each of them the picture is put back into the
plain layout and out of it again. Turning BGR into RGB, dividing and subtracting is done picture by picture,
though the first convolution can do it with other weights.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.onnx_session import load_onnxruntime


def simplify(graph: bytes, *, normalisation: bool = True) -> bytes:
    """The same step, with padding, channel order and normalisation inside its convolutions.

    Args:
        graph: an ONNX file as `torch.onnx.export` writes it.
        normalisation: fold channel order and normalisation, too, and not only the padding.

    Returns:
        An ONNX file with the same inputs and outputs. Folding the padding changes no bit; folding the
        normalisation changes scores in the order of 1e-6, as any other order of additions does.
    """
    import onnx

    before = onnx.load_from_string(graph)
    after = onnx.load_from_string(_without_constant_arithmetic(graph))
    folding = _Folding(after.graph)
    for convolution in [node for node in after.graph.node if node.op_type == "Conv"]:
        folding.take_in_padding(convolution)
        if normalisation:
            folding.take_in_normalisation(convolution)
    folding.drop_unused_weights()
    # onnxruntime stamps its own, newer version on what it writes; older ones would refuse that.
    after.ir_version = before.ir_version
    del after.opset_import[:]
    after.opset_import.extend(before.opset_import)
    onnx.checker.check_model(after)
    return bytes(after.SerializeToString())


def _without_constant_arithmetic(graph: bytes) -> bytes:
    """The exporter computes the widths of a padding in a dozen nodes; onnxruntime knows how to fold them."""
    onnxruntime = load_onnxruntime()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "folded.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(path)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return path.read_bytes()


@dataclass(frozen=True)
class _Normalisation:
    """Nodes that turn a BGR picture of bytes into the numbers that a convolution wants."""

    reverse: Any
    transpose: Any
    cast: Any
    divide: Any
    subtract: Any
    divide_again: Any


class _Folding:
    """Moves what stands before a convolution into it."""

    def __init__(self, graph: Any) -> None:
        from onnx import numpy_helper

        self._graph = graph
        self._to_array = numpy_helper.to_array
        self._from_array = numpy_helper.from_array
        self._held = {tensor.name: tensor for tensor in graph.initializer}

    def take_in_padding(self, convolution: Any) -> None:
        """Pad(zeros) -> Conv becomes Conv(pads), which may differ from side to side."""
        pad = self._only_source(convolution.input[0], "Pad")
        if pad is None or not self._pads_zeros(pad):
            return
        widths = self._constant(pad.input[1])
        sides = next((a for a in convolution.attribute if a.name == "pads"), None)
        if widths is None or sides is None or widths.size != 8 or widths[[0, 1, 4, 5]].any():
            return
        sides.ints[:] = [int(own + more) for own, more in zip(sides.ints, widths[[2, 3, 6, 7]], strict=True)]
        convolution.input[0] = pad.input[0]
        self._graph.node.remove(pad)

    def take_in_normalisation(self, convolution: Any) -> None:
        """(byte / 255 - mean) / std of reversed channels: subtract the mean byte, the weights do the rest.

        The subtraction stays, or the zeros of the padding would no longer be the mean.
        """
        found = self._normalisation_before(convolution)
        weights = self._constant(convolution.input[1])
        if found is None or weights is None or weights.shape[1] != 3:
            return
        scale, mean, std = (
            self._number(node.input[1]) for node in (found.divide, found.subtract, found.divide_again)
        )
        if scale is None or mean is None or std is None:
            return
        folded = weights[:, ::-1].astype(np.float64) / (scale * std)
        name = convolution.input[1]
        convolution.input[1] = self._keep(f"{name}_of_bytes", folded)
        found.transpose.input[0] = found.reverse.input[0]
        found.subtract.input[0] = found.cast.output[0]
        found.subtract.input[1] = self._keep(f"{name}_mean_byte", np.array(scale * mean))
        convolution.input[0] = found.subtract.output[0]
        for node in (found.reverse, found.divide, found.divide_again):
            self._graph.node.remove(node)

    def drop_unused_weights(self) -> None:
        """Weights that were replaced."""
        used = {name for node in self._graph.node for name in node.input}
        for tensor in list(self._graph.initializer):
            if tensor.name not in used:
                self._graph.initializer.remove(tensor)

    def _normalisation_before(self, convolution: Any) -> _Normalisation | None:
        nodes = []
        name = convolution.input[0]
        for kind in ("Div", "Sub", "Div", "Cast", "Transpose", "Slice"):
            node = self._only_source(name, kind)
            if node is None:
                return None
            nodes.append(node)
            name = node.input[0]
        found = _Normalisation(*reversed(nodes))
        return found if self._reverses_channels(found.reverse) else None

    def _reverses_channels(self, reverse: Any) -> bool:
        starts, _, axes, steps = (self._number(name) for name in reverse.input[1:5])
        return (starts, axes, steps) in ((-1, -1, -1), (-1, 3, -1))

    def _pads_zeros(self, pad: Any) -> bool:
        modes = [a.s for a in pad.attribute if a.name == "mode"]
        value = pad.input[2] if len(pad.input) > 2 else ""
        return modes in ([], [b"constant"]) and (not value or self._number(value) == 0)

    def _only_source(self, name: str, kind: str) -> Any:
        """The node of this kind that makes `name`, if only one node reads it."""
        readers = sum(name in node.input for node in self._graph.node)
        makers = [node for node in self._graph.node if name in node.output]
        return makers[0] if readers == 1 and makers and makers[0].op_type == kind else None

    def _constant(self, name: str) -> NDArray[Any] | None:
        tensor = self._held.get(name)
        return None if tensor is None else np.asarray(self._to_array(tensor))

    def _number(self, name: str) -> float | None:
        value = self._constant(name)
        return float(value.ravel()[0]) if value is not None and value.size == 1 else None

    def _keep(self, name: str, value: NDArray[np.float64]) -> str:
        tensor = self._from_array(value.astype(np.float32), name)
        self._graph.initializer.append(tensor)
        self._held[name] = tensor
        return name


def graphs_apart(one: bytes, other: bytes, frames: int = 20) -> float:
    """How far the outputs of two steps lie apart on random pictures, each carrying its own state."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    rng = np.random.default_rng(0)
    sessions = [
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        for graph in (one, other)
    ]
    shapes = {held.name: held.shape for held in sessions[0].get_inputs()}
    states = [np.zeros(shapes["state"], np.float32) for _ in sessions]
    apart = 0.0
    for _ in range(frames):
        feed: dict[str, NDArray[Any]] = {"dt": rng.uniform(0.02, 0.1, 1).astype(np.float32)}
        for name in ("crop", "hand"):
            if name in shapes:
                feed[name] = rng.integers(0, 256, shapes[name], dtype=np.uint8)
        if "side" in shapes:
            feed["side"] = rng.choice([-1, 0, 1], 1).astype(np.float32)
        told = [
            s.run(["scores", "keypoints", "new_state"], feed | {"state": state})
            for s, state in zip(sessions, states, strict=True)
        ]
        states = [one_told[2] for one_told in told]
        apart = max(apart, *(float(np.abs(a - b).max()) for a, b in zip(*told, strict=True)))
    return apart
