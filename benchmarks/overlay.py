"""What the overlay and a recording cost: OMP_NUM_THREADS=1 python -m benchmarks.overlay

CPU time of the thread that does it, median, so that other work on the machine counts little; and how long
frames take that come at 30 a second, with and without a recording beside them, in turn.
"""

import itertools
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from gesturelrcn.actions import ActionState
from gesturelrcn.benchmarking.pictures import Still, person_in, recorded
from gesturelrcn.overlay import Overlay, Recorder, draw_overlay
from gesturelrcn.recognizer import Recognizer

FRAMES, ROUNDS, FPS = 120, 400, 30


class Encoding:
    """Makes pictures for the recorder and notes what its thread spends on drawing and on all."""

    def __init__(self):
        self.drawing = []
        self.thread = 0.0

    def picture(self, image, known):
        before = time.thread_time()
        drawn = draw_overlay(image, known)
        self.thread = time.thread_time()
        self.drawing.append(self.thread - before)
        return drawn


def costs(size):
    frames = recorded("sample", FRAMES, size)
    recognizer = Recognizer(follower=Still(person_in(frames)))
    overlay = Overlay(recognizer.card, lambda: ActionState(None, ""))
    seen, mirrored, put, encoding = [], [], [], Encoding()
    with tempfile.TemporaryDirectory() as folder, Recorder(Path(folder) / "out.mp4") as recorder:
        for number, frame in enumerate(itertools.islice(itertools.cycle(frames), ROUNDS)):
            frame = replace(frame, captured_at=number / FPS, media_time=number / FPS)
            observation = recognizer.process(frame)
            times = [time.thread_time()]
            known = overlay.see(frame, observation)
            times.append(time.thread_time())
            draw_overlay(frame.image, known, mirrored=True)
            times.append(time.thread_time())
            recorder.put(frame.captured_at, partial(encoding.picture, frame.image, known), wait=True)
            times.append(time.thread_time())
            for part, (before, after) in zip((seen, mirrored, put), itertools.pairwise(times), strict=True):
                part.append(after - before)
            time.sleep(0)
        recorder.close()
        megabytes = (Path(folder) / "out.mp4").stat().st_size / 1e6
    written = (encoding.thread - sum(encoding.drawing)) / len(encoding.drawing)
    costs_of = {
        "known from the frame (frame path)": np.median(seen),
        "handing over to the recorder (frame path)": np.median(put),
        "drawing, as a mirror for the window (frame path)": np.median(mirrored),
        "drawing for the film (recorder's thread)": np.median(encoding.drawing),
        "encoding and writing (recorder's thread, mean)": written,
    }
    for name, seconds in costs_of.items():
        print(f"{size[0]}x{size[1]}  {name:<50} {1000 * seconds:6.3f} ms")
    print(f"{size[0]}x{size[1]}  {'film':<50} {megabytes / ROUNDS * FPS * 60:6.1f} MB a minute at {FPS} fps")


def beside_each_other(size, turns=6, count=90):
    """From a frame's coming to its decision, frames coming at FPS, with a recording and without."""
    frames = recorded("sample", FRAMES, size)
    recognizer = Recognizer(follower=Still(person_in(frames)))
    overlay = Overlay(recognizer.card)
    took = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(turns):
            with_film = bool(turn % 2)
            recorder = Recorder(Path(folder) / f"{turn}.mp4")
            begin = time.monotonic()
            for number, frame in enumerate(itertools.islice(itertools.cycle(frames), count)):
                due = begin + number / FPS
                time.sleep(max(0.0, due - time.monotonic()))
                frame = replace(frame, captured_at=time.monotonic(), media_time=None)
                observation = recognizer.process(frame)
                took[with_film].append(time.monotonic() - frame.captured_at)
                known = overlay.see(frame, observation)
                if with_film:
                    recorder.put(frame.captured_at, partial(draw_overlay, frame.image, known))
            recorder.close()
    for with_film, seconds in took.items():
        p50, p95 = 1000 * np.percentile(seconds, [50, 95])
        name = "with a recording" if with_film else "without"
        print(f"{size[0]}x{size[1]}  frame to decision, {name:<32} {p50:6.2f} ms median, {p95:.2f} ms p95")


if __name__ == "__main__":
    for size in ((640, 480), (1280, 720)):
        costs(size)
    beside_each_other((640, 480))
