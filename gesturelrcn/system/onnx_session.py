"""onnxruntime as every network here wants it: one processor, no thread that spins, nothing kept twice."""

from typing import Any

from gesturelrcn.errors import ModelError
from gesturelrcn.system.environment import for_native_code
from gesturelrcn.system.memory import give_back


def load_onnxruntime() -> Any:
    """The module; from 1.29 on it reports to its maker over the network unless it is told not to."""
    with for_native_code(ORT_DISABLE_TELEMETRY="1"):  # read when it loads
        import onnxruntime
    return onnxruntime


def onnx_session(graph: bytes, name: str, *, threads: int = 1, often: bool = True) -> Any:
    """A session that runs `graph`.

    With one thread it has none of its own, so it also works in a process that is forked off later.

    Args:
        graph: the content of an ONNX file.
        name: of the model, for the sentence that says what is wrong.
        threads: that share one call.
        often: it runs so often that memory is kept laid out for it, which is worth 2 % of the time of a step.
            A network that looks now and then does without, as fast and in less memory.

    Raises:
        ModelError: the graph does not load.
    """
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    # One thread: on a busy machine more threads wait for each other, and the step is too small to share.
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = often
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # onnxruntime's exceptions have no common base of their own
        reason = str(problem).splitlines()[0]
        raise ModelError(f"{name}: onnxruntime cannot load the model's graph ({reason}).") from None
    # It keeps the file to be able to change to another kind of processor, which never happens here.
    session._model_bytes = None
    give_back()
    return session
