import pytest

from gesturelrcn.benchmarking import operators
from gesturelrcn.model import assets
from gesturelrcn.model.files import card_path


def shaped(kind, inputs, outputs):
    return operators._operations({"operator": kind, "inputs": inputs, "outputs": outputs})


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs", "count"),
    [
        ("Conv", [[1, 3, 8, 8], [4, 3, 3, 3]], [[1, 4, 6, 6]], 2 * 4 * 36 * 27),
        ("Conv", [[1, 4, 8, 8], [4, 1, 3, 3]], [[1, 4, 6, 6]], 2 * 4 * 36 * 9),  # depthwise
        ("MatMul", [[1, 5, 7], [7, 9]], [[1, 5, 9]], 2 * 5 * 7 * 9),
        ("LSTM", [[1, 1, 10], [1, 32, 10], [1, 32, 8]], [[1, 1, 1, 8]], 2 * (32 * 10 + 32 * 8)),
        ("Clip", [[1, 4, 6, 6]], [[1, 4, 6, 6]], 0),
    ],
)
def test_operations_of_a_node(kind, inputs, outputs, count):
    assert shaped(kind, inputs, outputs) == count


def test_the_convolutions_of_the_shipped_model_dominate():
    told = operators.measure(rounds=3)
    # EfficientNet-Lite0 up to stride 16 at 128 pixels is about 130 million operations; heads come on top.
    assert 0.5e8 < told["operations"] < 5e8
    assert next(iter(told["operators"])) == "Conv"
    assert sum(row["us"] for row in told["operators"].values()) == pytest.approx(told["us"], rel=1e-2)
    assert card_path("default").with_suffix(".onnx").is_file()  # the profiler leaves nothing beside it
    assert not list(assets().glob("*profile*"))


def test_the_product_that_is_timed_is_a_product():
    import numpy as np
    import onnx
    import onnxruntime

    graph = operators.matrix_product(300)
    onnx.checker.check_model(onnx.load_from_string(graph), full_check=True)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(300, 300)).astype(np.float32) for _ in range(2))
    np.testing.assert_allclose(session.run(None, {"a": a, "b": b})[0], a @ b, atol=1e-3)
    run, count = operators.gemm()
    run()
    assert count == 2 * 768**3
