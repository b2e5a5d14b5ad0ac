"""Engines with as many threads as a measurement asks for."""

from gesturelrcn.model import Engine, EngineName, load_model, read_card
from gesturelrcn.model.files import card_path


def engine_with(model: str, engine: EngineName, threads: int) -> Engine:
    """Load a model.

    Args:
        model: name or card.
        engine: `onnxruntime` or `torch`.
        threads: that share one step.

    Raises:
        ModelError: it cannot be loaded.
    """
    if engine == "torch":
        loaded = load_model(model, engine)  # says what to install where torch is missing
        import torch

        torch.set_num_threads(threads)
        return loaded
    if threads == 1:
        return load_model(model, engine)
    from gesturelrcn.model.onnx_engine import OnnxEngine

    path = card_path(model)
    return OnnxEngine(read_card(path), path.with_suffix(".onnx").read_bytes(), threads=threads)
