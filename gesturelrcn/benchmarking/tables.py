"""A report as tables in Markdown: what docs/performance.md shows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gesturelrcn.benchmarking.bars import judged

_SHOWN = ("n", "p50", "p95", "p99", "p99.9", "max", "cpu_p50")
Table = tuple[str, list[str], list[list[str]]]
"""Title, names of the columns, rows."""


def tables(report: dict[str, Any]) -> Iterator[Table]:
    """Everything that the report holds, one table after the other."""
    yield "Machine and conditions", ["", ""], _machine(report)
    processor = report["machine"]["processor"]
    bars = [
        [bar.name, shown(value), f"at {bar.side} {bar.limit:g}", bar.unit, bar.verdict(value, processor)]
        for bar, value in judged(report)
    ]
    yield "Promises", ["", "measured", "promised", "unit", "kept"], bars
    yield "Stages, ms", ["stage", *_SHOWN], _timed(report["stages"])
    for name in ("frame_path", "frame_path_alone", "step"):
        rows = [_variant(one, name) for one in report.get("variants", [])]
        yield f"{name} with other engines, threads, pictures, ms", ["", *_SHOWN], rows
    start = {name: value for name, value in report["start"].items() if not isinstance(value, list)}
    yield "Start", ["", "s"], [[name, shown(value)] for name, value in start.items()]
    yield from _live(report["live"])
    if "peers" in report:
        yield from _peers(report["peers"])
    if "growth" in report:
        for name, rows in report["growth"].items():
            columns = list(rows[0])
            yield f"Growth: {name}", columns, [[shown(row[key]) for key in columns] for row in rows]
    for row in report.get("end_to_end", []):
        yield from _end_to_end(row)
    yield from _operators(report["operators"])


def markdown(report: dict[str, Any]) -> str:
    """All tables."""
    parts = []
    for title, columns, rows in tables(report):
        if rows:
            lines = [columns, ["---"] * len(columns), *rows]
            parts.append(f"### {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    return "\n".join(parts)


def shown(value: Any) -> str:
    """A figure in few digits."""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.3e}"
    return "-" if value is None else str(value)


def _machine(report: dict[str, Any]) -> list[list[str]]:
    figures, conditions = dict(report["machine"]), report["conditions"]
    packages = ", ".join(f"{name} {version}" for name, version in figures.pop("packages").items())
    busy = conditions.get("busy_share")
    return [
        *([name.replace("_", " "), shown(value)] for name, value in figures.items()),
        ["packages", packages],
        ["load at the end", shown(conditions.get("load_after"))],
        ["cores busy, this program included", "-" if busy is None else f"{busy:.0%}"],
        ["recording", conditions["source"]],
        ["command", f"`{conditions['command']}`"],
    ]


def _timed(series: dict[str, dict[str, Any]]) -> list[list[str]]:
    return [[name, *_figures(figures)] for name, figures in series.items() if figures.get("n")]


def _figures(figures: dict[str, Any], columns: Iterable[str] = _SHOWN) -> list[str]:
    return [shown(figures.get(column)) for column in columns]


def _variant(one: dict[str, Any], name: str) -> list[str]:
    width, height = one["picture"]
    threads = "1 thread" if one["threads"] == 1 else f"{one['threads']} threads"
    return [f"{one['engine']}, {threads}, {width}x{height}", *_figures(one["stages"][name])]


def _live(rows: Sequence[dict[str, Any]]) -> Iterator[Table]:
    columns = [
        "scene",
        "fps",
        "core",
        "MB",
        "frame path p50",
        "p99",
        "age p50",
        "age p99",
        "frames",
        "dropped",
    ]
    yield (
        "The whole program at a network camera; times in ms, core as a share of one core",
        columns,
        [
            [
                row["scene"],
                f"{row['fps']:g}",
                f"{row['cpu']['total']:.1%}",
                shown(row["memory_mb"]),
                *_figures(row["frame_path"], ("p50", "p99")),
                *_figures(row["age"], ("p50", "p99")),
                *(shown(row[name]) for name in ("frames", "dropped")),
            ]
            for row in rows
        ],
    )
    names = list(dict.fromkeys(name for row in rows for name in row["cpu"]["threads"]))
    yield (
        "By thread, share of one core",
        ["thread", *(f"{row['scene']} {row['fps']:g}" for row in rows)],
        [[name, *(f"{row['cpu']['threads'].get(name, 0):.1%}" for row in rows)] for name in names],
    )


def _peers(peers: dict[str, Any]) -> Iterator[Table]:
    ours = shown(peers["calls"]["frame_path"]["cpu_p50"])
    live = shown(peers["calls"]["live_path"]["cpu_mean"])
    yield (
        f"Peers: how many times the frame path ({ours} ms; for MediaPipe's {live} ms, as it runs live)",
        ["peer", "processor time, ms", "times", "95 % interval", "times by the clock"],
        [
            [
                name,
                shown(peers["calls"].get(name, {}).get("cpu_p50")),
                shown(ratio),
                " to ".join(shown(end) for end in peers["intervals"][name]),
                shown(peers["ratios_wall"][name]),
            ]
            for name, ratio in peers["ratios"].items()
        ],
    )
    rate = f"{peers['operations'] / 1e6:.0f} million operations, {peers['gflops']:g} GFLOP/s of one thread"
    bound = f"{1e3 * peers['operations'] / (peers['gflops'] * 1e9):.3g}"
    yield "Lower bound", ["", ""], [["the network and the machine", rate], ["bound, ms", bound]]


def _end_to_end(row: dict[str, Any]) -> Iterator[Table]:
    parts = ("pipeline", "camera_to_frame", "frame_to_decision", "decision_to_key", "decision")
    title = (
        f"Published frame to key, ms; other load: {row['load']}; {row['recognised']} gestures recognised of"
        f" {row['shown']} shown"
    )
    yield title, ["", *_SHOWN[:-1]], [[name, *_figures(row[name], _SHOWN[:-1])] for name in parts]


def _operators(figures: dict[str, Any]) -> Iterator[Table]:
    rows = [
        [name, str(row["nodes"]), shown(row["us"]), f"{row['us'] / figures['us']:.1%}"]
        for name, row in list(figures["operators"].items())[:12]
    ]
    yield "Where a step's time goes (onnxruntime's profiler)", ["operator", "nodes", "us", "share"], rows
