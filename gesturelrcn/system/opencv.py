"""OpenCV, loaded so that it does not write to stderr; capture says what went wrong.

Set `OPENCV_LOG_LEVEL` in the environment to hear it again. The FFmpeg inside it stays unused but for the
streams that `evaluate` writes; to start it here would take 3 MB from everybody.

While it loads, OpenCV sets variables of the environment: where Qt finds OpenCV's own windows, and a path of
libraries with an empty entry, which means the current folder. With them other programs, and windows that the
host makes with Qt, break or load what they should not. So they are taken back.
"""

import os
from typing import Any

from gesturelrcn.system.environment import for_native_code, kept_as_it_is

_CHOSEN_BY_THE_USER = "OPENCV_LOG_LEVEL" in os.environ

with for_native_code(OPENCV_LOG_LEVEL="SILENT"), kept_as_it_is() as _taken_back:
    import cv2

WINDOWS: dict[str, str] = {name: value for name, value in _taken_back.items() if name.startswith("QT_")}
"""What OpenCV's own windows need in the environment of native code."""

if not _CHOSEN_BY_THE_USER:
    # The variable is read once, when cv2 loads, which another module may have caused before us.
    # OpenCV 5 has moved it.
    logging: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging  # type: ignore[attr-defined, unused-ignore]
    logging.setLogLevel(0)

__all__ = ["WINDOWS", "cv2"]
