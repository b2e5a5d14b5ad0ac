"""What each way of running the same step brings: graphs and session options, in turn, and what scores move.

    OMP_NUM_THREADS=1 python benchmarks/graph_options.py [MODEL.json]

The first line is the graph as PyTorch exports it, made again from the weights. Needs the extra `train`.
"""

import argparse
import time

import numpy as np
import onnxruntime

from gesturelrcn.benchmarking.operators import feed_for
from gesturelrcn.model import load_model
from gesturelrcn.training.export.export import PlainStep, exported, onnx_step
from gesturelrcn.training.export.graph_folding import simplify

Level = onnxruntime.GraphOptimizationLevel


def session(graph: bytes, *, threads: int = 1, level=Level.ORT_ENABLE_ALL, arena: bool = True, **entries):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = level
    options.enable_cpu_mem_arena = arena
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    for key, value in entries.items():
        options.add_session_config_entry(key.replace("__", "."), value)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def ways(model: str) -> dict[str, onnxruntime.InferenceSession]:
    """Every way, by what is said of it in the table."""
    network = load_model(model, "torch").network
    plain = exported(PlainStep(network), network)
    shipped = onnx_step(network)
    return {
        "as exported": session(plain),
        "padding folded into convolutions": session(simplify(plain, normalisation=False)),
        "and normalisation": session(simplify(plain)),
        "and heads and readers in few products (what is shipped)": session(shipped),
        "shipped, two threads": session(shipped, threads=2),
        "shipped, without memory arena": session(shipped, arena=False),
        "shipped, denormals as zero": session(shipped, session__set_denormal_as_zero="1"),
        "shipped, without blocked layout (NCHWc)": session(shipped, level=Level.ORT_ENABLE_EXTENDED),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", nargs="?", default="default")
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    sessions = ways(options.model)
    feed = feed_for(options.model)
    rng = np.random.default_rng(0)
    states = dict.fromkeys(sessions, feed["state"])
    taken = {name: [] for name in sessions}
    apart = dict.fromkeys(sessions, 0.0)
    for _ in range(options.rounds):
        feed["crop"] = rng.integers(0, 256, feed["crop"].shape, dtype=np.uint8)
        first = None
        for name, one in sessions.items():
            began, busy = time.perf_counter(), time.process_time()
            outputs = one.run(None, {**feed, "state": states[name]})
            taken[name].append((time.perf_counter() - began, time.process_time() - busy))
            states[name] = outputs[2]
            first = first or outputs
            apart[name] = max(
                apart[name], *(float(np.abs(a - b).max()) for a, b in zip(outputs, first, strict=True))
            )
    print("| step | ms, median | ms of processor time | largest difference |\n| --- | --- | --- | --- |")
    for name, times in taken.items():
        wall, cpu = 1000 * np.median(np.array(times), axis=0)
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {apart[name]:.1e} |")


if __name__ == "__main__":
    main()
