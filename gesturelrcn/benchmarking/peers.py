"""The same frames through what others build on, in turn: how many times slower each is.

Peers: MediaPipe Pose, Hands and Holistic (0.10.21, tracking, as their examples use them); this network run
over a window of 16 frames again for every frame; and this network in eager torch. Lower bound: its operations
over the rate at which one thread multiplies matrices. Times are compared by the processor time of the whole
process: MediaPipe works on several threads, and on a busy machine the clock says more about the others.
"""

import importlib
import importlib.util
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.operators import gemm, operations
from gesturelrcn.benchmarking.pictures import Still, person_in, recorded
from gesturelrcn.benchmarking.stages import FRAMES, WARM_UP, StagedPath, as_live
from gesturelrcn.benchmarking.timing import Samples, ratio_of, rounded
from gesturelrcn.capture import Frame
from gesturelrcn.model import Engine
from gesturelrcn.model.streaming import Pictures
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.region.mediapipe.graphs import solution
from gesturelrcn.system.opencv import cv2

WINDOW = 16
"""Frames over which most LRCN programs run the whole network again for every new frame."""

OURS = "frame_path"
"""A frame that is looked at."""
LIVE = "live_path"
"""A frame of a camera that delivers thirty a second: some are passed over."""
_LIVE_FPS = 30.0
_EVERY_SLOW = 4
"""The slow ones take part in every fourth turn, or they would be all that is measured."""

Run = Callable[[Frame], object]


