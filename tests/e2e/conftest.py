"""What the tests with real programs share: a screen, clips, and `gesturelrcn` as a program of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import gesturelrcn
from tests.xvfb import XServer

_PROJECT = Path(__file__).parents[2]
_ASSETS = Path(gesturelrcn.__file__).parent / "assets"
_REAL_CLIPS = _PROJECT.parent / "shared" / "data" / "body_gestures"


@dataclass(frozen=True)
class Clip:
    """A recording and the gestures in it that turn slides, in order."""

    path: Path
    gestures: list[str]


@pytest.fixture
def require() -> Callable[..., None]:
    """Call it with names of programs: without them the test is skipped, in CI it fails."""

    def look_for(*programs: str) -> None:
        missing = [program for program in programs if shutil.which(program) is None]
        if missing and os.environ.get("CI") == "true":
            pytest.fail(f"not installed: {', '.join(missing)}")
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)}")

    return look_for


@pytest.fixture
def server(require: Callable[..., None]) -> Iterator[XServer]:
    require("Xvfb")
    with XServer() as server:
        yield server


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.real_clips)])
def clip(request: pytest.FixtureRequest) -> Clip:
    """The project's own clip of a synthetic person, and one of a real person who points to their right."""
    if request.param == "sample":
        truth = (_ASSETS / "sample.jsonl").read_text().splitlines()
        return Clip(_ASSETS / "sample.mp4", [json.loads(line)["gesture"] for line in truth])
    if not _REAL_CLIPS.is_dir():
        pytest.skip(f"the folder of real clips is not there: {_REAL_CLIPS}")
    return Clip(_REAL_CLIPS / "S5" / "right_1_1m_upper.avi", ["point_right"])


@dataclass
class Slides:
    """`gesturelrcn slides SOURCE` in the test's own screen.

    Attributes:
        process: the program once it is started.
        log: what it prints.
    """

    display: str
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, source: str | Path) -> None:
        """Start it and return at once."""
        program = Path(sys.executable).with_name("gesturelrcn")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, "slides", str(source)],
                env={**os.environ, "DISPLAY": self.display},
                stdout=log,
                stderr=log,
            )

    def wait(self, timeout: float) -> int:
        """The exit status; the test fails with what was printed if there is none after `timeout` seconds."""
        assert self.process is not None
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            pytest.fail(f"gesturelrcn is not done after {timeout} s:\n{self.log.read_text()}")

    def interrupt(self) -> None:
        """Ctrl-C."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)


@pytest.fixture
def slides(server: XServer, tmp_path: Path) -> Iterator[Slides]:
    program = Slides(server.display, tmp_path / "slides.log")
    yield program
    if program.process is not None:
        program.process.kill()
        program.process.wait()
