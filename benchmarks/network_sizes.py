"""What a step of networks of other sizes takes: picture of the body, picture of the hand, LSTM, readers.

    OMP_NUM_THREADS=1 python benchmarks/network_sizes.py

Untrained weights, in turn with the shipped sizes; prints medians of the processor time of a step and the size
of the file. How well such networks recognise stands in docs/experiments.md. Needs the extra `train`.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
import torch
from graph_options import session

from gesturelrcn.benchmarking.operators import noise
from gesturelrcn.model import load_model
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.export.export import onnx_step

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="of 30 steps of each network, in turn")
    options = parser.parse_args()
    shipped = load_model("default", "torch").network.config
    configs = {"as shipped": shipped}
    for other in _OTHERS:
        configs[", ".join(f"{name} {value}" for name, value in other.items())] = replace(shipped, **other)
    torch.manual_seed(0)
    graphs = {name: onnx_step(LRCN(config).eval()) for name, config in configs.items()}
    sessions = {name: session(graph) for name, graph in graphs.items()}
    taken: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(options.rounds):
        for name, one in sessions.items():
            config = configs[name]
            rows, width = config.state_shape
            feed = noise(config.size, (rows, 1, width), config.hand_size)
            for number in range(30):
                began = time.thread_time()
                feed["state"] = one.run(["new_state"], feed)[0]
                if number >= 5:
                    taken[name].append(time.thread_time() - began)
    print("| network | step, ms of processor time | file, MB |\n| --- | --- | --- |")
    for name, times in taken.items():
        print(f"| {name} | {1000 * float(np.median(times)):.2f} | {len(graphs[name]) / 1e6:.1f} |")


if __name__ == "__main__":
    main()