def measure(
    model: str = "default",
    source: str = "sample",
    rounds: int = 400,
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Time all in turn.

    Args:
        model: name or card.
        source: a recording.
        rounds: frames through the frame path; a fourth of them through each peer.
        only: names of peers; default all that can run here.

    Returns:
        `ratios`: by processor time, how many times as long as a frame of ours each takes: what others made
        against the mean of frames as they come live, some passed over; this network in other ways against the
        median of frames that are looked at (`lower_bound`: how many times the bound such a frame takes);
        `intervals` of 95 %; `ratios_wall`: by the clock, always against frames that are looked at;
        `calls`: what `Samples.summary` says of each; `operations`, `gflops`; `missing`: what cannot run here.
    """
    cv2.setNumThreads(1)
    frames = recorded(source, FRAMES)
    region = person_in(frames)
    engine = engine_with(model, "onnxruntime", 1)
    missing = []
    with ExitStack() as stack:
        runs: dict[str, Run] = {
            OURS: Recognizer(engine, follower=Still(region)).process,
            LIVE: Recognizer(engine, follower=Still(region), rests=True).process,
        }
        for name, make in PEERS.items():
            if only and name not in only:
                continue
            if not all(map(importlib.util.find_spec, PACKAGES.get(name, ()))):
                missing.append(name)
                continue
            runs[name] = make(model, engine, region, stack)
        product, gemm_operations = gemm()
        runs["gemm"] = lambda _: product()
        taken = _in_turn(runs, frames, rounds)
    needed = operations(model)
    return {**_compared(taken, needed, gemm_operations), "missing": missing}


def _in_turn(runs: dict[str, Run], frames: Sequence[Frame], rounds: int) -> dict[str, Samples]:
    """Each sees the frames one after the other, as a camera delivers them: trackers lose who jumps."""
    taken = {name: Samples() for name in runs}
    shown = {name: as_live(frames, _LIVE_FPS) if name == LIVE else as_live(frames) for name in runs}
    for number in range(WARM_UP + rounds):
        if number == WARM_UP:
            taken = {name: Samples() for name in runs}
        for name, run in runs.items():
            if name in (OURS, LIVE) or number % _EVERY_SLOW == 0:
                frame = next(shown[name])
                # The whole process: MediaPipe works on threads of its own.
                with taken[name].call(time.process_time):
                    run(frame)
    return taken


def _compared(taken: dict[str, Samples], needed: float, gemm_operations: float) -> dict[str, Any]:
    calls = {name: samples.summary() for name, samples in taken.items()}
    ours, products = calls[OURS], calls.pop("gemm")
    rate = gemm_operations / products["cpu_p50"] * 1e3
    ratios, walls, intervals = {}, {}, {}
    for name, one in calls.items():
        if name in (OURS, LIVE):
            continue
        if name in OTHERS:
            ratio = ratio_of(one["cpu_block_means"], calls[LIVE]["cpu_block_means"], paired=True)
            ratios[name] = rounded(one["cpu_mean"] / calls[LIVE]["cpu_mean"])
        else:
            ratio = ratio_of(one["cpu_blocks"], ours["cpu_blocks"], paired=True)
            ratios[name] = rounded(one["cpu_p50"] / ours["cpu_p50"])
        walls[name] = rounded(one["p50"] / ours["p50"])
        intervals[name] = [rounded(ratio.low), rounded(ratio.high)]
    bounds = [block / gemm_operations * needed for block in products["cpu_blocks"]]
    ratio = ratio_of(ours["cpu_blocks"], bounds, paired=True)
    ratios["lower_bound"] = rounded(ours["cpu_p50"] / (1e3 * needed / rate))
    walls["lower_bound"] = rounded(ours["p50"] / (products["p50"] / gemm_operations * needed))
    intervals["lower_bound"] = [rounded(ratio.low), rounded(ratio.high)]
    return {
        "ratios": ratios,
        "ratios_wall": walls,
        "intervals": intervals,
        "calls": calls,
        "operations": needed,
        "gflops": rounded(rate / 1e9),
    }


def _pose(model: str, engine: Engine, region: Region, stack: ExitStack) -> Run:
    return _solution("pose", "Pose", stack)


def _hands(model: str, engine: Engine, region: Region, stack: ExitStack) -> Run:
    return _solution("hands", "Hands", stack)


def _holistic(model: str, engine: Engine, region: Region, stack: ExitStack) -> Run:
    return _solution("holistic", "Holistic", stack)


def _solution(module: str, name: str, stack: ExitStack) -> Run:
    """A MediaPipe solution with its defaults: complexity 1, tracking from frame to frame."""
    graph = solution(module, name)
    stack.callback(graph.close)

    def run(frame: Frame) -> object:
        return graph.process(cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB))

    return run


def _sliding_window(model: str, engine: Engine, region: Region, stack: ExitStack) -> Run:
    """Keep 16 pictures; for every new one begin with an empty memory and go through all of them."""
    path = StagedPath(engine, region)
    window: deque[Pictures] = deque(maxlen=WINDOW)

    def run(frame: Frame) -> object:
        window.append(path.crop(frame.image))
        if len(window) == 1:
            window.extend([window[0]] * (WINDOW - 1))
        path.reset()
        output = [path.step(pictures) for pictures in window][-1]
        return path.decode(output, frame.captured_at)

    return run


def _torch_eager(model: str, engine: Engine, region: Region, stack: ExitStack) -> Run:
    return Recognizer(engine_with(model, "torch", 1), follower=Still(region)).process


PEERS: dict[str, Callable[[str, Engine, Region, ExitStack], Run]] = {
    "mediapipe_pose": _pose,
    "mediapipe_hands": _hands,
    "mediapipe_holistic": _holistic,
    "sliding_window": _sliding_window,
    "torch_eager": _torch_eager,
}
"""Name -> what makes it run: model, its engine, region of the person, and what to close afterwards."""

OTHERS = ("mediapipe_pose", "mediapipe_hands", "mediapipe_holistic")
"""What others have made, which looks at every frame of a camera."""

PACKAGES = {
    **dict.fromkeys(OTHERS, ("mediapipe",)),
    "torch_eager": ("torch",),
}
"""What must be installed for a peer, beside what gesturelrcn needs."""
