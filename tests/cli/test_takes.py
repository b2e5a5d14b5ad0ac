"""`record`, `takes` and `forget` as a user has them: words, questions, endings, what is left on the disk."""

import itertools
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner
from Xlib.display import Display

from gesturelrcn.capture import open_source
from gesturelrcn.cli.app import app
from gesturelrcn.model import assets
from gesturelrcn.takes import TakeFolder, record
from tests.cli.conftest import Program
from tests.cli.test_preview import find_window, press
from tests.mjpeg_server import MjpegServer
from tests.waiting import wait_until
from tests.xvfb import XServer

SAMPLE = assets() / "sample.mp4"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the takes of the tests lie."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data" / "gesturelrcn" / "takes"


@pytest.fixture(scope="module")
def frames() -> list[np.ndarray]:
    with open_source(SAMPLE) as sample:
        return [frame.image for frame in itertools.islice(sample, 115)]


REFUSED: dict[str, str] = {
    "record": "Say which gesture",
    "record wave stop": "One gesture at a time: stop is one word too many",
    "record wave --takes 0": "0 takes cannot be made: ask for 1 to 1000",
    "record w/v": "'w/v' is no name for a gesture",
    "record none": "record it with --idle 3m",
    "record wave --idle 3m": "leave out the name",
    "record --idle 0s": 'A time of "0s" is none',
    "record --idle soon": 'A time of "soon" is none',
    "record --idle 2h": "from 1s to 1h",
    "record wave --source gone.mp4": "There is no file or folder gone.mp4",
    "record wave --from gone.mp4": "There is no file or folder gone.mp4",
    "record wave --from empty": "The folder empty holds no video",
    "record wave --source sample --model gone.json": "gone.json",
    "record wave --source sample --folder link": "link is a link to another place",
    "record wave --source sample --folder full": "holds other things (thesis.odt, for example)",
    "record wave --source sample --folder full/thesis.odt": "is no folder",
    "takes --folder link": "is a link to another place",
    "forget": "Say whose takes shall go",
    "forget wave --all": "Say whose takes shall go",
    "forget wave": "There are no takes of wave: there are none at all",
    "forget --all --folder full": "holds other things",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, home: Path, words: str) -> None:
    for name in ("empty", "full", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "thesis.odt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 2
    assert REFUSED[words] in done.stderr
    assert done.stderr.startswith("gesturelrcn: ")
    assert done.stderr.count("\n") == 1
    assert not home.exists()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["thesis.odt"]


def test_from_recording_to_forgetting(home: Path) -> None:
    def run(*words: str, code: int = 0) -> list[str]:
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, done.stderr) == (code, ""), words
        return done.stdout.splitlines()

    assert run("takes") == [f"There are no takes in {home}; gesturelrcn record wave makes some."]
    told = run("record", "Wave", "--source", "sample", "--takes", "2", "--no-pictures", "--no-preview")
    assert told[0] == "gestures-6 knows wave: these become takes of it."
    assert told[-1] == f"2 takes of wave are kept, 7 s, in {home}"
    assert [line for line in told if "hand, it went" in line and line.endswith("shoulder widths.")] == told[
        1:4:2
    ]
    told = run("record", "salute", "--from", str(SAMPLE))
    assert told[0] == "salute is a new gesture."
    assert told[-1].startswith("5 takes of salute are kept, ")

    salute, wave, where = run("takes")
    assert salute.split()[:3] == ["salute", "5", "takes"]
    assert "with films, last on 20" in salute
    assert wave.split()[:3] == ["wave", "2", "takes"]
    assert "without films, last on 20" in wave
    assert where == f"in {home}"
    [line] = run("takes", "--json")
    figures = json.loads(line)
    assert figures["folder"] == str(home)
    assert [take["gesture"] for take in figures["takes"]] == ["wave"] * 2 + ["salute"] * 5
    assert {"seconds", "onset", "stroke_end", "offset", "rested", "hand", "reach", "seen", "film"} <= set(
        figures["takes"][0]
    )

    near = CliRunner().invoke(app, ["forget", "wav", "--yes"])
    assert (near.exit_code, near.stderr) == (
        2,
        "gesturelrcn: There are no takes of wav; did you mean wave?\n",
    )
    unasked = CliRunner().invoke(app, ["forget", "wave"])
    assert unasked.exit_code == 2
    assert "add --yes" in unasked.stderr
    assert run("forget", "wave", "--yes") == [f"2 takes removed from {home}"]
    assert len(run("takes")) == 2
    assert run("forget", "--all", "--yes") == [f"5 takes removed from {home}"]
    assert not home.exists()


