"""The program starts quickly and explains itself."""

import re
import subprocess
import sys

import pytest

import gesturelrcn as package
from tests.cli.conftest import Program


def test_version(gesturelrcn: Program) -> None:
    done = gesturelrcn("--version")
    assert (done.stdout, done.returncode) == (f"gesturelrcn {package.__version__}\n", 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--help",), ["run", "slides", "models", "gesturelrcn run sample"]),
        (
            ("run", "--help"),
            ["[[bind]]", 'gesture = "point_right"', "--bindings", "--dry-run", "--json", "sample"],
        ),
        (("slides", "--help"), ["next slide", "--dry-run", "--preview"]),
        (("models", "--help"), ["--json"]),
    ],
)
def test_help_teaches(gesturelrcn: Program, arguments: tuple[str, ...], words: list[str]) -> None:
    done = gesturelrcn(*arguments)
    text = " ".join(re.sub(r"[│─╭╮╰╯]", " ", done.stdout).split())
    assert [word for word in words if word not in text] == []
    assert done.returncode == 0


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from gesturelrcn.cli import main\n"
        "sys.argv = ['gesturelrcn', 'run', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'cv2', 'torch', 'mediapipe', 'onnxruntime', 'pynput', 'Xlib'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"
