"""Webcam gestures as input: frames in, gesture events out, keys and callbacks from there.

Importing this package is cheap: models, cameras and displays are touched when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gesturelrcn.errors import BindingError, CaptureError, GestureLrcnError, InjectionError, ModelError
from gesturelrcn.events import GestureEvent, Phase

if TYPE_CHECKING:
    from gesturelrcn.capture import Frame, open_source
    from gesturelrcn.model import StreamingModel
    from gesturelrcn.recognizer import Recognizer
    from gesturelrcn.stream.stream import GestureStream

__version__ = "0.1.0"

__all__ = [
    "BindingError",
    "CaptureError",
    "Frame",
    "GestureEvent",
    "GestureLrcnError",
    "GestureStream",
    "InjectionError",
    "ModelError",
    "Phase",
    "Recognizer",
    "StreamingModel",
    "open_source",
]

_LAZY = {
    "Frame": "gesturelrcn.capture",
    "GestureStream": "gesturelrcn.stream",
    "Recognizer": "gesturelrcn.recognizer",
    "StreamingModel": "gesturelrcn.model",
    "open_source": "gesturelrcn.capture",
}


def __getattr__(name: str) -> Any:
    """Load what pulls numpy, OpenCV or a model only when it is asked for (PEP 562)."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
