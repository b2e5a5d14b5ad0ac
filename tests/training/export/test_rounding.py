import zlib

import numpy as np
import pytest

from gesturelrcn.training.export.rounding import rounded, weighs


def test_rounded_values_are_near_and_have_short_mantissas():
    rng = np.random.default_rng(0)
    values = (rng.normal(size=5000) * 10.0 ** rng.integers(-20, 20, 5000)).astype(np.float32)
    near = rounded(values)
    assert (np.abs(near - values) <= 2.45e-4 * np.abs(values)).all()
    assert not (near.view(np.uint32) & 0xFFF).any()
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


def test_rounded_weights_compress():
    values = np.random.default_rng(1).normal(size=20_000).astype(np.float32)
    assert len(zlib.compress(rounded(values).tobytes())) < 0.7 * len(zlib.compress(values.tobytes()))
