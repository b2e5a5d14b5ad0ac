"""Why a step takes longer thirty times a second than without a pause: what lies between two steps.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/cold_step.py [MODEL.json]

Prints medians of the processor time of a step, after each kind of pause in turn.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from gesturelrcn.model import load_model

_PAUSES = (1, 3, 10, 30)  # ms
_SIZES = (16, 64, 256)  # MB


def busy(milliseconds: float, work: Callable[[], object]) -> None:
    until = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < until:
        work()


def kinds() -> dict[str, Callable[[], object]]:
    """What is done between two steps, by what is said of it in the table."""
    matrix = np.ones((64, 64), np.float32)
    pauses: dict[str, Callable[[], object]] = {"nothing": lambda: None}
    for pause in _PAUSES:
        pauses[f"asleep for {pause} ms"] = lambda pause=pause: time.sleep(pause / 1000)
        pauses[f"an empty loop of {pause} ms"] = lambda pause=pause: busy(pause, lambda: None)
    pauses["small matrix products for 30 ms"] = lambda: busy(30, lambda: matrix @ matrix)
    for size in _SIZES:
        block = np.zeros(size << 20, np.uint8)
        pauses[f"writing {size} MB"] = lambda block=block: np.add(block, 1, out=block)
    return pauses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", nargs="?", default="default")
    parser.add_argument("--rounds", type=int, default=5, help="of 50 steps after each kind of pause")
    options = parser.parse_args()
    engine = load_model(options.model)
    body = np.zeros((engine.card.size, engine.card.size, 3), np.uint8)
    hand = np.zeros((engine.card.hand_size, engine.card.hand_size, 3), np.uint8)
    state = engine.initial_state()
    between = kinds()
    taken: dict[str, list[float]] = {name: [] for name in between}
    for _ in range(options.rounds):
        for name, pause in between.items():
            for number in range(50):
                pause()
                began = time.thread_time()
                state = engine.step(body, state, 0.033, hand if engine.card.hand_size else None).state
                if number >= 5:  # the first ones still meet what the kind before has left
                    taken[name].append(time.thread_time() - began)
    print("| between two steps | step, ms of processor time |\n| --- | --- |")
    for name, times in taken.items():
        print(f"| {name} | {1000 * float(np.median(times)):.2f} |")


if __name__ == "__main__":
    main()
