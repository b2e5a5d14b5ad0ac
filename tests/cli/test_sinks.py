"""`run --websocket` and `--osc` as a program of its own, with real clients, and addresses that are wrong."""

import contextlib
import json
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import websocket
from pythonosc.osc_message import OscMessage

from tests.cage import Cage
from tests.cli.conftest import Program


@contextlib.contextmanager
def connected(url: str) -> Iterator[websocket.WebSocket]:
    client = websocket.create_connection(url, timeout=60, suppress_origin=True)
    try:
        yield client
    finally:
        client.shutdown()


def test_json_websocket_and_osc_tell_the_same(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, cage: Cage
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(60)
        process = gesturelrcn.start(
            *("run", clip, "--realtime", "--json", "--model", eager_model()),
            *("--websocket", "0", "--osc", f"127.0.0.1:{receiver.getsockname()[1]}"),
        )
        assert process.stderr is not None
        said = process.stderr.readline()
        url = re.search(r"^Events for this computer: (ws://127\.0\.0\.1:\d+)$", said.strip())
        assert url, said
        with connected(url[1]) as client:
            got = [json.loads(client.recv())]
            while got[-1]["phase"] != "end":
                got.append(json.loads(client.recv()))
            assert client.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE, "it says goodbye"
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        told = [json.loads(line) for line in out.splitlines()]
        assert got == told
        assert told[0]["phase"] == "start"
        for event in told:
            message = OscMessage(receiver.recv(4096))
            assert message.address == f"/gesturelrcn/{event['gesture']}/{event['phase']}"
            assert message.params[0] == event["id"]
            assert message.params[1] == pytest.approx(event["confidence"], abs=1e-6)
            since_start = event["captured_at"] - told[0]["captured_at"]
            assert message.params[5] == pytest.approx(since_start, abs=1e-5)
    assert cage.tried() == []


def test_a_signal_ends_it_though_a_client_listens(
    gesturelrcn: Program, eager_model: Callable[..., Path]
) -> None:
    process = gesturelrcn.start("run", "sample", "--realtime", "--websocket", "0", "--model", eager_model())
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    with connected(url) as client:
        assert json.loads(client.recv())["phase"] == "start"
        process.send_signal(signal.SIGTERM)
        got = json.loads(client.recv())
        while got["phase"] == "hold":
            got = json.loads(client.recv())
        assert got["phase"] == "end", "what was going on has ended for the client too"
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "")
    assert "end" in out.splitlines()[-1]


def test_no_port_is_opened_unasked(gesturelrcn: Program, eager_model: Callable[..., Path]) -> None:
    process = gesturelrcn.start("run", "sample", "--realtime", "--model", eager_model())
    assert process.stdout is not None
    process.stdout.readline()
    held = {str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in (Path("/proc/net") / table).read_text().splitlines()[1:]
    ]
    assert not [row for row in rows if f"socket:[{row[9]}]" in held]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--websocket", "eight"), "--websocket 'eight' is no address: give a port, or HOST:PORT"),
        (("--websocket", "99999"), "--websocket '99999': there is no port 99999"),
        (("--websocket", "192.0.2.1:8765"), "this computer has no such address"),
        (("--websocket", "nosuch.invalid:8765"), "there is no computer 'nosuch.invalid'"),
        (("--osc", "127.0.0.1:0"), "there is no port 0"),
        (("--osc", "nosuch.invalid:9000"), "there is no computer 'nosuch.invalid'"),
        (("--allow-origin", "https://example.org"), "--allow-origin goes with --websocket"),
        (("--websocket", "0", "--allow-origin", "example.org"), "'example.org' is no origin of a web page"),
    ],
)
def test_addresses_that_are_wrong_are_one_sentence(
    gesturelrcn: Program, options: tuple[str, ...], told: str
) -> None:
    done = gesturelrcn("run", "sample", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert told in done.stderr


def test_a_port_that_is_in_use_is_one_sentence(gesturelrcn: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = gesturelrcn("run", "sample", "--websocket", other.getsockname()[1])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "another program uses this port; choose another" in done.stderr
