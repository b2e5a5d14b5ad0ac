"""A camera's password is nowhere: not on the screen and in no file, whatever the command says or writes."""

import itertools

import pytest

from tests.capture.clips import numbered_pictures
from tests.mjpeg_server import MjpegServer
from tests.waiting import wait_until

SECRET = "Hunter2"


def files_with_secrets(folder):
    return [path for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Everything that the program writes lies below."""
    for name in (
        "HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    ):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def test_a_session_and_what_explains_it(gesturelrcn, eager_model, home):
    bindings = home / "bindings.toml"
    bindings.write_text('[[bind]]\ngesture = "raise_hand"\ndo = "key b"\n')
    pictures = list(numbered_pictures(30))
    said = []
    with MjpegServer(itertools.cycle(pictures), 20) as server:
        address = server.url.replace("//", f"//admin:{SECRET}@") + f"?token={SECRET}"
        process = gesturelrcn.start(
            *("--log-json", "run", address, "--model", eager_model("raise_hand"), "--bindings", bindings),
            *("--dry-run", "--record", home / "film.mp4"),
        )
        wait_until(lambda: (home / "film.mp4").exists(), 60)
        server.drop_connections()
        wait_until(lambda: server.connections >= 2)
        process.terminate()
        said += process.communicate(timeout=60)
    end = gesturelrcn("why", "--save", home / "sent.jsonl")
    assert end.returncode == 0, end.stderr
    said += [end.stdout, end.stderr]
    for command in (("why",), ("why", home / "sent.jsonl"), ("replay", home / "sent.jsonl")):
        end = gesturelrcn(*command)
        said += [end.stdout, end.stderr]
    assert any("127.0.0.1" in each for each in said), "it is told where the pictures come from"
    assert not [each for each in said if SECRET in each]
    assert "127.0.0.1" in (home / "sent.jsonl").read_text()
    assert files_with_secrets(home) == []


CAMERA = f"http://admin:{SECRET}@127.0.0.1:9/video?token={SECRET}"


@pytest.mark.parametrize(
    "command",
    [
        ("run", CAMERA),
        ("run", f"rtsp://admin:{SECRET}@127.0.0.1:9/1"),
        ("run", f"rtps://admin:{SECRET}@127.0.0.1/1"),
        ("slides", "--dry-run", f"http://admin:{SECRET}/1@127.0.0.1/1"),
        ("doctor", "--source", CAMERA),
        ("annotate", CAMERA),
        ("bench", "--source", CAMERA),
        ("evaluate", CAMERA),
    ],
    ids=lambda command: command[0],
)
def test_refusals(gesturelrcn, home, command):
    end = gesturelrcn(*command)
    assert end.returncode == 2
    assert SECRET not in end.stdout + end.stderr
    assert "Traceback" not in end.stderr
    assert files_with_secrets(home) == []