def test_what_is_no_take_is_exit_code_2(frames: list[np.ndarray], tmp_path: Path) -> None:
    from tests.takes.made import write_film

    write_film(tmp_path / "still.avi", frames[:30])
    done = CliRunner().invoke(app, ["record", "wave", "--from", "still.avi"])
    assert done.exit_code == 2
    assert done.stderr == (
        "gesturelrcn: There is no take of wave: still.avi: nothing moves in it, it is all rest.\n"
    )


class Terminal:
    """The program with a terminal of its own: what it says, and somebody who types."""

    def __init__(self, *arguments: object, **environment: str) -> None:
        self._terminal, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gesturelrcn", *map(str, arguments)],
            env=os.environ | environment,
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(slave)
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(line.rstrip("\n") for line in self.process.stdout)

    def wait_for(self, words: str, times: int = 1) -> str:
        def found() -> str:
            lines = [line for line in self.said if words in line]
            return lines[times - 1] if len(lines) >= times else ""

        return wait_until(found, 120, lambda: f"{words!r} in {self.said}", every=0.02)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def end(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        err = self.process.stderr.read()
        code = self.process.wait(60)
        self._reader.join(10)
        return code, err

    def close(self) -> None:
        with self.process:
            self.process.kill()
        os.close(self._terminal)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    with ExitStack() as held:

        def start(*arguments: object, **environment: str) -> Terminal:
            started = Terminal(*arguments, **environment)
            held.callback(started.close)
            return started

        yield start


def test_the_user_is_asked_about_each_take(terminal: Callable[..., Terminal], home: Path) -> None:
    program = terminal("record", "wave", "--source", "sample", "--takes", "2", "--no-pictures")
    program.type("\n\n")  # too early to be an answer
    asks = "Enter keeps it, r (and Enter) makes it again."
    program.wait_for(asks)
    program.type("what?\n")
    program.wait_for("Enter keeps it, r and Enter makes it again.")
    program.type("r\n")
    program.wait_for("Thrown away.")
    for number in (2, 3):
        assert program.wait_for(asks, number)
        program.type("\n")
        program.wait_for("Kept.", number - 1)
    assert program.end() == (0, "")
    assert len(TakeFolder(home).takes()) == 2


def test_forget_asks(terminal: Callable[..., Terminal], home: Path) -> None:
    record("wave", 1, SAMPLE, folder=home, pictures=False)
    no = terminal("forget", "wave")
    no.type("n\n")
    code, _ = no.end()
    assert code == 1
    assert "Nothing was removed." in no.said[-1]
    assert len(TakeFolder(home).takes()) == 1
    yes = terminal("forget", "wave")
    yes.type("y\n")
    assert yes.end()[0] == 0
    assert TakeFolder(home).takes() == []


def only_of_the_camera(err: str) -> bool:
    """On a busy machine a camera may stall for a moment; the log says so."""
    return all(" is stalled: " in line for line in err.splitlines())


class Stage:
    """A camera before which somebody rests until told to make the gesture of the sample.

    Attributes:
        camera: where it can be seen.
    """

    def __init__(self, frames: list[np.ndarray]) -> None:
        self._frames = frames
        self._playing: Iterator[np.ndarray] = iter(())
        self._rng = np.random.default_rng(0)
        self.camera = MjpegServer(self._pictures(), fps=10)  # as few as the model takes, for busy machines

    def _pictures(self) -> Iterator[np.ndarray]:
        for number in itertools.count():
            rest = self._frames[20 + 2 * (number % 10)]
            picture = next(self._playing, rest).copy()
            # What is repeated bit for bit is no live camera.
            picture[:16, :16] = self._rng.integers(0, 255, (2, 2, 3), np.uint8).repeat(8, 0).repeat(8, 1)
            yield picture

    def make(self, *, up_to: int = 110, then_hold: int = 0) -> None:
        """Begin the gesture, from rest to rest or up to a frame that is held for so many frames."""
        stroke = self._frames[56:up_to:2]
        self._playing = iter([*stroke, *[stroke[-1]] * then_hold])


@pytest.fixture
def stage(frames: list[np.ndarray]) -> Iterator[Stage]:
    stage = Stage(frames)
    with stage.camera:
        yield stage


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_what_is_kept_stays_when_the_program_is_ended(
    terminal: Callable[..., Terminal], stage: Stage, home: Path, number: int, code: int
) -> None:
    program = terminal("record", "wave", "--source", stage.camera.url, "--no-questions")
    program.wait_for("Now: wave.")
    stage.make()
    program.wait_for("Kept.")
    program.wait_for("Now: wave.", 2)
    stage.make(up_to=80, then_hold=100)
    program.process.send_signal(number)
    ended, err = program.end()
    assert ended == code
    assert only_of_the_camera(err)
    if code > 0:
        assert program.said[-1].startswith("1 take of wave is kept, ")
    [stored] = TakeFolder(home).takes()
    assert stored.film is not None
    with open_source(stored.film) as film:
        assert len(list(film)) == len(stored.take.times)
    assert not [path for path in home.rglob(".*") if path.is_file()]


def test_a_camera_that_is_lost_in_a_take(terminal: Callable[..., Terminal], stage: Stage, home: Path) -> None:
    program = terminal("record", "wave", "--takes", "1", "--source", stage.camera.url, "--no-questions")
    program.wait_for("Now: wave.")
    stage.make(up_to=80, then_hold=15)
    wait_until(lambda: next(stage._playing, None) is None, 60, every=0.2)
    stage.camera.stop()
    assert "waiting for it." in program.wait_for(" is lost")
    stage.camera.start()
    program.wait_for(" is back.")
    program.wait_for("Now: wave.", 2)
    assert [line for line in program.said if "Kept" in line] == []
    stage.make()
    program.wait_for("Kept.")
    code, err = program.end()
    assert code == 0
    assert "is lost: " in err, "as in every log of a camera"
    assert len(TakeFolder(home).takes()) == 1


def test_a_disk_that_is_full(home: Path) -> None:
    """No file may grow beyond 60 kB: what the CNN saw is smaller than that, the film is not."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    record("wave", 1, SAMPLE, folder=home)
    done = subprocess.run(
        [sys.executable, "-m", "gesturelrcn", "record", "wave", "--from", str(SAMPLE)],
        **{"capture_output": True, "text": True, "timeout": 120, "check": False, "preexec_fn": limit},
    )
    assert done.returncode == 2
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("gesturelrcn: This take is not kept, those before it are: ")
    assert sentence.endswith("its film could not be written (File too large).")
    assert len(TakeFolder(home).takes()) == 1
    assert len(list(home.rglob("*.mp4"))) == 1


def test_keys_in_the_window(
    terminal: Callable[..., Terminal], stage: Stage, home: Path, x_server: XServer
) -> None:
    with XServer() as server:
        program = terminal(
            *("record", "wave", "--takes", "1", "--source", stage.camera.url, "--no-pictures"),
            DISPLAY=server.display,
        )
        display = Display(server.display)
        try:
            for key, answer in (("r", "Thrown away."), ("Return", "Kept.")):
                program.wait_for("Now: wave.", 1 if key == "r" else 2)
                stage.make()
                program.wait_for("Keep it?", 1 if key == "r" else 2)
                window = wait_until(lambda: find_window(display, "gesturelrcn record"))
                press(key, display, window)
                program.wait_for(answer)
            code, err = program.end()
            assert code == 0
            assert only_of_the_camera(err)
        finally:
            display.close()
    assert not [line for line in program.said if line.startswith("No window")]
    assert len(TakeFolder(home).takes()) == 1


def test_idle_before_a_camera(gesturelrcn: Program, stage: Stage, home: Path) -> None:
    done = gesturelrcn("record", "--idle", "4s", "--source", stage.camera.url)
    assert done.returncode == 0
    assert only_of_the_camera(done.stderr)
    assert done.stdout.splitlines()[:2] == [
        "No window: There is no screen (DISPLAY is not set).",
        "In 3 seconds: do what you usually do, but make no gesture.",
    ]
    pieces = TakeFolder(home).takes("none")
    assert sum(stored.take.seconds for stored in pieces) == pytest.approx(4.0, abs=0.6)
    assert all(stored.film is not None for stored in pieces)
