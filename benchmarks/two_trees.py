"""The whole program of two trees in turn, in one environment: processor time, memory and their ratios.

    git worktree add ../before COMMIT
    python benchmarks/two_trees.py ../before . [--rounds 2] [--seconds 8]

Each runs in a process of its own with one thread, and each with its own model: at a network camera of 30
frames a second where somebody gestures, sits still, or nobody is there; and, *frame*, the recogniser alone
with the frames of that camera, those included that it passes over, and without a locator. Processor time is
that of the process, so another busy program disturbs both alike, as long as both get as many frames.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from gesturelrcn.benchmarking.camera import NetworkCamera, Picture
from gesturelrcn.benchmarking.child import command, environment
from gesturelrcn.benchmarking.pictures import empty_room, noisy, recorded

FPS = 30.0
WARM_UP = 6.0
"""Seconds before the measurement, in which everything is loaded."""
FRAME = """
import json, sys, time
from dataclasses import replace
import cv2
cv2.setNumThreads(1)
from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.pictures import Still, person_in, recorded
from gesturelrcn.recognizer import Recognizer
frames = recorded("sample", 300)
still = Still(person_in(frames))
recognizer = Recognizer(engine_with("default", "onnxruntime", 1), follower=still, rests=True)
for number, frame in enumerate(frames + frames):
    if number == 30:
        began = time.process_time()
    recognizer.process(replace(frame, captured_at=number / 30, index=number))
print(1e3 * (time.process_time() - began) / (2 * len(frames) - 30))
"""
"""Milliseconds of processor time of a frame, with whatever tree is on the path."""


def frame(tree: Path) -> dict[str, float]:
    """The recogniser alone, without the locator."""
    done = subprocess.run(
        [sys.executable, "-c", FRAME],
        env=environment(PYTHONPATH=str(tree)),
        cwd=tempfile.gettempdir(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {"ms": float(done.stdout)}


def program(tree: Path, pictures: list[Picture], seconds: float, somebody: bool) -> dict[str, float]:
    """The whole program at a camera that shows these pictures."""
    with NetworkCamera(pictures, FPS) as camera, tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        asked = {"url": camera.url, "seconds": seconds, "warm_up": WARM_UP, "somebody": somebody}
        subprocess.run(
            command("live", asked, answer), env=environment(PYTHONPATH=str(tree)), cwd=folder, check=True
        )
        told = json.loads(answer.read_text())
    return {"core": told["cpu"]["total"], "MB": told["memory_mb"], "frames": told["frames"]}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("trees", type=Path, nargs=2, metavar="TREE")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    frames = [each.image for each in recorded("sample", 300)]
    high, wide = frames[0].shape[:2]
    scenes = {"active": frames, "still": noisy(frames[0]), "nobody": empty_room((wide, high))}
    figures: dict[tuple[str, str], dict[Path, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(options.rounds):
        trees = [tree.resolve() for tree in options.trees]
        for tree in trees[:: -1 if turn % 2 else 1]:
            measured = {"frame": frame(tree)}
            for scene, pictures in scenes.items():
                measured[scene] = program(tree, list(pictures), options.seconds, scene != "nobody")
            for scene, values in measured.items():
                for name, value in values.items():
                    figures[scene, name][tree].append(value)
    print("| 30 frames a second | | first | second | ratio |\n| --- | --- | --- | --- | --- |")
    for (scene, name), both in figures.items():
        first, second = (float(np.median(both[tree.resolve()])) for tree in options.trees)
        print(f"| {scene} | {name} | {first:.3g} | {second:.3g} | {second / first:.2f} |")


if __name__ == "__main__":
    main()
