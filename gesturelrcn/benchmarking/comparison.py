"""Two reports: what has become slower, beyond what chance explains."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gesturelrcn.benchmarking.timing import Ratio, ratio_of

TOLERANCE = 0.05
"""A difference below this share is not called one, however sure it is."""
_CONFIDENCE = 0.99
"""A dozen figures are compared at once; with 95 % every other comparison would cry wolf."""


@dataclass(frozen=True)
class Change:
    """How one figure has changed.

    Attributes:
        name: of the figure.
        before: milliseconds in the first report.
        after: in the second.
        ratio: of the second to the first, with its interval.
        clock: `cpu` where processor times were compared, else `wall`.
    """

    name: str
    before: float
    after: float
    ratio: Ratio
    clock: str

    @property
    def verdict(self) -> str:
        """`slower` or `faster` if the whole interval lies beyond the tolerance, else `same`."""
        if self.ratio.low > 1 + TOLERANCE:
            return "slower"
        if self.ratio.high < 1 / (1 + TOLERANCE):
            return "faster"
        return "same"


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Every series that both reports hold: stages, variants, and calls of peers."""
    old = dict(_series(before))
    for name, new in _series(after):
        if name not in old:
            continue
        clock = "cpu" if "cpu_blocks" in new and "cpu_blocks" in old[name] else "wall"
        blocks, p50 = ("cpu_blocks", "cpu_p50") if clock == "cpu" else ("blocks", "p50")
        ratio = ratio_of(new[blocks], old[name][blocks], confidence=_CONFIDENCE)
        yield Change(name, old[name][p50], new[p50], ratio, clock)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What was not the same on both occasions, so that figures need not be the fault of the program."""
    notes = []
    for key in ("processor", "cores", "python", "packages"):
        if before["machine"].get(key) != after["machine"].get(key):
            notes.append(f"{key}: {before['machine'].get(key)} and {after['machine'].get(key)}")
    if before["conditions"].get("source") != after["conditions"].get("source"):
        notes.append("the recordings differ")
    for which, one in (("first", before), ("second", after)):
        if one["conditions"].get("quick"):
            notes.append(f"the {which} was a quick run")
    return notes


def _series(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, series in report["stages"].items():
        yield name, series
    for variant in report.get("variants", []):
        width, height = variant["picture"]
        for name, series in variant["stages"].items():
            yield f"{name} ({variant['engine']}, {variant['threads']} threads, {width}x{height})", series
    for name, series in report.get("peers", {}).get("calls", {}).items():
        yield f"{name}, in turn with the others", series
