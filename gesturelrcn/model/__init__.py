"""The LRCN: network, files, engines. Importing this loads neither torch nor onnxruntime."""

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.engine import Engine, StepResult
from gesturelrcn.model.files import DEFAULT_MODEL, EngineName, assets, load_model, shipped_models
from gesturelrcn.model.streaming import ModelOutput, StreamingModel
from gesturelrcn.thresholds import Sensitivities, Thresholds

__all__ = [
    "DEFAULT_MODEL",
    "KEYPOINTS",
    "Engine",
    "EngineName",
    "ModelCard",
    "ModelOutput",
    "Sensitivities",
    "StepResult",
    "StreamingModel",
    "Thresholds",
    "assets",
    "load_model",
    "read_card",
    "shipped_models",
]
