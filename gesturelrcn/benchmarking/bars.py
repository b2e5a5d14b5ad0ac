"""What is promised, and whether a report keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Bar:
    """One promise.

    Attributes:
        name: in words.
        where: keys that lead to the figure in a report; `live` rows are found by scene and rate.
        limit: to be kept.
        side: at `most` or at `least`.
        unit: of the figure.
        machine: how the name of the processor begins on which it is promised; "" for any.
    """

    name: str
    where: tuple[str, ...]
    limit: float
    side: Literal["most", "least"]
    unit: str
    machine: str = ""

    @property
    def is_ratio(self) -> bool:
        """It holds on any machine; CI looks at these only."""
        return self.unit == "times"

    def kept(self, value: float, share: float = 1.0) -> bool:
        """Whether this figure keeps it.

        Args:
            value: the figure.
            share: of the limit that must be reached, 0 to 1.
        """
        return value <= self.limit / share if self.side == "most" else value >= self.limit * share

    def verdict(self, value: float, processor: str) -> str:
        """`yes`, or `NO` with how far it is off and where it is promised; on another machine just that."""
        if not processor.startswith(self.machine):
            return f"promised on {self.machine}"
        if self.kept(value):
            return "yes"
        off, how = abs(value / self.limit - 1), "over" if self.side == "most" else "short"
        return f"NO, {off:.0%} {how}; promised on {self.machine or 'any machine'}"


MACHINE = "AMD EPYC"
"""The processor, two cores of it, on which times, shares of a core and the way to a key are promised."""


def _here(name: str, where: tuple[str, ...], limit: float, unit: str) -> Bar:
    return Bar(name, where, limit, "most", unit, machine=MACHINE)


BARS = (
    Bar("one look for people, of a step", ("ratios", "look"), 1.0, "most", "times"),
    Bar("MediaPipe Pose, times slower", ("ratios", "mediapipe_pose"), 8.0, "least", "times"),
    Bar("MediaPipe Hands, times slower", ("ratios", "mediapipe_hands"), 8.0, "least", "times"),
    Bar("MediaPipe Holistic, times slower", ("ratios", "mediapipe_holistic"), 18.0, "least", "times"),
    Bar("sliding window of 16, times slower", ("ratios", "sliding_window"), 12.0, "least", "times"),
    Bar("eager torch, times slower", ("ratios", "torch_eager"), 4.0, "least", "times"),
    Bar("we, times slower than the lower bound", ("ratios", "lower_bound"), 4.0, "most", "times"),
    Bar("resident memory", ("memory_mb",), 140.0, "most", "MB"),
    _here("frame path, crop to events, p50", ("stages", "frame_path", "p50"), 4.0, "ms"),
    _here("frame path, crop to events, p99", ("stages", "frame_path", "p99"), 10.0, "ms"),
    _here("core at 30 fps, active", ("live", "active", "30", "cpu", "total"), 0.13, "of a core"),
    _here("core at 30 fps, sitting still", ("live", "still", "30", "cpu", "total"), 0.035, "of a core"),
    _here("core at 30 fps, nobody there", ("live", "nobody", "30", "cpu", "total"), 0.03, "of a core"),
    _here("import", ("start", "import_s"), 0.3, "s"),
    _here("first score", ("start", "first_score_s"), 0.4, "s"),
    _here("published frame to key, p50", ("end_to_end", "none", "pipeline", "p50"), 15.0, "ms"),
    _here("published frame to key, p99", ("end_to_end", "none", "pipeline", "p99"), 40.0, "ms"),
)

CI_SHARE = 0.5
"""CI runs briefly on machines where others work, too, and caches are cold whenever our turn comes. It must
notice that something has become twice as slow against its peers; the promises are for a quiet machine."""


def judged(report: dict[str, Any]) -> Iterator[tuple[Bar, float]]:
    """Each promise that the report says something about, with its figure."""
    for bar in BARS:
        value = figure(report, bar.where)
        if value is not None:
            yield bar, value


def figure(report: dict[str, Any], where: tuple[str, ...]) -> float | None:
    """The number in the report that these keys lead to, or None."""
    value: Any = report
    keys = list(where)
    while keys:
        key = keys.pop(0)
        if isinstance(value, list) and key in ("active", "still", "nobody"):
            fps = float(keys.pop(0))
            rows = (row for row in value if (row["scene"], row["fps"]) == (key, fps))
            value = next((row for row in rows if keeps_up(row)), None)
        elif isinstance(value, list):
            value = next((row for row in value if row.get("load") == key), None)
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None


def keeps_up(row: dict[str, Any]) -> bool:
    """Whether nearly every frame was looked at; else the share of a core is not that of this frame rate."""
    return bool(row["dropped"] <= 0.05 * (row["frames"] + row["dropped"]))


def broken_ratios(report: dict[str, Any], share: float = 1.0) -> list[str]:
    """Sentences about ratios that are not kept, each by at least this share of its limit."""
    return [
        f"{bar.name}: {value:g}, promised at {bar.side} {bar.limit:g}"
        for bar, value in judged(report)
        if bar.is_ratio and not bar.kept(value, share)
    ]
