"""Hours at work: does memory stay flat, do threads and descriptors come back, do frames stay young?

Usage:
    python -m benchmarks.soak simulated [--hours 8]      frames as fast as they go, on a clock of their own
    python -m benchmarks.soak real [--minutes 30] [--load 2]      a network camera with losses, in real time

Both use the whole recogniser with the shipped model's card; `simulated` puts a quick engine in the model's
place, `real` runs the shipped model, the person locator and the stream. Prints one JSON object.
"""

import argparse
import itertools
import json
import logging
import multiprocessing
import os
import random
import sys
import threading
import time
from pathlib import Path

import numpy as np

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.model import KEYPOINTS, StepResult, assets, load_model
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region, SteppedFollower
from gesturelrcn.stream.stream import GestureStream
from tests.mjpeg_server import MjpegServer

FPS = 15
SLOW_FPS = 8
WARM = 0.1
"""Share of the run after which memory is first looked at."""


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    commands = parser.add_subparsers(dest="command", required=True)
    simulated_options = commands.add_parser("simulated")
    simulated_options.add_argument("--hours", type=float, default=8.0)
    real_options = commands.add_parser("real")
    real_options.add_argument("--minutes", type=float, default=30.0)
    real_options.add_argument("--load", type=int, default=2, help="processes that keep the processor busy")
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    figures = (
        simulated(options.hours) if options.command == "simulated" else real(options.minutes, options.load)
    )
    print(json.dumps(figures))
    sys.exit(0 if figures["ok"] else 1)


class QuickEngine:
    """In the model's place: scores that rise and fall with the brightness of the picture."""

    def __init__(self) -> None:
        self.card = load_model().card

    def initial_state(self) -> np.ndarray:
        """Nothing seen yet."""
        return np.zeros((2, 1, self.card.hidden), np.float32)

    def step(self, crop: np.ndarray, state: np.ndarray, dt: float, *_: object) -> StepResult:
        """A bright picture is the first gesture."""
        scores = np.full(len(self.card.classes), 0.01, np.float32)
        seen = self.card.gestures[0] if crop[64, 64, 0] > 127 else "none"
        scores[self.card.classes.index(seen)] = 1.0
        joints = np.full((len(KEYPOINTS), 3), 0.5, np.float32)
        return StepResult(scores, joints, (state * 0.9 + dt).astype(np.float32))


class Passers:
    """A locator's view of people who come, walk about and go."""

    def locate(self, image: np.ndarray, at: float) -> Region | None:
        """Nobody for a while in each ten minutes."""
        if at % 600 > 540:
            return None
        return Region(80 + 30 * np.sin(at / 40), 60, 100 + 20 * np.sin(at / 90), 1.0, at)

    def close(self) -> None:
        """Nothing is held."""


def simulated(hours: float) -> dict[str, object]:
    """So many hours of frames through the recogniser, gaps and other sizes of picture among them."""
    recognizer = Recognizer(QuickEngine(), follower=SteppedFollower(Passers()))
    pictures = [np.full((120, 160, 3), level, np.uint8) for level in (20, 230)]
    tall = [np.full((160, 120, 3), level, np.uint8) for level in (20, 230)]
    total = int(hours * 3600 * SLOW_FPS)
    at, events, first = 0.0, 0, None
    begin = time.monotonic()
    for index in range(total):
        at += 1 / SLOW_FPS if index % 20_000 else 5.0
        shown = (tall if at % 3600 > 3500 else pictures)[int(at % 10 < 2)]
        frame = Frame(shown, at, index, "soak", at, discontinuous=index % 9973 == 0)
        events += len(recognizer.process(frame))
        if first is None and index > WARM * total:
            first = footprint()
    last = footprint()
    recognizer.close()
    assert first is not None
    return {
        "hours": hours,
        "frames": total,
        "events": events,
        "minutes_taken": round((time.monotonic() - begin) / 60, 1),
        **compared(first, last),
    }


def real(minutes: float, load: int) -> dict[str, object]:
    """So many minutes of the sample as a network camera that is lost again and again."""
    with open_source(assets() / "sample.mp4") as sample:
        pictures = [frame.image[::2, ::2].copy() for frame in itertools.islice(sample, 0, None, 2)]
    busy = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(load)]
    for process in busy:
        process.start()
    before = threading.active_count()
    with MjpegServer(itertools.cycle(pictures), FPS, numbered=True) as server:
        stream = GestureStream(server.url)
        ages, samples, changes, events = [], [], [], []
        stream.on_any(events.append)
        stream.on_source()(lambda change: changes.append(str(change.state)))
        stream.add_frame_listener(lambda frame, _view: ages.append(time.monotonic() - frame.captured_at))
        runner = threading.Thread(target=stream.run)
        runner.start()
        faults = _trouble(server, time.monotonic() + 60 * minutes, samples)
        stopped_at = time.monotonic()
        stream.stop()
        runner.join(30)
        ended = time.monotonic() - stopped_at
    for process in busy:
        process.terminate()
    warm = samples[max(1, int(WARM * len(samples)))]
    late = {name: int(np.median([each[name] for each in samples[-10:]])) for name in warm}
    return {
        "minutes": minutes,
        "load": load,
        "average_load_of_machine": round(os.getloadavg()[0], 1),
        "faults": faults,
        "told": {state: changes.count(state) for state in sorted(set(changes))},
        "events": len(events),
        "frames": len(ages),
        "frame_age_s": {
            "p50": round(float(np.percentile(ages, 50)), 3),
            "p99": round(float(np.percentile(ages, 99)), 3),
            "max": round(max(ages), 3),
        },
        "seconds_to_stop": round(ended, 2),
        "threads_left": threading.active_count() - before,
        **compared(warm, late),
    }


def _trouble(server: MjpegServer, until: float, samples: list[dict[str, int]]) -> int:
    """Break the camera each twenty seconds or so; looks at the process each second."""
    chance = random.Random(0)
    faults = 0
    while time.monotonic() < until:
        for _ in range(chance.randint(10, 25)):
            time.sleep(1.0)
            samples.append(footprint())
        way = chance.choice(("drop", "restart", "stall", "freeze"))
        faults += 1
        if way == "drop":
            server.drop_connections()
        elif way == "restart":
            server.stop()
            time.sleep(chance.uniform(0, 3))
            server.start()
        elif way == "stall":
            server.stall()
            time.sleep(chance.uniform(0.3, 4))
            server.resume()
        else:
            server.frozen = True
            time.sleep(chance.uniform(0.3, 4))
            server.frozen = False
    return faults


def _burn() -> None:
    os.nice(5)
    while True:
        sum(range(100_000))


def footprint() -> dict[str, int]:
    """Resident memory in KiB, threads and open descriptors of this process."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "kib": int(status["VmRSS"].split()[0]),
        "threads": int(status["Threads"]),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
    }


def compared(first: dict[str, int], last: dict[str, int]) -> dict[str, object]:
    """What grew between the warm program and the end; ok: 5 % of memory, no thread, no descriptor."""
    ok = (
        last["kib"] <= 1.05 * first["kib"]
        and last["threads"] <= first["threads"] + 1
        and last["descriptors"] <= first["descriptors"] + 2
    )
    return {"warm": first, "end": last, "ok": ok}


if __name__ == "__main__":
    main()
