"""Where events leave for other programs: JSON lines, WebSocket, OSC.

A sink gets each event by `send`, which does not block, and ends with `close`. Libraries and sockets are
touched when a sink is made.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gesturelrcn.sinks.sink import Sink

if TYPE_CHECKING:
    from gesturelrcn.sinks.json_lines import JsonLines
    from gesturelrcn.sinks.osc import OscSink
    from gesturelrcn.sinks.web_socket import WebSocketSink

__all__ = ["JsonLines", "OscSink", "Sink", "WebSocketSink"]

_LAZY = {
    "JsonLines": "gesturelrcn.sinks.json_lines",
    "OscSink": "gesturelrcn.sinks.osc",
    "WebSocketSink": "gesturelrcn.sinks.web_socket",
}


def __getattr__(name: str) -> Any:
    """Load asyncio and the libraries only for the sink that is asked for (PEP 562)."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
