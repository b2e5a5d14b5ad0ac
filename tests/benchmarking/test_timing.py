import time

import numpy as np
import pytest

from gesturelrcn.benchmarking.timing import Samples, block_medians, ratio_of, rounded


def test_percentiles_in_milliseconds():
    samples = Samples(wall=[k / 1000 for k in range(1, 1001)], cpu=[0.001] * 1000)
    told = samples.summary()
    assert (told["n"], told["max"], told["cpu_p50"]) == (1000, 1000.0, 1.0)
    assert told["p50"] == pytest.approx(500.5)
    assert told["p99"] == pytest.approx(990, rel=1e-3)
    assert len(told["blocks"]) == 20
    assert told["blocks"][0] == pytest.approx(25.5)


def test_a_sleep_takes_time_but_no_processor():
    samples = Samples()
    with samples.call():
        time.sleep(0.05)
    assert samples.wall[0] >= 0.05
    assert samples.cpu[0] < 0.05


def test_nothing_measured():
    assert Samples().summary() == {"n": 0}


def test_fewer_values_than_blocks():
    assert block_medians(np.array([1.0, 2.0, 3.0])) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("value", "shown"), [(0.123456, 0.1235), (1234.56, 1235.0), (0.0, 0.0), (-0.02, -0.02)]
)
def test_four_digits(value, shown):
    assert rounded(value) == shown


def test_the_interval_holds_the_truth_and_shrinks_where_pairs_are_drawn_together():
    rng = np.random.default_rng(5)
    slow_stretches = rng.uniform(1.0, 3.0, 20)  # others at work: both are slow at the same time
    one = 4.0 * slow_stretches * rng.normal(1.0, 0.01, 20)
    other = slow_stretches * rng.normal(1.0, 0.01, 20)
    apart, together = ratio_of(one, other), ratio_of(one, other, paired=True)
    for found in (apart, together):
        assert found.low <= 4.0 <= found.high
    assert together.high - together.low < apart.high - apart.low
