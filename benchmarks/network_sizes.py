"""What a step of networks of other sizes takes: picture of the body, picture of the hand, LSTM, readers.

    OMP_NUM_THREADS=1 python benchmarks/network_sizes.py

Untrained weights, in turn with the shipped sizes; prints medians of the processor time of a step and the size
of the file. How well such networks recognise stands in docs/experiments.md. Needs the extra `train`.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import onnxruntime
import torch

from gesturelrcn.model import load_model
from gesturelrcn.model.network import LRCN, NetworkConfig
from gesturelrcn.training.export import onnx_step

_OTHERS = (
    {"readers": 1},
    {"readers": 5},
    {"hidden": 64},
    {"hidden": 256},
    {"hand_size": 0},
    {"hand_size": 48},
    {"hand_size": 96},
    {"size": 96},
    {"size": 128},
    {"size": 160},
    {"size": 224},
)


def session_of(config: NetworkConfig) -> tuple[onnxruntime.InferenceSession, int]:
    """A step with weights by chance, and the bytes of its file."""
    torch.manual_seed(0)
    graph = onnx_step(LRCN(config).eval())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return session, len(graph)


def feed_for(session: onnxruntime.InferenceSession) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    feed = {}
    for given in session.get_inputs():
        kind = np.uint8 if given.type == "tensor(uint8)" else np.float32
        feed[given.name] = (
            rng.integers(0, 256, given.shape, kind) if kind is np.uint8 else np.zeros(given.shape, kind)
        )
    feed["dt"][:] = 0.05
    return feed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="of 30 steps of each network, in turn")
    options = parser.parse_args()
    shipped = load_model("default", "torch").network.config
    configs = {"as shipped": shipped}
    for other in _OTHERS:
        configs[", ".join(f"{name} {value}" for name, value in other.items())] = replace(shipped, **other)
    sessions = {name: session_of(config) for name, config in configs.items()}
    taken: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(options.rounds):
        for name, (session, _size) in sessions.items():
            feed = feed_for(session)
            for number in range(30):
                began = time.thread_time()
                state = session.run(["new_state"], feed)[0]
                if number >= 5:
                    taken[name].append(time.thread_time() - began)
                feed["state"] = state
    print("| network | step, ms of processor time | file, MB |\n| --- | --- | --- |")
    for name, times in taken.items():
        megabytes = sessions[name][1] / 1e6
        print(f"| {name} | {1000 * float(np.median(times)):.2f} | {megabytes:.1f} |")


if __name__ == "__main__":
    main()
