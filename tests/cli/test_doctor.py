"""`gesturelrcn doctor` says what works and what to do, and presses nothing."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.cli import doctor
from gesturelrcn.cli.doctor import _safely
from tests.cli.conftest import Program
from tests.key_window import KeyWindow
from tests.mjpeg_server import MjpegServer
from tests.xvfb import XServer

NAMES = ["python", "packages", "processor", "model", "engine", "person locator", "camera", "display", "keys"]


def test_all_is_told_and_nothing_is_pressed(
    gesturelrcn: Program, eager_model: Callable[..., Path], window: KeyWindow, x_server: XServer
) -> None:
    noise = np.random.default_rng(0)
    pictures = [noise.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(5)]
    with MjpegServer(itertools.cycle(pictures), 20) as camera:
        done = gesturelrcn(
            *("doctor", "--json", "--source", camera.url, "--model", eager_model()), display=x_server.display
        )
    assert done.stderr == ""
    told = json.loads(done.stdout)
    checks = {check["name"]: check for check in told["checks"]}
    assert list(checks) == NAMES
    # How busy the processor is, is none of this test's business.
    wrong = [name for name, check in checks.items() if not check["ok"]]
    assert set(wrong) <= {"processor", "engine"}
    assert done.returncode == (2 if wrong else 0)
    assert told["ok"] == (not wrong)
    assert "64 x 48" in checks["camera"]["found"]
    assert window.received() == []


def test_what_is_missing_comes_with_a_remedy(gesturelrcn: Program, tmp_path: Path) -> None:
    done = gesturelrcn("doctor", "--json", "--source", tmp_path / "gone", "--model", tmp_path / "gone.json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    for name in ("camera", "model", "engine", "display", "keys"):
        assert not checks[name]["ok"]
        assert checks[name]["remedy"]
    assert checks["person locator"]["ok"], "one thing that fails hides no other"
    assert done.returncode == 2


def test_a_check_that_fails_itself_is_not_ok() -> None:
    check = _safely("keys", lambda: 1 / 0, "try again")  # type: ignore[arg-type, return-value]
    assert (check.ok, check.found, check.remedy) == (
        False,
        "ZeroDivisionError: division by zero",
        "try again",
    )


def test_a_second_opencv_comes_with_a_cure_that_keeps_the_version_that_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = doctor.installed_version
    monkeypatch.setattr(
        doctor, "installed_version", lambda name: "4.1" if name == "opencv-python" else real(name)
    )
    check = doctor._packages()
    assert not check.ok
    assert "pip uninstall -y opencv-python && pip install --force-reinstall --no-deps" in check.remedy
    assert check.remedy.endswith(f"opencv-contrib-python=={real('opencv-contrib-python')}")


@pytest.mark.parametrize("command", ["models", "run sample", "annotate sample"])
def test_a_library_that_is_broken_is_one_sentence(command: str, tmp_path: Path) -> None:
    """As where another one has been put over it."""
    (tmp_path / "numpy.py").write_text("raise ImportError('built for another version')")
    done = subprocess.run(
        [sys.executable, "-m", "gesturelrcn", *command.split()],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "gesturelrcn: a library cannot be loaded (built for another version);"
        " gesturelrcn doctor says what helps.\n"
    )
