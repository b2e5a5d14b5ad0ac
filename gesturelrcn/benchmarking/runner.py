"""One run of everything that was asked for, as one report of plain values."""

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gesturelrcn.benchmarking import x_server
from gesturelrcn.benchmarking.camera import Camera, Picture
from gesturelrcn.benchmarking.child import measured
from gesturelrcn.benchmarking.machine import busy_share, cpu_times, load, machine
from gesturelrcn.errors import GestureLrcnError

FORMAT = 1
"""Version of the report; `--compare` refuses others."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class Wanted:
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


def run(wanted: Wanted, say: Say = lambda line: None) -> dict[str, Any]:
    """Measure; takes minutes.

    Args:
        wanted: what.
        say: is told what comes next.

    Returns:
        The report (docs/performance.md): `stages`, `memory_mb`, `machine`, and with peers `ratios`.

    Raises:
        GestureLrcnError: something cannot be measured here; the sentence says what to do.
    """
    if wanted.gestures and not x_server.available():
        raise GestureLrcnError("Keys are measured on a display of their own: install Xvfb (package xvfb).")
    began = cpu_times()
    report: dict[str, Any] = {
        "format": FORMAT,
        "machine": machine(),
        "conditions": {"command": wanted.command, "quick": wanted.quick, "source": wanted.source},
    }
    model = {"model": wanted.model}
    say("stages of the frame path")
    report |= _stages(wanted)
    say("start-up")
    report["start"] = measured(
        "startup", {**model, "source": wanted.source, "rounds": 1 if wanted.quick else 5}
    )
    report["live"] = _live(wanted, say)
    report["memory_mb"] = max(row["memory_mb"] for row in report["live"])
    say("onnxruntime's own profile")
    report["operators"] = measured("operators", {**model, "rounds": wanted.rounds // 5})
    if wanted.peers:
        say("peers, in turn")
        arguments = {**model, "source": wanted.source, "rounds": wanted.rounds // 2}
        report["peers"] = measured("peers", arguments)
        report["ratios"] = report["peers"]["ratios"]
    if wanted.hours:
        say(f"growth: {wanted.hours:g} simulated hours, sizes, bindings")
        arguments = {**model, "source": wanted.source, "hours": wanted.hours, "rounds": wanted.rounds // 2}
        report["growth"] = measured("growth", arguments)
    if wanted.gestures:
        report["end_to_end"] = _end_to_end(wanted, say)
    report["conditions"] |= {
        "load_after": load(),
        "busy_share": _rounded(busy_share(began, cpu_times())),
    }
    return report


def _stages(wanted: Wanted) -> dict[str, Any]:
    """The stages with the defaults, then the path alone with other engines, threads and pictures."""
    common = {"model": wanted.model, "source": wanted.source, "rounds": wanted.rounds}
    first = measured("stages", common)
    told: dict[str, Any] = {"stages": first["stages"], "picture": first["picture"], "variants": []}
    if x_server.available():
        with x_server.XServer() as own:
            found = measured("injecting", {"rounds": wanted.rounds}, environ={"DISPLAY": own.display})
        told["stages"] |= found
    fewer = {**common, "rounds": wanted.rounds // 4}
    for engine, threads, size in _variants(wanted.quick):
        arguments = {**fewer, "engine": engine, "threads": threads, "size": size, "every_stage": False}
        found = measured("stages", arguments, threads=threads)
        told["variants"].append({"engine": engine, "threads": threads, **found})
    return told


def _variants(quick: bool) -> list[tuple[str, int, tuple[int, int]]]:
    small, large = (640, 480), (1280, 720)
    if quick:
        return []
    engines = ["onnxruntime", *(["torch"] if importlib.util.find_spec("torch") else [])]
    return [(engine, threads, size) for engine in engines for threads in (1, 2) for size in (small, large)]


def _live(wanted: Wanted, say: Say) -> list[dict[str, Any]]:
    """The whole program at a camera: somebody gestures, somebody sits still, nobody is there."""
    from gesturelrcn.benchmarking.pictures import empty_room, noisy, recorded

    frames = [frame.image for frame in recorded(wanted.source, 300)]
    height, width = frames[0].shape[:2]
    scenes: dict[str, list[Picture]] = {"active": frames}
    rates = [30.0]
    if not wanted.quick:
        scenes |= {"still": noisy(frames[0]), "nobody": empty_room((width, height))}
        rates = [15.0, 30.0]
    seconds = 5.0 if wanted.quick else 10.0
    rows = []
    for scene, pictures in scenes.items():
        for fps in rates:
            say(f"the whole program, {scene}, {fps:g} frames a second")
            with Camera(pictures, fps) as camera:
                arguments = {"url": camera.url, "seconds": seconds, "somebody": scene != "nobody"}
                found = measured("live", {**arguments, "model": wanted.model})
            found.pop("decisions")
            rows.append({"scene": scene, "fps": fps, "seconds": seconds, **found})
    return rows


def _end_to_end(wanted: Wanted, say: Say) -> list[dict[str, Any]]:
    from gesturelrcn.benchmarking.end_to_end import end_to_end

    rows = []
    for loaded in (False, True):
        say(f"from a published frame to a key, {'every core busy' if loaded else 'unloaded'}")
        rows.append(end_to_end(wanted.gestures, wanted.model, loaded=loaded))
    return rows


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def read_report(text: str, name: str) -> dict[str, Any]:
    """A report from its file.

    Raises:
        GestureLrcnError: it is none, or one of another version.
    """
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if not isinstance(held, dict) or "stages" not in held:
        raise GestureLrcnError(f"{name} is no report of gesturelrcn bench --json.")
    if held.get("format") != FORMAT:
        raise GestureLrcnError(f"{name} was written by another version of gesturelrcn; measure again.")
    return held
