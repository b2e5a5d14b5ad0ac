import numpy as np
import pytest

from gesturelrcn.evaluation.statistics import (
    edit_distance,
    f1,
    mean,
    percentile,
    poisson_interval,
    ratio,
    slope,
)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("ab", "ba", 2),
        ("abcabc", "abc", 3),
    ],
)
def test_edit_distance(one, other, distance):
    assert edit_distance(list(one), list(other)) == distance
    assert edit_distance(list(other), list(one)) == distance


# Garwood's limits as tables give them, for example Ulm 1990, Am. J. Epidemiol. 131:373.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.2422, 7.225), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_poisson_interval(count, low, high):
    assert poisson_interval(count) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


def test_poisson_interval_holds_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = {count: poisson_interval(count) for count in range(30)}
    for true in (0.3, 2.0, 7.0):
        held = [low <= true <= high for low, high in (intervals[n] for n in rng.poisson(true, 4000))]
        assert np.mean(held) >= 0.945


def test_poisson_interval_of_many():
    low, high = poisson_interval(5000)
    assert low == pytest.approx(5000 - 1.96 * 5000**0.5, rel=0.002)
    assert high == pytest.approx(5000 + 1.96 * 5000**0.5, rel=0.002)


def test_nothing_has_no_figure():
    assert mean([]) is percentile([], 0.5) is ratio(0, 0) is f1(None, 0.5) is None
    assert f1(0.0, None) == 0.0
    assert f1(0.5, 1.0) == pytest.approx(2 / 3)


def test_slope_of_a_line_and_of_noise():
    x = np.linspace(0, 1, 200)
    assert slope(x, 0.9 - 0.2 * x) == pytest.approx((-0.2, -0.2, -0.2))
    value, low, high = slope(x, np.random.default_rng(1).random(200))
    assert low < 0 < high
    assert low < value < high
    assert slope([1, 1, 1], [0, 1, 0]) is None
    assert slope([0, 1], [0, 1]) is None
