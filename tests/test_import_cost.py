"""What importing a room brings along: whoever wants only arithmetic pays for no OpenCV."""

import subprocess
import sys

import pytest

HEAVY = {"numpy", "cv2", "torch", "mediapipe", "onnxruntime", "pynput", "Xlib"}


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("gesturelrcn", set()),
        ("gesturelrcn.cli", set()),
        ("gesturelrcn.actions", set()),
        ("gesturelrcn.decoding", {"numpy"}),
        ("gesturelrcn.model", {"numpy", "cv2"}),
        ("gesturelrcn.stream", {"numpy", "cv2"}),
        ("gesturelrcn.recognizer", {"numpy", "cv2"}),
    ],
)
def test_only_what_is_needed_is_loaded(module: str, needed: set[str]) -> None:
    code = f"import sys, {module}\nprint(*({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= needed
