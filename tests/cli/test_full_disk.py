"""A disk that is full, read-only, or without a place for temporary files."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturelrcn.model import assets

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")


def run(*arguments: object, stdout: int, stderr: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gesturelrcn", *map(str, arguments)]
    return subprocess.run(command, stdout=stdout, stderr=stderr, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "command", ["--help", "--version", "models", "models --json", "bindings --example", "doctor --json"]
)
def test_a_full_disk_is_one_sentence(command: str) -> None:
    with FULL.open("wb") as full:
        done = run(*command.split(), stdout=full.fileno())
    assert (done.returncode, done.stderr) == (2, "gesturelrcn: No space left on device.\n")


def test_events_that_nobody_can_be_told(eager_model: Callable[..., Path], clip: Path) -> None:
    with FULL.open("wb") as full:
        done = run("run", clip, "--json", "--model", eager_model(), stdout=full.fileno())
        assert (done.returncode, done.stderr) == (2, "gesturelrcn: No space left on device.\n")
        silent = run("models", stdout=full.fileno(), stderr=full.fileno())
    assert silent.returncode == 2


READ_ONLY = """
import os, sys, tempfile
os.environ["TMPDIR"] = "/nowhere"
tempfile._candidate_tempdir_list = lambda: ["/nowhere"]
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
with native_stderr_to_log():
    os.write(2, b"native")
print("done")
"""


def test_no_place_for_temporary_files_stops_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", READ_ONLY], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


def test_a_native_abort_is_not_mute() -> None:
    code = (
        "import os\n"
        "from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log\n"
        "with native_stderr_to_log():\n"
        "    os.abort()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode < 0
    assert "Aborted" in done.stderr
    assert os.linesep in done.stderr


@pytest.mark.parametrize(
    "option", ["bench --report", "evaluate . --report", "evaluate . --events", "train x.toml --out"]
)
def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path, option: str) -> None:
    """Hours later it would be too late: the model that is asked for is not even looked for."""
    (tmp_path / "file").touch()
    shutil.copy(assets() / "sample.mp4", tmp_path / "clip.mp4")
    (tmp_path / "index.csv").write_text("path,subject,gesture,onset_s\nclip.mp4,A,wave,0.5\n")
    (tmp_path / "x.toml").write_text('name = "x"\n[[data]]\nname = "clips"\nlicence = "MIT"\nsource = "me"\n')
    place = tmp_path / "file" / "below" / "events.jsonl"
    asked_for = () if option.startswith("train") else ("--model", "none-such")
    done = subprocess.run(
        [sys.executable, "-m", "gesturelrcn", *option.split(), place, *asked_for],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "cannot be made (Not a directory): choose another one." in line
