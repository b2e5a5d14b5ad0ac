"""One run of everything that was asked for, as one report of plain values."""

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gesturelrcn.benchmarking import x_server
from gesturelrcn.benchmarking.camera import NetworkCamera, Picture
from gesturelrcn.benchmarking.child import measured
from gesturelrcn.benchmarking.machine import busy_share, cpu_times, load, machine
from gesturelrcn.errors import GestureLrcnError

FORMAT = 1
"""Version of the report; `--compare` refuses others."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class BenchRequest:
    """What to measure.

    Attributes:
        model: name or card.
        source: a recording with a person in it, or `sample`.
        quick: a minute instead of ten; figures of a quick run are rough.
        peers: also MediaPipe, the sliding window, eager torch and the lower bound.
        gestures: so many from a published frame to a key, twice: unloaded, and with every core kept busy.
        hours: of a simulated stream, and the other ways to grow; 0 for none.
        command: that asked for this.
    """

    model: str = "default"
    source: str = "sample"
    quick: bool = False
    peers: bool = False
    gestures: int = 0
    hours: float = 0.0
    command: str = field(default_factory=lambda: " ".join(["gesturelrcn", *sys.argv[1:]]))

    @property
    def rounds(self) -> int:
        """Frames for each figure."""
        return 100 if self.quick else 1000


def run(request: BenchRequest, say: Say = lambda line: None) -> dict[str, Any]:
    """Measure; takes minutes.

    Args:
        request: what to measure.
        say: is told what comes next.

    Returns:
        The report (docs/performance.md): `stages`, `memory_mb`, `machine`, and with peers `ratios`.

    Raises:
        GestureLrcnError: something cannot be measured here; the sentence says what to do.
    """
    if request.gestures and not x_server.available():
        raise GestureLrcnError("Keys are measured on a display of their own: install Xvfb (package xvfb).")
    began = cpu_times()
    report: dict[str, Any] = {
        "format": FORMAT,
        "machine": machine(),
        "conditions": {"command": request.command, "quick": request.quick, "source": request.source},
    }
    model = {"model": request.model}
    say("stages of the frame path")
    report |= _stages(request)
    stages = report["stages"]
    report["ratios"] = {"look": _rounded(stages["locate"]["cpu_p50"] / stages["step"]["cpu_p50"])}
    say("start-up")
    report["start"] = measured(
        "startup", {**model, "source": request.source, "rounds": 1 if request.quick else 5}
    )
    report["live"] = _live(request, say)
    report["memory_mb"] = max(row["memory_mb"] for row in report["live"])
    say("onnxruntime's own profile")
    report["operators"] = measured("operators", {**model, "rounds": request.rounds // 5})
    if request.peers:
        say("peers, in turn")
        arguments = {**model, "source": request.source, "rounds": request.rounds // 2}
        report["peers"] = measured("peers", arguments)
        report["ratios"] |= report["peers"]["ratios"]
    if request.hours:
        say(f"growth: {request.hours:g} simulated hours, sizes, bindings")
        arguments = {**model, "source": request.source, "hours": request.hours, "rounds": request.rounds // 2}
        report["growth"] = measured("growth", arguments)
    if request.gestures:
        report["end_to_end"] = _end_to_end(request, say)
    report["conditions"] |= {
        "load_after": load(),
        "busy_share": _rounded(busy_share(began, cpu_times())),
    }
    return report


def _stages(request: BenchRequest) -> dict[str, Any]:
    """The stages with the defaults, then the path alone with other engines, threads and pictures."""
    common = {"model": request.model, "source": request.source, "rounds": request.rounds}
    first = measured("stages", common)
    figures: dict[str, Any] = {"stages": first["stages"], "picture": first["picture"], "variants": []}
    if x_server.available():
        with x_server.XServer() as own:
            result = measured("injecting", {"rounds": request.rounds}, environ={"DISPLAY": own.display})
        figures["stages"] |= result
    fewer = {**common, "rounds": request.rounds // 4}
    for engine, threads, size in _variants(request.quick):
        arguments = {**fewer, "engine": engine, "threads": threads, "size": size, "every_stage": False}
        result = measured("stages", arguments, threads=threads)
        figures["variants"].append({"engine": engine, "threads": threads, **result})
    return figures


def _variants(quick: bool) -> list[tuple[str, int, tuple[int, int]]]:
    small, large = (640, 480), (1280, 720)
    if quick:
        return []
    engines = ["onnxruntime", *(["torch"] if importlib.util.find_spec("torch") else [])]
    return [(engine, threads, size) for engine in engines for threads in (1, 2) for size in (small, large)]


def _live(request: BenchRequest, say: Say) -> list[dict[str, Any]]:
    """The whole program at a camera: somebody gestures, somebody sits still, nobody is there."""
    from gesturelrcn.benchmarking.pictures import empty_room, noisy, recorded

    frames = [frame.image for frame in recorded(request.source, 300)]
    height, width = frames[0].shape[:2]
    scenes: dict[str, list[Picture]] = {"active": frames}
    rates = [30.0]
    if not request.quick:
        scenes |= {"still": noisy(frames[0]), "nobody": empty_room((width, height))}
        rates = [15.0, 30.0]
    seconds = 5.0 if request.quick else 10.0
    rows = []
    for scene, pictures in scenes.items():
        for fps in rates:
            say(f"the whole program, {scene}, {fps:g} frames a second")
            with NetworkCamera(pictures, fps) as camera:
                arguments = {"url": camera.url, "seconds": seconds, "somebody": scene != "nobody"}
                result = measured("live", {**arguments, "model": request.model})
            result.pop("decisions")
            rows.append({"scene": scene, "fps": fps, "seconds": seconds, **result})
    return rows


def _end_to_end(request: BenchRequest, say: Say) -> list[dict[str, Any]]:
    from gesturelrcn.benchmarking.end_to_end import end_to_end

    rows = []
    for loaded in (False, True):
        say(f"from a published frame to a key, {'every core busy' if loaded else 'unloaded'}")
        rows.append(end_to_end(request.gestures, request.model, loaded=loaded))
    return rows


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def read_report(text: str, name: str) -> dict[str, Any]:
    """A report from its file.

    Raises:
        GestureLrcnError: it is none, or one of another version.
    """
    try:
        report = json.loads(text)
    except ValueError:
        report = None
    if not isinstance(report, dict) or "stages" not in report:
        raise GestureLrcnError(f"{name} is no report of gesturelrcn bench --json.")
    if report.get("format") != FORMAT:
        raise GestureLrcnError(f"{name} was written by another version of gesturelrcn; measure again.")
    return report
