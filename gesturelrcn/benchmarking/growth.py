"""What grows and what must not: hours of stream, size of the pictures, number of bindings."""

import time
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np

from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.live import resident_mb
from gesturelrcn.benchmarking.pictures import Still, person_in, recorded
from gesturelrcn.benchmarking.stages import FRAMES, dispatch, path_by_stage
from gesturelrcn.benchmarking.timing import block_medians, rounded
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import person_locator

SIZES = ((320, 240), (640, 480), (1280, 720), (1920, 1080))
BINDINGS = (1, 10, 100, 1000)
FPS = 8.0
"""Frames a second of the simulated stream: the lowest for which the model was made, so the most hours."""
_PARTS = 16
_LOCATE_EVERY = 250
"""Frames between two calls of the locator, which are not timed but whose memory counts."""


def measure(
    model: str = "default",
    source: str = "sample",
    hours: float = 8.0,
    rounds: int = 200,
) -> dict[str, Any]:
    """Everything that could grow.

    Returns:
        `hours`, `sizes` and `bindings`: lists of rows.
    """
    return {
        "hours": over_hours(model, source, hours),
        "sizes": over_sizes(model, source, rounds),
        "bindings": over_bindings(model, rounds),
    }


def over_hours(model: str, source: str, hours: float) -> list[dict[str, float]]:
    """Processor time of a frame and resident memory in each sixteenth of a stream of so many hours.

    Frames follow each other as fast as they can; their time stamps say that they are an eighth of a second
    apart. The frames of the recording are shown again and again.
    """
    frames = recorded(source, FRAMES)
    locator = person_locator()
    recognizer = Recognizer(model, follower=Still(person_in(frames)))
    rows = []
    each = max(1, round(hours * 3600 * FPS / _PARTS))
    number = 0
    with closing(locator):
        for part in range(_PARTS):
            taken = []
            for _ in range(each):
                frame = frames[number % len(frames)]
                if number % _LOCATE_EVERY == 0:
                    locator.locate(frame.image, number / FPS)
                began = time.thread_time()
                recognizer.process(replace(frame, captured_at=number / FPS, index=number))
                taken.append(time.thread_time() - began)
                number += 1
            rows.append(
                {
                    "hour": rounded(hours * (part + 1) / _PARTS),
                    "frame_cpu_ms": rounded(1000 * float(np.median(taken))),
                    "memory_mb": rounded(resident_mb()),
                }
            )
    return rows


def over_sizes(model: str, source: str, rounds: int) -> list[dict[str, Any]]:
    """Processor time of the frame path without the locator, and of its crop, by size of the picture."""
    engine = engine_with(model, "onnxruntime", 1)
    rows: list[dict[str, Any]] = []
    for size in SIZES:
        frames = recorded(source, FRAMES // 4, size)
        samples = path_by_stage(engine, frames, person_in(frames), rounds)
        rows.append(
            {"picture": f"{size[0]}x{size[1]}"}
            | {f"{name}_cpu_ms": samples[name].summary()["cpu_p50"] for name in ("crop", "frame_path_alone")}
        )
    return rows


def over_bindings(model: str, rounds: int) -> list[dict[str, float]]:
    """Processor time of an event in the dispatcher, by number of bindings."""
    gestures = engine_with(model, "onnxruntime", 1).card.gestures
    rows = []
    for bound in BINDINGS:
        blocks = block_medians(1000 * np.array(dispatch(gestures, rounds, bound).cpu, np.float64))
        rows.append({"bindings": bound, "dispatch_cpu_ms": rounded(float(np.median(blocks)))})
    return rows
