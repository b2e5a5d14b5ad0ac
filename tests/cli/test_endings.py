"""However it ends: every key is up, no traceback, an exit code that says why."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturelrcn.capture.network_stream import OPEN_TIMEOUT
from gesturelrcn.cli.session import _DISPLAY_GONE
from gesturelrcn.cli.signals import StopSignals
from tests.cli.conftest import Program
from tests.key_window import KeyWindow
from tests.xvfb import XServer


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_gestures_and_releases_keys(
    gesturelrcn: Program,
    eager_model: Callable[..., Path],
    bindings: Path,
    window: KeyWindow,
    x_server: XServer,
    number: int,
    code: int,
) -> None:
    arguments = ("run", "sample", "--realtime", "--json", "--bindings", bindings, "--model", eager_model())
    process = gesturelrcn.start(*arguments, display=x_server.display)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["phase"] == "start"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")
    assert json.loads(out.splitlines()[-1])["phase"] == "end"
    assert len(window.received()) == 4
    assert window.keys_down() == []


def test_a_signal_while_a_source_is_being_opened(
    gesturelrcn: Program, eager_model: Callable[..., Path]
) -> None:
    ends, took = [], []
    for number in (signal.SIGINT, None):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}/video"
            process = gesturelrcn.start("run", address, "--model", eager_model())
            caller, _ = silent.accept()
            began = time.monotonic()
            if number is not None:
                process.send_signal(number)
            ends.append((process.communicate(timeout=60), process.returncode))
            took.append(time.monotonic() - began)
            caller.close()
    assert ends[0] == (("", ""), 130)
    assert ends[1][1] == 2
    assert took[0] < took[1] - OPEN_TIMEOUT / 2, "it waited until the source is given up"


def test_a_reader_that_leaves_early_ends_it_quietly(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    process = gesturelrcn.start("run", clip, "--json", "--model", eager_model())
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141


def test_a_table_into_a_closed_pipe(gesturelrcn: Program) -> None:
    process = gesturelrcn.start("models", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""


@pytest.mark.parametrize("gesture", ["point_right", "stop"])
def test_the_end_of_the_desktop_session_ends_it_at_once(
    gesturelrcn: Program, eager_model: Callable[..., Path], tmp_path: Path, gesture: str
) -> None:
    """Whether a key is held or nobody gestures: the camera must not stay on."""
    held = tmp_path / "held.toml"
    held.write_text('[[bind]]\ngesture = "point_right"\ndo = "hold ctrl"\n')
    model = eager_model(gesture, ("none", "point_left", "point_right", "raise_hand", "thumbs_up", "stop"))
    with XServer() as server:
        arguments = ("run", "sample", "--realtime", "--bindings", held, "--model", model)
        process = gesturelrcn.start(*arguments, display=server.display)
        assert process.stdout is not None
        assert "start" in process.stdout.readline()
        server.stop()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.count("\n") == 1
    # Whoever releases a key may notice first.
    assert err == f"gesturelrcn: {_DISPLAY_GONE}\n" or (
        gesture == "point_right" and "cannot be reached" in err
    )
    assert "22." not in out, "it went on to the end of the recording"


def test_a_display_that_takes_no_keys_is_told_at_the_start_and_by_doctor(
    gesturelrcn: Program, eager_model: Callable[..., Path], bindings: Path
) -> None:
    with XServer(1280, 720, "-extension", "XTEST") as server:
        done = gesturelrcn(
            *("run", "sample", "--bindings", bindings, "--model", eager_model()), display=server.display
        )
        told = gesturelrcn("doctor", "--json", "--model", eager_model(), display=server.display)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("gesturelrcn: keys cannot be sent: this display is without XTEST")
    (keys,) = (check for check in json.loads(told.stdout)["checks"] if check["name"] == "keys")
    assert not keys["ok"]
    assert "this display is without XTEST" in keys["found"]


def guarded(*actions: Callable[[StopSignals], object]) -> list[int]:
    """Run the actions inside the block; returns how far they came."""
    reached: list[int] = []
    with StopSignals() as signals:
        for number, action in enumerate(actions):
            reached.append(number)
            action(signals)
    return reached


def stop_with_nothing(signals: StopSignals) -> None:
    signals.stop_with(lambda: None)


def send(number: int) -> Callable[[StopSignals], object]:
    return lambda _: os.kill(os.getpid(), number)


def fail(_: StopSignals) -> None:
    raise ValueError("broken")


@pytest.mark.parametrize(
    ("actions", "code"),
    [
        pytest.param([send(signal.SIGTERM), fail], 143, id="nothing to stop"),
        pytest.param([stop_with_nothing, send(signal.SIGTERM)], 143, id="stopped"),
        pytest.param(
            [stop_with_nothing, send(signal.SIGTERM), send(signal.SIGINT), fail], 130, id="too slow"
        ),
    ],
)
def test_signals_end_the_block(actions: list, code: int) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        guarded(*actions)
    assert ended.value.code == code
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_first_signal_stops_what_runs() -> None:
    stops: list[int] = []
    with pytest.raises(SystemExit):
        guarded(lambda signals: signals.stop_with(lambda: stops.append(1)), send(signal.SIGTERM))
    assert stops == [1]


def test_an_error_while_stopping_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="broken"):
        guarded(stop_with_nothing, send(signal.SIGTERM), fail)


def test_a_block_without_signals_just_ends() -> None:
    assert guarded(stop_with_nothing) == [0]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under nohup, or for a job that a script runs in the background."""
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from gesturelrcn.cli.signals import StopSignals\n"
        "with StopSignals():\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('alive')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")
