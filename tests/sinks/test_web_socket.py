"""The WebSocket server, asked by clients of another library, politely and not."""

import contextlib
import json
import logging
import socket
import struct
import sys
import threading
import time

import pytest
import websocket

from gesturelrcn.errors import SinkError
from gesturelrcn.events import QUEUE_LIMIT
from gesturelrcn.sinks import WebSocketSink, web_socket
from gesturelrcn.sinks.web_socket import MAX_CLIENTS, MAX_MESSAGE
from tests.sinks.events import event
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def sink():
    with WebSocketSink(0) as sink:
        yield sink


@contextlib.contextmanager
def client(sink, **options):
    options = {"suppress_origin": True, "skip_utf8_validation": True, **options}
    connection = websocket.create_connection(sink.url, timeout=PATIENCE, **options)
    try:
        yield connection
    finally:
        connection.shutdown()


def status(sink, **headers):
    """What the server answers to a handshake with these headers."""
    with socket.create_connection(("127.0.0.1", sink.address.port), PATIENCE) as raw:
        lines = [
            "GET / HTTP/1.1",
            f"Host: {sink.address}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(raw.recv(4096).split()[1])


def test_every_client_gets_every_event(sink):
    events = [event(number=number, phase=phase) for number in range(5) for phase in ("start", "hold", "end")]
    with client(sink) as first, client(sink) as second:
        wait_until(lambda: sink.clients == 2)
        for each in events:
            sink.send(each)
        for connection in (first, second):
            assert [json.loads(connection.recv()) for _ in events] == [each.to_dict() for each in events]


def test_it_listens_on_this_computer_only(sink):
    assert sink.address.host == "127.0.0.1"
    with contextlib.closing(socket.socket()) as outside:
        outside.settimeout(2)
        others = [
            info[4][0]
            for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
            if not info[4][0].startswith("127.")
        ]
        if others:
            assert outside.connect_ex((others[0], sink.address.port)) != 0


def test_a_page_elsewhere_gets_nothing(sink):
    assert status(sink, Origin="https://example.org") == 403
    assert status(sink, Origin="null") == 403
    assert sink.clients == 0


def test_a_page_of_this_computer_gets_events(sink):
    with client(sink, suppress_origin=False, origin="http://localhost:8000") as page:
        wait_until(lambda: sink.clients == 1)
        sink.send(event())
        assert json.loads(page.recv())["gesture"] == "raise_hand"


def test_a_page_that_is_allowed_gets_events():
    with WebSocketSink(0, origins=["https://example.org"]) as sink:
        assert status(sink, Origin="https://example.org") == 101
        assert status(sink, Origin="https://example.com") == 403


def test_what_clients_send_is_ignored(sink):
    with client(sink) as talkative, client(sink) as quiet:
        talkative.send("hello " * 1000)
        talkative.send_binary(bytes(range(256)))
        talkative.ping()
        wait_until(lambda: sink.clients == 2)
        sink.send(event())
        for connection in (talkative, quiet):
            assert json.loads(connection.recv())["id"] == 1


GARBAGE = [
    b"\x00" * 1000,
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /events HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /" + b"a" * 100000,
    b"",
]


def test_garbage_in_place_of_a_handshake_is_nobodys_business(sink, capfd, caplog):
    with client(sink) as quiet:
        for garbage in GARBAGE:
            with socket.create_connection(("127.0.0.1", sink.address.port), PATIENCE) as raw:
                with contextlib.suppress(OSError):
                    raw.sendall(garbage)
                raw.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    while raw.recv(4096):
                        pass
        wait_until(lambda: sink.clients == 1)
        sink.send(event())
        assert json.loads(quiet.recv())["id"] == 1
    assert capfd.readouterr().err == ""
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def only_the_other_is_served(sink, quiet):
    def one_more():
        sink.send(event())
        return json.loads(quiet.recv())["id"] == 1 and sink.clients == 1

    return wait_until(one_more)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"\x81\x05hello", id="not masked"),
        pytest.param(b"\xff\xff" * 20, id="no frame"),
        pytest.param(b"\x82\xff" + struct.pack("!Q", 2**40) + b"mask", id="a terabyte announced"),
        pytest.param(b"\x81\x82mask" + b"\x92\x9f", id="no utf-8"),
    ],
)
def test_garbage_after_the_handshake_ends_that_client_only(sink, frame, capfd):
    with client(sink) as quiet, client(sink) as rude:
        wait_until(lambda: sink.clients == 2)
        rude.sock.sendall(frame)
        assert only_the_other_is_served(sink, quiet)
    assert capfd.readouterr().err == ""


