"""OpenCV, loaded so that neither it nor the FFmpeg inside it writes to stderr; capture says what went wrong.

Set `OPENCV_LOG_LEVEL` or `OPENCV_FFMPEG_LOGLEVEL` in the environment to hear them again.
"""

import os
from typing import Any

_CHOSEN_BY_THE_USER = "OPENCV_LOG_LEVEL" in os.environ
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# Without this, OpenCV 4.11 asks an RTSP camera for UDP first, which loses packets and stops at firewalls.
os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_flags;prefer_tcp")

import cv2  # noqa: E402

if not _CHOSEN_BY_THE_USER:
    # The variable is read once, when cv2 loads, which another module may have caused before us.
    # OpenCV 5 has moved it.
    logging: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging  # type: ignore[attr-defined, unused-ignore]
    logging.setLogLevel(0)

__all__ = ["cv2"]
