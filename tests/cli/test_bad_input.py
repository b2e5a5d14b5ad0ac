"""What the user can mend: one sentence on stderr, exit code 2, no traceback."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.cli.conftest import Program, ProgramEnd

RIGHT = '[[bind]]\ngesture = "point_right"\nkey = "Right"\n'


def sentence(done: ProgramEnd) -> str:
    """The sentence, if that is all there is."""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("gesturelrcn: ")
    assert done.stdout == ""
    assert done.returncode == 2
    return done.stderr.removeprefix("gesturelrcn: ").strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes.mp4").write_text("these are only words\n")
    (tmp_path / "zero.mp4").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.json").write_text('{"some": "thing"}')
    (tmp_path / "right.toml").write_text(RIGHT)
    (tmp_path / "gesture.toml").write_text("# mine\n" + RIGHT.replace("point_right", "point_rigt"))
    (tmp_path / "key.toml").write_text(RIGHT.replace('"Right"', '"Rihgt"'))
    (tmp_path / "syntax.toml").write_text("[[bind]]\ngesture point_right\n")
    (tmp_path / "nothing.toml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("gone.mp4", "gone.mp4"),
        ("notes.mp4", "notes.mp4"),
        ("zero.mp4", "zero.mp4"),
        ("empty", "empty"),
        ("wrong.json", "wrong.json"),
    ],
)
def test_sources_on_disk(
    gesturelrcn: Program, folder: Path, eager_model: Callable[..., Path], source: str, said: str
) -> None:
    for command in ("run", "slides"):
        more = ("--dry-run",)
        assert said in sentence(gesturelrcn(command, folder / source, "--model", eager_model(), *more))


@pytest.mark.parametrize(("size", "pixel"), [((1, 1), "bgr0"), ((64, 48), "gray16le")], ids=["1x1", "grey"])
def test_films_of_any_size_and_without_colours_are_looked_at(
    gesturelrcn: Program, tmp_path: Path, size: tuple[int, int], pixel: str
) -> None:
    with av.open(str(tmp_path / "film.mkv"), "w") as film:
        stream: Any = film.add_stream("ffv1", rate=10)
        (stream.width, stream.height), stream.pix_fmt = size, pixel
        for grey in (0, 120, 255):
            picture = np.full((size[1], size[0], 3), grey, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        film.mux(stream.encode(None))
    done = gesturelrcn("run", tmp_path / "film.mkv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_live_sources(gesturelrcn: Program, eager_model: Callable[..., Path], silent_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free_port = server.getsockname()[1]
    for source, said in [
        ("99", "Camera 99 cannot be opened"),
        (f"http://127.0.0.1:{free_port}/video", f"http://127.0.0.1:{free_port}/video does not answer"),
        (f"http://127.0.0.1:{silent_port}/video", f"http://127.0.0.1:{silent_port}/video does not answer"),
        ("", "source is empty"),
    ]:
        assert said in sentence(gesturelrcn("run", source, "--model", eager_model()))


def test_models(gesturelrcn: Program, folder: Path, eager_model: Callable[..., Path]) -> None:
    good = eager_model()
    damaged = folder / "eager.json"
    damaged.write_bytes(good.read_bytes())
    damaged.with_suffix(".onnx").write_bytes(good.with_suffix(".onnx").read_bytes()[:-100])
    for model, said in [
        (folder / "gone.json", "gone.json"),
        (folder / "wrong.json", "wrong.json"),
        (folder / "notes.mp4", "notes.mp4"),
        ("no-such-model", "no-such-model"),
        (damaged, "eager.onnx"),
    ]:
        assert said in sentence(gesturelrcn("run", "sample", "--model", model))
    assert "eager.safetensors" in sentence(gesturelrcn("run", "sample", "--model", good, "--engine", "torch"))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("gone.toml", "gone.toml: there is no such binding file"),
        ("gesture.toml", "gesture.toml:3:11: unknown gesture 'point_rigt': did you mean 'point_right'?"),
        ("key.toml", "key.toml:3:7: unknown key 'Rihgt': did you mean 'Right'?"),
        ("syntax.toml", "syntax.toml:2:9: not TOML: "),
        ("nothing.toml", "nothing.toml:1:1: no binding in this file"),
        ("notes.mp4", "notes.mp4:1:7: not TOML: "),
    ],
)
def test_bindings(
    gesturelrcn: Program, folder: Path, eager_model: Callable[..., Path], file: str, said: str
) -> None:
    done = gesturelrcn("run", "sample", "--model", eager_model(), "--bindings", folder / file)
    assert sentence(done).startswith(f"{folder}/{said}")


@pytest.mark.parametrize("display", [None, ":32123"])
def test_no_display(
    gesturelrcn: Program, folder: Path, eager_model: Callable[..., Path], display: str | None
) -> None:
    which = "DISPLAY is not set" if display is None else "the display ':32123' cannot be reached"
    model = ("--model", eager_model())
    run = gesturelrcn("run", "sample", "--bindings", folder / "right.toml", *model, display=display)
    assert which in sentence(run)
    assert which in sentence(gesturelrcn("slides", "sample", *model, display=display))
    assert which in sentence(gesturelrcn("run", "sample", "--preview", *model, display=display))


def test_a_model_without_gestures_for_slides(gesturelrcn: Program, eager_model: Callable[..., Path]) -> None:
    model = eager_model("thumbs_up", among=("none", "thumbs_up"))
    done = gesturelrcn("slides", "sample", "--dry-run", "--model", model)
    assert sentence(done).startswith("The model eager recognises no gesture that turns slides")


def test_wrong_options_are_explained(gesturelrcn: Program) -> None:
    done = gesturelrcn("run", "sample", "--engine", "tensorflow")
    assert done.returncode == 2
    assert "onnxruntime" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_person_locator_that_is_not_installed(
    gesturelrcn: Program, eager_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["mediapipe"] = None\n')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    done = gesturelrcn("run", "sample", "--locator", "mediapipe", "--model", eager_model())
    assert "pip install 'gesturelrcn[mediapipe]', with Python 3.10 to 3.12." in sentence(done)
