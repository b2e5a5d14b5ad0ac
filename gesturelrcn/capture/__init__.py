"""Pixels in: cameras, video files, network streams and folders of pictures as one iterator of `Frame`."""

from gesturelrcn.capture.frame import Frame
from gesturelrcn.capture.live import LiveSource
from gesturelrcn.capture.newest import NewestFrameReader
from gesturelrcn.capture.recording import Recording
from gesturelrcn.capture.source import Source, open_source, parse_source

__all__ = ["Frame", "LiveSource", "NewestFrameReader", "Recording", "Source", "open_source", "parse_source"]
