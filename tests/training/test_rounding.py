import zlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from gesturelrcn.training.rounding import round_graph, rounded, weighs


def test_rounded_values_are_near_and_have_short_mantissas():
    rng = np.random.default_rng(0)
    values = (rng.normal(size=5000) * 10.0 ** rng.integers(-20, 20, 5000)).astype(np.float32)
    near = rounded(values)
    assert (np.abs(near - values) <= 1e-6 * np.abs(values)).all()
    assert not (near.view(np.uint32) & 0xF).any()
    np.testing.assert_array_equal(rounded(near), near)


def test_what_is_no_number_stays_what_it_is():
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)
    np.testing.assert_array_equal(rounded(odd), odd)


@pytest.mark.parametrize(
    ("values", "long"), [(np.zeros(2000, np.float32), True), (np.zeros(9, np.float32), False)]
)
def test_short_tensors_and_whole_numbers_are_left_alone(values, long):
    assert weighs(values) is long
    assert not weighs(values.astype(np.int64))


def test_long_weights_of_a_graph_are_rounded_and_compress(tmp_path):
    rng = np.random.default_rng(1)
    long, short = (rng.normal(size=(n, 4)).astype(np.float32) for n in (4000, 4))
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "long"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4000])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
        [numpy_helper.from_array(long, "long"), numpy_helper.from_array(short, "short")],
    )
    before = helper.make_model(graph).SerializeToString()
    after = round_graph(before)
    kept = {t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(after).graph.initializer}
    np.testing.assert_array_equal(kept["short"], short)
    np.testing.assert_array_equal(kept["long"], rounded(long))
    assert len(zlib.compress(after)) < 0.96 * len(zlib.compress(before))
