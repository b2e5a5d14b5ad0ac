"""Reports as `gesturelrcn bench` writes them, with figures that a test chooses."""

import numpy as np

from gesturelrcn.benchmarking.machine import machine
from gesturelrcn.benchmarking.timing import Samples


def series(milliseconds: float, spread: float = 0.1, seed: int = 0) -> dict:
    rng = np.random.default_rng(seed)
    wall = milliseconds / 1000 * rng.normal(1.0, spread, 400)
    return Samples(list(wall), list(wall)).summary()


def report(step: float = 2.0, seed: int = 0, **more) -> dict:
    """A whole report in which a step takes so many milliseconds."""
    row = {"p50": 3.0, "p99": 5.0, "n": 100}
    live = {
        "scene": "active",
        "fps": 30.0,
        "seconds": 5.0,
        "cpu": {"total": 0.2, "threads": {"MainThread": 0.15, "capture-reader": 0.05}},
        "memory_mb": 200.0,
        "frame_path": row,
        "age": row,
        "frames": 150,
        "dropped": 1,
    }
    told = {
        "format": 1,
        "machine": machine(),
        "conditions": {"command": "gesturelrcn bench", "quick": False, "source": "sample"},
        "picture": [640, 480],
        "stages": {"crop": series(0.3, seed=seed), "frame_path": series(step + 0.4, seed=seed + 1)},
        "ratios": {"look": 0.8},
        "variants": [
            {
                "engine": "onnxruntime",
                "threads": 1,
                "picture": [640, 480],
                "stages": {
                    name: series(step, seed=seed + 2) for name in ("step", "frame_path", "frame_path_alone")
                },
            }
        ],
        "start": {"import_s": 0.2, "import_cpu_s": 0.03, "first_score_s": 0.35, "first_score_cpu_s": 0.3},
        "live": [live],
        "memory_mb": 200.0,
        "operators": {
            "us": 2000.0,
            "operators": {"Conv": {"nodes": 39, "us": 1800.0}},
            "slowest": [{"node": "x", "us": 90.0}],
            "operations": 1.6e8,
        },
    }
    return told | more


def peers(pose: float = 9.0) -> dict:
    """What the peers' part of a report looks like."""
    names = ("mediapipe_pose", "mediapipe_hands", "mediapipe_holistic", "sliding_window", "torch_eager")
    ratios = {**dict.fromkeys(names, 20.0), "mediapipe_pose": pose, "lower_bound": 2.0}
    return {
        "peers": {
            "ratios": ratios,
            "ratios_wall": ratios,
            "intervals": {name: [0.9 * ratio, 1.1 * ratio] for name, ratio in ratios.items()},
            "calls": {
                "frame_path": series(2.5),
                "live_path": series(1.5),
                **{name: series(40.0) for name in names},
            },
            "operations": 1.6e8,
            "gflops": 95.0,
            "missing": [],
        },
        "ratios": {"look": 0.8, **ratios},
    }
