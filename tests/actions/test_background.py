"""Commands and functions that run beside the loop."""

import shlex
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturelrcn.actions import Run
from gesturelrcn.actions.background import MOST_AT_ONCE, Background
from tests.waiting import wait_until


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


def test_a_command_runs_without_a_shell(background: Background, tmp_path: Path) -> None:
    assert background.run(Run(("touch", str(tmp_path / "a; touch b"))), 5.0)
    wait_until(lambda: background.busy == 0)
    assert [each.name for each in tmp_path.iterdir()] == ["a; touch b"]


def test_a_shell_line_runs_with_one(background: Background, tmp_path: Path) -> None:
    line = f"echo one > {shlex.quote(str(tmp_path / 'x'))} && echo two >> {shlex.quote(str(tmp_path / 'x'))}"
    background.run(Run((line,), shell=True), 5.0)
    wait_until(lambda: background.busy == 0)
    assert (tmp_path / "x").read_text() == "one\ntwo\n"


def test_a_command_that_hangs_is_killed_with_all_that_it_started(
    background: Background, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid_file = tmp_path / "pid"
    line = f"sleep 60 & echo $! > {shlex.quote(str(pid_file))}; wait"
    background.run(Run((line,), shell=True), 1.0)
    assert background.busy == 1  # it is not waited for
    wait_until(lambda: background.busy == 0)
    assert "has not come to its end after 1 s and is killed" in caplog.text
    child = int(pid_file.read_text())
    wait_until(lambda: not runs(child))


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_what_goes_wrong_with_commands_is_logged(
    background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    background.run(Run(("no-such-program",)), 1.0)
    background.run(Run((sys.executable, "-c", "raise SystemExit(3)")), 20.0)
    background.call("mine", lambda: 1 / 0)
    wait_until(lambda: background.busy == 0)
    assert "run no-such-program cannot be started: No such file or directory" in caplog.text
    assert "ended with status 3" in caplog.text
    assert "mine failed" in caplog.text


def test_commands_do_not_pile_up(background: Background, caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()
    started = [background.call("slow", go_on.wait) for _ in range(MOST_AT_ONCE + 2)]
    assert started == [True] * MOST_AT_ONCE + [False] * 2
    go_on.set()
    wait_until(lambda: background.busy == 0)
    assert "slow is not started: 8 are still going on" in caplog.text


def test_closing_kills_what_runs() -> None:
    background = Background()
    background.run(Run(("sleep", "60")), 60.0)
    wait_until(lambda: background._processes)
    background.close()
    wait_until(lambda: background.busy == 0)
    assert not background.call("late", lambda: None)
