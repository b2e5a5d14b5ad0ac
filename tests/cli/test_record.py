"""`--record`: a film of what is seen and recognised, without a screen, whole however the program ends."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.overlay.drawing import GREEN
from tests.cli.conftest import Program
from tests.waiting import wait_until
from tests.xvfb import XServer


def films_of(path: Path) -> list[np.ndarray]:
    with open_source(path) as film:
        return [frame.image for frame in film]


def shares_of(picture: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((np.abs(picture.astype(int) - colour).max(axis=2) < 40).mean())


def test_every_frame_of_a_recording_with_what_is_recognised(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, bindings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    options = ("--dry-run", "--bindings", bindings, "--model", eager_model())
    done = gesturelrcn("run", clip, "--record", out, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert "point_right  start" in done.stdout
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    pictures, frames = films_of(out), films_of(clip)
    assert len(pictures) == len(frames) == 40
    free = (slice(100, 200), slice(250, 400))  # neither words nor lines
    assert np.abs(pictures[30][free].astype(int) - frames[30][free]).mean() < 6, "not mirrored"
    assert shares_of(pictures[30][440:, :70], GREEN) > 0.5, "ready"
    assert shares_of(pictures[30][40:52, 15:207], GREEN) > 0.4, "the bar of a gesture that goes on"
    assert shares_of(frames[30][440:, :70], GREEN) < 0.05


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_film_is_whole_after_a_signal(
    gesturelrcn: Program, eager_model: Callable[..., Path], tmp_path: Path, number: int, code: int
) -> None:
    out = tmp_path / "out.mp4"
    arguments = ("run", "sample", "--realtime", "--record", out, "--model", eager_model())
    process = gesturelrcn.start(*arguments)
    assert process.stdout is not None
    assert "start" in process.stdout.readline()
    wait_until(lambda: out.exists() and out.stat().st_size)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert err == "" or "were left out because the machine was busy" in err
    assert len(films_of(out)) > 0
    with av_open(out) as film:
        assert film.duration, "an ordinary MP4 that knows its length"


def av_open(path: Path):
    import av

    return av.open(str(path))


@pytest.mark.parametrize("command", ["run", "slides"])
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("there.mp4", "there.mp4: this file is there already; give another name, or remove it."),
        ("missing/a.mp4", "missing; make it first, or choose another."),
        ("a.avi", "a.avi: recordings are MP4 films; give a name that ends in .mp4."),
    ],
)
def test_a_place_that_is_refused(
    gesturelrcn: Program, tmp_path: Path, command: str, name: str, sentence: str
) -> None:
    (tmp_path / "there.mp4").write_bytes(b"mine")
    done = gesturelrcn(command, "sample", "--dry-run", "--record", tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("gesturelrcn: ")
    assert done.stderr.endswith(f"{sentence}\n")
    assert done.stderr.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["there.mp4"]


def test_a_source_that_cannot_be_opened_leaves_no_film(gesturelrcn: Program, tmp_path: Path) -> None:
    done = gesturelrcn("run", tmp_path / "no.mp4", "--record", tmp_path / "out.mp4")
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


WITHOUT_WINDOWS = """if True:
    import sys
    import cv2

    def forbidden(name):
        def call(*arguments, **options):
            sys.stderr.write(f"cv2.{name} was called\\n")
            sys.exit(9)
        return call

    windows = [name for name in dir(cv2) if name.lower().endswith(("window", "windows"))]
    others = "imshow waitKey waitKeyEx pollKey setMouseCallback selectROI createTrackbar displayOverlay"
    for name in [*windows, *others.split(), "getWindowProperty", "setWindowProperty", "setWindowTitle"]:
        if hasattr(cv2, name):
            setattr(cv2, name, forbidden(name))
    from gesturelrcn.cli import main
    sys.argv = ["gesturelrcn", *sys.argv[1:]]
    main()
    """


def test_no_window_is_touched_without_a_preview(
    eager_model: Callable[..., Path], clip: Path, tmp_path: Path, x_server: XServer
) -> None:
    def run(*options: object, **environment: str) -> subprocess.CompletedProcess[str]:
        arguments = ("run", clip, "--model", eager_model(), *options)
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_WINDOWS, *map(str, arguments)],
            env={name: value for name, value in os.environ.items() if name != "DISPLAY"} | environment,
            **{"capture_output": True, "text": True, "timeout": 120, "check": False},
        )

    done = run("--record", tmp_path / "out.mp4")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(films_of(tmp_path / "out.mp4")) == 40
    touched = run("--preview", DISPLAY=x_server.display)
    assert touched.returncode == 9, "the trap works"
    assert touched.stderr.startswith("cv2.namedWindow was called\n")
