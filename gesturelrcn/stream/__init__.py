"""Capture, recogniser and callbacks in one loop."""

from gesturelrcn.stream.stream import GestureStream

__all__ = ["GestureStream"]
