"""From a published frame to a key in another program, for real.

A network camera publishes frames at known times, the whole program watches it in a process of its own and
presses keys, and an X client in a third process notes when each key arrives. Every frame carries its number,
so it is known which frame decided. What comes before that frame is the gesture itself: how long the model
takes to be sure. What comes after it is the pipeline: socket, JPEG, crop, step, decoding, bindings, injector,
X server.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesturelrcn.benchmarking.camera import NetworkCamera, Picture
from gesturelrcn.benchmarking.child import command, environment, failure_of, measured
from gesturelrcn.benchmarking.keys import READY
from gesturelrcn.benchmarking.timing import Samples
from gesturelrcn.benchmarking.x_server import XServer
from gesturelrcn.capture import open_source
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.model import assets
from gesturelrcn.recordings.film_truth import read_outline

WARM_UP = 6.0
"""Seconds until everything is loaded; gestures in them are not counted."""
_BEFORE, _AFTER = 0.5, 0.8
"""Seconds shown before the onset of a gesture and after the hand has begun to go back."""


@dataclass(frozen=True)
class Stimulus:
    """Gestures that follow each other without the pauses between them.

    Attributes:
        pictures: to show in a circle.
        fps: pictures a second.
        onsets: place in `pictures` at which each gesture begins -> its name.
    """

    pictures: Sequence[Picture]
    fps: float
    onsets: dict[int, str]

    @property
    def seconds(self) -> float:
        """For one round."""
        return len(self.pictures) / self.fps


def stimulus() -> Stimulus:
    """The gestures of the sample clip, cut out of it by its truth, at its own pace."""
    with open_source(assets() / "sample.mp4") as source:
        frames = list(source)
    gestures = read_outline(assets() / "sample.jsonl").gestures
    times = np.array([frame.captured_at for frame in frames])
    pictures: list[Picture] = []
    onsets = {}
    for one in gestures:
        begin, end = np.searchsorted(times, [one.onset - _BEFORE, one.offset + _AFTER])
        onsets[len(pictures) + int(np.searchsorted(times, one.onset)) - int(begin)] = one.gesture
        pictures += [frame.image for frame in frames[begin:end]]
    fps = (len(times) - 1) / float(times[-1] - times[0])
    return Stimulus(pictures, fps, onsets)


def end_to_end(gestures: int, model: str = "default", *, loaded: bool = False) -> dict[str, Any]:
    """Measure.

    Args:
        gestures: how many are shown at least.
        model: name or card.
        loaded: meanwhile every core is kept busy by another program.

    Returns:
        Milliseconds as `Samples.summary`: `pipeline` (publication of the deciding frame -> key in the
        client), `camera_to_frame` (publication -> picture in the program), `frame_to_decision`,
        `decision_to_key`, and `decision` (onset published -> deciding frame published); `shown`,
        `recognised`, `matched`, `load`.

    Raises:
        GestureLrcnError: Xvfb is missing, or something does not work.
    """
    shown = stimulus()
    rounds = -(-gestures // len(shown.onsets))
    seconds = rounds * shown.seconds
    with (
        XServer(640, 480) as server,
        _noting_keys(server.display) as keys,
        NetworkCamera(shown.pictures, shown.fps) as camera,
        busy(loaded) as load,
    ):
        arguments = {"url": camera.url, "seconds": seconds, "model": model, "warm_up": WARM_UP, "press": True}
        result = measured("live", arguments, environ={"DISPLAY": server.display})
    return {
        **matched(result["decisions"], keys, camera, shown),
        "frames": result["frames"],
        "dropped": result["dropped"],
        "frame_path": result["frame_path"],
        "age": result["age"],
        "load": load,
    }


def matched(
    decisions: Sequence[dict[str, Any]],
    keys: Sequence[tuple[str, float]],
    camera: NetworkCamera,
    shown: Stimulus,
) -> dict[str, Any]:
    """Put decisions, keys and publications together.

    Each key belongs to the decision that pressed it: both come in the same order and name the same key.
    """
    if [one["key"] for one in decisions] != [name for name, _ in keys]:
        raise GestureLrcnError(
            f"{len(decisions)} gestures were decided and {len(keys)} keys came, not the same ones; "
            "another program sends keys to the display of the benchmark."
        )
    parts = ("pipeline", "camera_to_frame", "frame_to_decision", "decision_to_key", "decision")
    taken = {name: Samples() for name in parts}
    for one, (_, arrived) in zip(decisions, keys, strict=True):
        place = one["picture"]
        published = None if place is None else camera.published_before(place, one["captured_at"])
        if published is None or published - camera.published[0][1] < WARM_UP:
            continue
        taken["pipeline"].wall.append(arrived - published)
        taken["camera_to_frame"].wall.append(one["captured_at"] - published)
        taken["frame_to_decision"].wall.append(one["decided_at"] - one["captured_at"])
        taken["decision_to_key"].wall.append(arrived - one["decided_at"])
        began = onset_before(place, shown)
        if began is not None and shown.onsets[began] == one["gesture"]:
            taken["decision"].wall.append((place - began) / shown.fps)
    seen = (camera.published[-1][1] - camera.published[0][1] - WARM_UP) / shown.seconds * len(shown.onsets)
    return {
        **{name: samples.summary() for name, samples in taken.items()},
        "shown": round(seen),
        "recognised": len(taken["pipeline"].wall),
        "right": len(taken["decision"].wall),
    }


def onset_before(place: int, shown: Stimulus) -> int | None:
    """The onset of the gesture that goes on at this place, or None before the first."""
    earlier = [onset for onset in shown.onsets if onset <= place]
    return max(earlier, default=None)


@contextmanager
def _noting_keys(display: str) -> Iterator[list[tuple[str, float]]]:
    """Keys that reach a client on this display; complete when the block has ended."""
    keys: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "keys.json"
        with subprocess.Popen(
            command("keys", {}, answer),
            env=environment(DISPLAY=display),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as client:
            assert client.stdin is not None
            assert client.stdout is not None
            assert client.stderr is not None
            if client.stdout.readline().strip() != READY:
                raise GestureLrcnError(failure_of("keys", client.stderr.read()))
            try:
                yield keys
            finally:
                client.stdin.close()
                client.wait(30)
        keys += [(name, at) for name, at in json.loads(answer.read_text(encoding="utf-8"))["keys"]]


_SPIN = "while True: pass"


@contextmanager
def busy(loaded: bool) -> Iterator[str]:
    """Keep every core busy; says with what. stress-ng where it is installed, else loops in Python."""
    cores = os.cpu_count() or 1
    if not loaded:
        yield "none"
        return
    if stress := shutil.which("stress-ng"):
        commands, name = [[stress, "--cpu", str(cores), "--quiet"]], f"stress-ng --cpu {cores}"
    else:
        commands, name = [[sys.executable, "-c", _SPIN]] * cores, f"{cores} busy loops"
    running = [
        subprocess.Popen(one, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for one in commands
    ]
    try:
        time.sleep(0.5)
        yield name
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
