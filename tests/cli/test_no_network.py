"""No network: sockets that leave this computer are forbidden, and the system calls are watched.

`bench` and `synth` are held in the tests that run them anyway.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cage import Cage
from tests.training.tiny_data import tracks_config

IMPORT = """if True:
    import gesturelrcn, gesturelrcn.capture, gesturelrcn.region, gesturelrcn.recognizer, gesturelrcn.stream
    import gesturelrcn.actions, gesturelrcn.evaluation, gesturelrcn.cli.app
    """
REACH_OUT = """if True:
    import socket
    socket.create_connection(("192.0.2.1", 80), 0.1)
    """
CHILD = f"""if True:
    import subprocess, sys
    sys.exit(subprocess.run([sys.executable, "-c", {REACH_OUT!r}]).returncode)
    """


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def commands(clip: Path, eager_model: Callable[..., Path], tmp_path: Path) -> dict[str, list[str]]:
    """What a user does, by name."""
    folder = tmp_path / "clips" / "point_right"
    folder.mkdir(parents=True)
    shutil.copy(clip, folder)
    model = str(eager_model())
    return {
        "run with the shipped model": ["run", str(clip), "--json"],
        "models": ["models", "--json"],
        "doctor": ["doctor", "--json", "--source", str(clip)],
        "evaluate": ["evaluate", str(folder.parent), "--model", model, "--json"],
        "why": ["why"],
        "annotate": ["annotate", str(clip), "--out", str(tmp_path / "timelines"), "--model", model],
        "train": ["train", str(_training(tmp_path)), "--run", str(tmp_path / "run"), *TINY],
    }


def _training(folder: Path) -> Path:
    """Three steps on joint tracks of moving arms, without a picture."""
    return tracks_config(folder, recognition="steps = 3\nstreams = 2\nchunk = 16\nrate = 1e-3\n")


NAMES = ("run with the shipped model", "models", "doctor", "evaluate", "why", "annotate", "train")
TINY = ("--workers", "1", "--device", "cpu", "--until", "recognition")


@pytest.mark.parametrize("where", ["itself", "child"])
def test_the_cage_holds(cage: Cage, where: str) -> None:
    done = run("-c", REACH_OUT if where == "itself" else CHILD)
    assert done.returncode == 77
    assert len(cage.tried()) == 1


def test_importing_everything_opens_no_socket(cage: Cage) -> None:
    done = run("-c", IMPORT)
    assert (done.returncode, done.stderr, cage.tried()) == (0, "", [])


@pytest.mark.parametrize("name", NAMES)
def test_python_opens_no_socket_to_elsewhere(commands: dict[str, list[str]], cage: Cage, name: str) -> None:
    done = run("-m", "gesturelrcn", *commands[name])
    assert done.returncode in ((0, 2) if name in ("doctor", "why") else (0,)), done.stderr
    assert cage.tried() == []


WATCHED = {
    name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "TF_BUILD")
}
"""The environment of a user: some libraries keep quiet where they believe to be tested."""


def addresses_asked_by(command: list[str], log: Path) -> set[str]:
    """Network addresses that a program and its children connected or sent to, native libraries included."""
    if shutil.which("strace"):
        watch = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
        subprocess.run([*watch, *command], env=WATCHED, capture_output=True, check=False)
        return set(re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', log.read_text()))
    found: set[str] = set()
    with subprocess.Popen(
        command, env=WATCHED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            found |= _connected(process.pid)
            time.sleep(0.01)
    return found


def _connected(pid: int) -> set[str]:
    """Remote ends of the sockets that a process has open now, as /proc/net tells them."""
    folder = Path(f"/proc/{pid}")
    try:
        inodes = {link.readlink().name for link in (folder / "fd").iterdir()}
        rows = [
            line.split()
            for table in ("tcp", "tcp6", "udp", "udp6")
            for line in (folder / "net" / table).read_text().splitlines()[1:]
        ]
    except OSError:  # it has just ended
        return set()
    mine = {row[9] for row in rows if f"socket:[{row[9]}]" in inodes}
    remote = {row[2].split(":")[0] for row in rows if row[9] in mine}
    return {address for address in remote if address.strip("0") and address != "0100007F"}


def elsewhere(addresses: set[str]) -> set[str]:
    """Those that are not this computer."""
    flat = {part for address in addresses for part in ([address] if isinstance(address, str) else address)}
    return {address for address in flat if address and not re.match(r"127\.|::1$|0100007F$", address)}


def test_the_watch_sees_a_connection(tmp_path: Path) -> None:
    program = (
        "import socket, time\nsocket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\ntime.sleep(1)"
    )
    asked = addresses_asked_by([sys.executable, "-c", program], tmp_path / "log")
    assert elsewhere(asked) in ({"192.0.2.1"}, {"010200C0"})


def test_no_library_opens_a_socket_to_elsewhere(commands: dict[str, list[str]], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gesturelrcn", *commands["run with the shipped model"]]
    assert elsewhere(addresses_asked_by(command, tmp_path / "log")) == set()
