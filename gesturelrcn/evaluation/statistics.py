"""Numbers with a definition of their own: edit distance, exact Poisson interval, percentiles, slope."""

import math
from collections.abc import Callable, Sequence

import numpy as np


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Least number of insertions, deletions and substitutions that turn one into the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(other, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval for the mean of a Poisson count (Garwood 1936, Biometrika 28).

    With a count of 0 it is (0, 3.69): about the "rule of three", which is one-sided.

    Args:
        count: what was counted, at least 0.
        level: share of such intervals that hold the true mean, at least.
    """
    tail = (1.0 - level) / 2
    low = 0.0 if count == 0 else _where(lambda mean: _at_most(count - 1, mean) > 1.0 - tail, count)
    return low, _where(lambda mean: _at_most(count, mean) > tail, count)


def _at_most(count: int, mean: float) -> float:
    """Probability of a Poisson count of at most `count`; sums from the largest term, for any mean."""
    if mean <= 0.0:
        return 1.0
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    return math.fsum(math.exp(value) for value in sorted(logs))


def _where(above: Callable[[float], bool], count: int) -> float:
    """The mean at which `above` turns from true to false, by bisection."""
    low, high = 0.0, count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return (low + high) / 2


def percentile(values: Sequence[float], share: float) -> float | None:
    """Linear between neighbours; None of nothing."""
    return float(np.percentile(values, 100 * share)) if values else None


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return math.fsum(values) / len(values) if values else None


def ratio(part: float, whole: float) -> float | None:
    """None of nothing."""
    return part / whole if whole else None


def f1(recall: float | None, precision: float | None) -> float | None:
    """Harmonic mean; 0 where nothing was found, None where nothing was there to be found."""
    if recall is None:
        return None
    if not recall or not precision:
        return 0.0
    return 2 * recall * precision / (recall + precision)


def slope(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float] | None:
    """Least-squares slope of y over x and its 95 % interval (normal); None where x does not vary enough."""
    if len(x) < 3:
        return None
    across, up = np.asarray(x, float), np.asarray(y, float)
    spread = float(np.square(across - across.mean()).sum())
    if spread <= 0.0:
        return None
    value = float(((across - across.mean()) * (up - up.mean())).sum() / spread)
    rest = up - up.mean() - value * (across - across.mean())
    error = math.sqrt(float(np.square(rest).sum()) / (len(x) - 2) / spread)
    return value, value - 1.96 * error, value + 1.96 * error