def test_a_message_that_is_too_large_ends_that_client_only(sink):
    with client(sink) as quiet, client(sink) as rude:
        wait_until(lambda: sink.clients == 2)
        rude.send_binary(b"x" * (MAX_MESSAGE + 1))
        assert only_the_other_is_served(sink, quiet)


@contextlib.contextmanager
def stuck(sink):
    """A client that does not read, with as small a buffer as the system gives."""
    with socket.socket() as raw:
        raw.settimeout(PATIENCE)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        raw.connect(("127.0.0.1", sink.address.port))
        connection = websocket.WebSocket(skip_utf8_validation=True)
        connection.connect(sink.url, socket=raw, suppress_origin=True)
        yield connection


LONG = "raise_hand" * 5000
"""A few of these fill every buffer between two programs."""


def test_a_client_that_does_not_read_loses_holds_and_delays_nobody(sink):
    with stuck(sink) as slow, client(sink) as quick:
        wait_until(lambda: sink.clients == 2)
        sent = 400
        sink.send(event(LONG))
        for number in range(2, sent + 1):
            sink.send(event(LONG, "hold", number=number))
            assert json.loads(quick.recv())["id"] == number - 1, "at once, one after the other"
        sink.send(event(LONG, "end", number=sent + 1))
        late = until_the_end(slow)
        assert late[0]["phase"] == "start"
        assert len(late) < sent - 20, "holds were dropped"
        assert late[-2]["id"] == sent, "the newest are kept"


def until_the_end(connection):
    told = [json.loads(connection.recv())]
    while told[-1]["phase"] != "end":
        told.append(json.loads(connection.recv()))
    return told


def test_a_client_that_is_hopelessly_behind_is_sent_away(sink, monkeypatch):
    monkeypatch.setattr(web_socket, "MAX_WAITING", QUEUE_LIMIT)
    with stuck(sink), client(sink) as quick:
        wait_until(lambda: sink.clients == 2)

        def more():
            for number in range(QUEUE_LIMIT):
                sink.send(event(LONG, number=number))
                assert json.loads(quick.recv())["id"] == number
            return sink.clients == 1

        wait_until(more)


def test_there_can_be_too_many(sink):
    with contextlib.ExitStack() as clients:
        for _ in range(MAX_CLIENTS):
            clients.enter_context(client(sink))
        wait_until(lambda: sink.clients == MAX_CLIENTS)
        assert status(sink) == 503


def test_closing_delivers_what_waits_and_says_goodbye(sink):
    with client(sink) as connection:
        wait_until(lambda: sink.clients == 1)
        for number in range(QUEUE_LIMIT):
            sink.send(event(number=number))
        sink.close()
        assert [json.loads(connection.recv())["id"] for _ in range(QUEUE_LIMIT)] == list(range(QUEUE_LIMIT))
        opcode, payload = connection.recv_data()
        assert (opcode, struct.unpack("!H", payload[:2])[0]) == (websocket.ABNF.OPCODE_CLOSE, 1001)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", sink.address.port), PATIENCE)


def test_closing_waits_for_nobody():
    sink = WebSocketSink(0)
    with stuck(sink):
        wait_until(lambda: sink.clients == 1)
        for number in range(200):
            sink.send(event(LONG, "hold", number=number))
        began = time.monotonic()
        sink.close()
        assert time.monotonic() - began < PATIENCE
    assert "gesture-websocket" not in {thread.name for thread in threading.enumerate()}
    sink.send(event())
    sink.close()


def test_a_port_that_is_in_use(sink):
    with pytest.raises(SinkError, match=rf"at {sink.address}: another program uses this port"):
        WebSocketSink(sink.address.port)


@pytest.mark.parametrize(
    ("host", "told"),
    [("192.0.2.1", "this computer has no such address"), ("nosuch.invalid", "no computer 'nosuch.invalid'")],
)
def test_a_host_that_is_not_ours(host, told):
    with pytest.raises(SinkError, match=told):
        WebSocketSink(0, host)


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "websockets.asyncio.server", None)
    with pytest.raises(SinkError, match=r"pip install 'gesturelrcn\[sinks\]'"):
        WebSocketSink(0)
