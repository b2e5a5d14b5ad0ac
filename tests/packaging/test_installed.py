"""The wheel in an environment that has nothing but what the wheel asks for."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import gesturelrcn
from gesturelrcn.vocabulary import GESTURES
from tests.key_window import KeyWindow
from tests.packaging.conftest import ROOT, Installed
from tests.xvfb import XServer

WHERE = "import gesturelrcn, sys; print(gesturelrcn.__file__, *sys.path, sep='\\n')"


def test_only_the_wheel_can_be_imported(installed: Installed) -> None:
    told = installed("python", "-c", WHERE)
    assert told.returncode == 0, told.stderr
    where, *path = told.stdout.splitlines()
    assert Path(where).is_relative_to(installed.folder)
    assert not [entry for entry in path if Path(entry).is_relative_to(ROOT)]
    for module in ("tests", "torch", "mediapipe", "jaxlib", "websockets", "pytest", "pynput", "evdev"):
        assert installed("python", "-c", f"import {module}").returncode == 1, f"{module} was not asked for"


def test_what_it_asks_for_is_complete(pip_check: "Callable[[], subprocess.CompletedProcess[str]]") -> None:
    done = pip_check()
    assert done.returncode == 0, done.stdout


def test_the_sample_runs(installed: Installed) -> None:
    done = installed("gesturelrcn", "run", "sample", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[2:4] for line in done.stdout.splitlines()][:2] == [
        ["point_right", "start"],
        ["point_right", "end"],
    ]


def test_the_eight_lines_of_the_readme_run(installed: Installed) -> None:
    sample = next(installed.folder.glob("lib/*/site-packages/gesturelrcn/assets/sample.mp4"))
    program = (ROOT / "README.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    assert "GestureStream()" in program
    program = program.replace("GestureStream()", f"GestureStream({str(sample)!r})")
    done = installed("python", "-c", program)
    assert (done.returncode, done.stderr) == (0, "")
    gesture, confidence = done.stdout.splitlines()[0].split()
    assert gesture in GESTURES
    assert 0.3 < float(confidence) <= 1


def test_keys_reach_other_programs(installed: Installed) -> None:
    (installed.home / "keys.toml").write_text('[[bind]]\ngesture = "point_right"\nkey = "Right"\n')
    with XServer() as server:
        window = KeyWindow(server.display)
        done = installed("gesturelrcn", "run", "sample", "--bindings", "keys.toml", display=server.display)
        received, down = window.received(), window.keys_down()
        window.close()
    assert (done.returncode, done.stderr) == (0, "")
    assert received[:2] == [("press", "Right"), ("release", "Right")]
    assert down == []


def test_nothing_is_said_of_what_was_not_asked_for(installed: Installed) -> None:
    done = installed("gesturelrcn", "doctor", "--source", "none.avi")
    checks = {line[5:21].strip(): line[:3] for line in done.stdout.splitlines() if line[:3] != "   "}
    assert (checks["python"], checks["packages"], checks["person locator"]) == ("ok ", "ok ", "ok ")
    for extra in ("mediapipe", "torch", "safetensors"):
        assert extra not in done.stdout.lower()
    assert done.stderr == ""


def test_it_says_its_version_and_its_model(installed: Installed) -> None:
    assert installed("gesturelrcn", "--version").stdout == f"gesturelrcn {gesturelrcn.__version__}\n"
    assert json.loads(installed("gesturelrcn", "models", "--json").stdout)


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (("run", "sample", "--websocket", "0"), "sinks"),
        (("run", "sample", "--osc", "127.0.0.1:9000"), "sinks"),
        (("run", "sample", "--engine", "torch"), "train"),
        (("run", "sample", "--locator", "mediapipe"), "mediapipe"),
        (("train", "a.toml"), "train"),
        (("synth", "--out", "films"), "synthesis"),
    ],
)
def test_what_an_extra_brings_is_named_where_it_is_missing(
    installed: Installed, command: tuple[str, ...], extra: str
) -> None:
    (installed.home / "a.toml").write_text('name = "a"\n')
    done = installed("gesturelrcn", *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"gesturelrcn[{extra}]" in done.stderr
