"""The pictures of a report, as SVG text; needs matplotlib."""

from typing import Any

from gesturelrcn.evaluation.svg import new_axes, svg


def drawings(report: dict[str, Any]) -> dict[str, str]:
    """Title -> SVG, of whatever the report holds."""
    pictures = {"Stages": stages(report["stages"]), "Processor": threads(report["live"])}
    if "peers" in report:
        pictures["Peers"] = peers(report["peers"])
    if "growth" in report:
        pictures["A long stream"] = hours(report["growth"]["hours"])
    if "end_to_end" in report:
        pictures["Published frame to key"] = pipeline(report["end_to_end"])
    return pictures


def stages(series: dict[str, dict[str, Any]]) -> str:
    """Median of each stage, and a line up to its 99th percentile."""
    figure, axes = new_axes()
    names = [name for name, figures in series.items() if figures.get("n")]
    middles = [series[name]["p50"] for name in names]
    ends = [series[name]["p99"] - series[name]["p50"] for name in names]
    axes.barh(names, middles, xerr=[[0.0] * len(names), ends], color="C0", capsize=3)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("ms, median and up to the 99th percentile")
    return svg(figure)


def threads(rows: list[dict[str, Any]]) -> str:
    """Share of one core by thread, for each scene."""
    figure, axes = new_axes()
    labels = [f"{row['scene']}\n{row['fps']:g} fps" for row in rows]
    floor = [0.0] * len(rows)
    for name in dict.fromkeys(name for row in rows for name in row["cpu"]["threads"]):
        shares = [100 * row["cpu"]["threads"].get(name, 0.0) for row in rows]
        axes.bar(labels, shares, bottom=floor, label=name)
        floor = [low + share for low, share in zip(floor, shares, strict=True)]
    axes.set_ylabel("% of one core")
    axes.legend(fontsize="small")
    return svg(figure)


def peers(figures: dict[str, Any]) -> str:
    """How many times slower each is, with its interval."""
    figure, axes = new_axes()
    names = [name for name in figures["ratios"] if name != "lower_bound"]
    ratios = [figures["ratios"][name] for name in names]
    low = [max(0.0, figures["ratios"][name] - figures["intervals"][name][0]) for name in names]
    high = [max(0.0, figures["intervals"][name][1] - figures["ratios"][name]) for name in names]
    axes.barh(names, ratios, xerr=[low, high], color="C1", capsize=3)
    axes.axvline(1.0, color="k", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel("times the processor time of our frame path")
    return svg(figure)


def hours(rows: list[dict[str, Any]]) -> str:
    """Cost of a frame and memory against the hours of the stream."""
    figure, axes = new_axes()
    at = [row["hour"] for row in rows]
    axes.plot(at, [row["frame_cpu_ms"] for row in rows], marker=".", label="ms a frame")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hours of the simulated stream")
    axes.set_ylabel("ms of processor time a frame")
    other = axes.twinx()
    other.plot(at, [row["memory_mb"] for row in rows], marker=".", color="C3")
    other.set_ylim(bottom=0)
    other.set_ylabel("MB resident", color="C3")
    return svg(figure)


def pipeline(rows: list[dict[str, Any]]) -> str:
    """Percentiles of the way from a published frame to the key."""
    figure, axes = new_axes()
    places = ("p50", "p95", "p99", "p99.9", "max")
    for row in rows:
        if row["pipeline"].get("n"):
            values = [row["pipeline"][place] for place in places]
            axes.plot(places, values, marker="o", label=f"other load: {row['load']}")
    axes.set_yscale("log")
    axes.set_ylabel("ms")
    axes.legend()
    return svg(figure)
