"""The demos do what they promise a newcomer."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import gesturelrcn

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

_PROJECT = Path(__file__).parents[2]
_SAMPLE = Path(gesturelrcn.__file__).parent / "assets" / "sample.mp4"


def run_demo(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    without_screen = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    return subprocess.run(
        [sys.executable, _PROJECT / "demos" / name, *arguments],
        env=without_screen,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_slides_turn_without_camera_and_screen(require: Callable[..., None]) -> None:
    require("chromium", "Xvfb")
    demo = run_demo("slides.py")
    assert demo.returncode == 0, demo.stdout + demo.stderr
    changes = [line.split(" -> ")[1] for line in demo.stdout.splitlines() if " -> " in line]
    assert changes == [
        "slide 2 of 5 (point_right)",
        "slide 3 of 5 (point_right)",
        "slide 2 of 5 (point_left)",
        "slide 2 of 5, black (raise_hand)",
        "slide 2 of 5 (raise_hand)",
    ]
    assert "keys left down: none" in demo.stdout


def test_a_callback_is_called_once_per_gesture() -> None:
    demo = run_demo("callbacks.py", str(_SAMPLE))
    assert demo.returncode == 0, demo.stderr
    assert [line.split()[0] for line in demo.stdout.splitlines()] == ["raise_hand", "raise_hand"]


def test_bindings_in_python_say_what_they_would_press() -> None:
    demo = run_demo("actions.py", str(_SAMPLE))
    assert demo.returncode == 0, demo.stderr
    pressed = [
        line for line in demo.stdout.splitlines() if line in ("press PageDown", "press PageUp", "press Ctrl")
    ]
    turns = ["press PageDown", "press PageDown", "press PageUp"]
    assert pressed == [*turns, "press Ctrl", "press Ctrl"]
