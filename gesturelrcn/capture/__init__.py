"""Pixels in: cameras, video files, network streams and folders of pictures as one iterator of `Frame`."""

from gesturelrcn.capture.device import Device
from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.live import LiveSource
from gesturelrcn.capture.recording import Recording
from gesturelrcn.capture.source import Source, open_source, parse_source
from gesturelrcn.capture.states import SourceChange, SourceState

__all__ = [
    "Device",
    "Frame",
    "LiveSource",
    "Recording",
    "Source",
    "SourceChange",
    "SourceState",
    "open_source",
    "parse_source",
]
