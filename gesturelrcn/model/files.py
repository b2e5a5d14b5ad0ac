"""Model files: a card, an ONNX graph and safetensors side by side. Data only, never code; no pickle."""

from importlib import resources
from pathlib import Path
from typing import Literal

from gesturelrcn.errors import GestureLrcnError, ModelError
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.engine import Engine
from gesturelrcn.system.verified_files import read_verified

EngineName = Literal["onnxruntime", "torch"]

DEFAULT_MODEL = "gestures-6"
"""Name of the model that is used when none is named."""
PEOPLE = "people-"
"""Names that begin so are of networks that find people, whose cards are of another kind."""


def assets() -> Path:
    """The folder of what ships inside the package."""
    return Path(str(resources.files("gesturelrcn"))) / "assets"


def shipped_models() -> list[ModelCard]:
    """The cards of all models inside the package that recognise gestures."""
    cards = (path for path in sorted(assets().glob("*.json")) if not path.name.startswith(PEOPLE))
    return [read_card(path) for path in cards]


def card_path(model: str | Path) -> Path:
    """Where the card of `model` lies: a shipped model's name, `default`, or the path of a card or weights."""
    if str(model) == "default":
        model = DEFAULT_MODEL
    shipped = assets() / f"{model}.json"
    if Path(model).name == str(model) and shipped.is_file():
        return shipped
    path = Path(model)
    if path.suffix in (".onnx", ".safetensors"):
        if not path.is_file():
            raise ModelError(f"{path}: no such file.")
        if not path.with_suffix(".json").is_file():
            raise ModelError(f"{path}: its card {path.with_suffix('.json').name} is missing beside it.")
        return path.with_suffix(".json")
    return path


def load_model(model: str | Path = "default", engine: EngineName = "onnxruntime") -> Engine:
    """Load a model into an engine.

    Args:
        model: name of a shipped model, `default`, or the path of a card (.json).
        engine: `onnxruntime` (default, quick) or `torch` (reference; extra `train`).

    Raises:
        ModelError: a file is missing, damaged, too large, or of another version.
        GestureLrcnError: the engine is not installed or not known.
    """
    path = card_path(model)
    card = read_card(path)
    if engine == "onnxruntime":
        from gesturelrcn.model.onnx_engine import OnnxEngine

        return OnnxEngine(card, _verified(path, card, ".onnx"))
    if engine == "torch":
        try:
            from gesturelrcn.model.torch_engine import TorchEngine
        except ImportError:
            raise GestureLrcnError(
                "The torch engine needs torch and safetensors: pip install 'gesturelrcn[train]'."
            ) from None
        return TorchEngine(card, _verified(path, card, ".safetensors"))
    raise GestureLrcnError(f"Unknown engine {engine!r}: use onnxruntime or torch.")


def _verified(card_file: Path, card: ModelCard, suffix: str) -> bytes:
    """The bytes of the weights beside the card, which must be those that the card was written for."""
    path = card_file.with_suffix(suffix)
    return read_verified(path, card.files.get(path.name))
