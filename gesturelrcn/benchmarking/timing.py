"""How long calls take: samples, what is said of them, and whether two sets of them differ."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCKS = 20
"""Into so many stretches of time a series is cut; their medians say how far a figure can be trusted."""

_PERCENTILES = {"p50": 50.0, "p95": 95.0, "p99": 99.0, "p99.9": 99.9}


@dataclass
class Samples:
    """Durations of one kind of call, in the order in which they were measured.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of processor time, or empty where that says nothing.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def call(self, cpu_clock: Callable[[], float] = time.thread_time) -> Iterator[None]:
        """Time the block.

        Args:
            cpu_clock: `time.thread_time`, or `time.process_time` for what works on several threads.
        """
        began, busy = time.perf_counter(), cpu_clock()
        yield
        self.cpu.append(cpu_clock() - busy)
        self.wall.append(time.perf_counter() - began)

    def summary(self) -> dict[str, Any]:
        """Milliseconds: percentiles, maximum, processor time, and the medians of stretches of the series."""
        if not self.wall:
            return {"n": 0}
        wall = 1000 * np.array(self.wall, np.float64)
        figures: dict[str, Any] = {"n": len(wall), "mean": rounded(wall.mean())}
        figures |= {name: rounded(np.percentile(wall, share)) for name, share in _PERCENTILES.items()}
        figures["max"] = rounded(wall.max())
        figures["blocks"] = [rounded(block) for block in block_medians(wall)]
        if self.cpu:
            cpu = 1000 * np.array(self.cpu, np.float64)
            figures["cpu_p50"] = rounded(np.median(cpu))
            figures["cpu_mean"] = rounded(cpu.mean())
            figures["cpu_block_means"] = [rounded(block) for block in block_means(cpu)]
            figures["cpu_blocks"] = [rounded(block) for block in block_medians(cpu)]
        return figures


def rounded(value: float, digits: int = 4) -> float:
    """To so many significant digits."""
    value = float(value)
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def block_medians(values: NDArray[np.float64], blocks: int = BLOCKS) -> list[float]:
    """Medians of consecutive stretches. Calls that follow each other are alike, so stretches are counted."""
    return [float(np.median(part)) for part in np.array_split(values, min(blocks, len(values)))]


def block_means(values: NDArray[np.float64], blocks: int = BLOCKS) -> list[float]:
    """Means of consecutive stretches, for calls of which some do next to nothing."""
    return [float(np.mean(part)) for part in np.array_split(values, min(blocks, len(values)))]


@dataclass(frozen=True)
class Ratio:
    """How many times as long one takes as the other.

    Attributes:
        ratio: of the medians.
        low: lower end of the interval.
        high: upper end.
    """

    ratio: float
    low: float
    high: float


def ratio_of(
    one: Sequence[float], other: Sequence[float], *, confidence: float = 0.95, paired: bool = False
) -> Ratio:
    """Medians of stretches of `one` over those of `other`, with a bootstrap interval.

    Efron and Tibshirani 1993, "An Introduction to the Bootstrap", percentile intervals; whole stretches are
    drawn, since neighbouring calls are not independent (Künsch 1989, Annals of Statistics 17).

    Args:
        one: medians of stretches, at least 2.
        other: the same.
        confidence: of the interval.
        paired: the stretches were measured in turn, so they are drawn together.
    """
    a, b = np.asarray(one, np.float64), np.asarray(other, np.float64)
    rng = np.random.default_rng(0)
    draws = 4000
    drawn_a = rng.integers(0, len(a), (draws, len(a)))
    drawn_b = drawn_a if paired and len(a) == len(b) else rng.integers(0, len(b), (draws, len(b)))
    ratios = np.median(a[drawn_a], axis=1) / np.median(b[drawn_b], axis=1)
    low, high = np.percentile(ratios, [50 * (1 - confidence), 50 * (1 + confidence)])
    return Ratio(float(np.median(a) / np.median(b)), float(low), float(high))
