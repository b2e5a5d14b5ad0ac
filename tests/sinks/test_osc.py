"""OSC messages at a real UDP socket, read by another implementation than ours."""

import logging
import socket
import sys

import pytest
from pythonosc.osc_message import OscMessage

from gesturelrcn.errors import SinkError
from gesturelrcn.sinks import OscSink
from tests.sinks.events import event


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        yield receiver


def received(receiver):
    return OscMessage(receiver.recv(4096))


def sent(receiver, *events):
    with OscSink(receiver.getsockname()[1]) as sink:
        for each in events:
            sink.send(each)
    return [received(receiver) for _ in events]


def test_an_event_is_one_message_with_typed_arguments(receiver):
    [message] = sent(receiver, event(number=7, hand="right", position=(0.25, 0.75)))
    assert message.address == "/gesturelrcn/raise_hand/start"
    assert list(message) == [7, 0.875, "right", 0.25, 0.75, 0.0, 0.015625]


def test_the_types_are_those_that_are_documented(receiver):
    with OscSink(receiver.getsockname()[1]) as sink:
        sink.send(event())
    raw = receiver.recv(4096)
    assert raw.startswith(b"/gesturelrcn/raise_hand/start\0")
    assert b",ifsffff\0" in raw


def test_times_count_from_the_start_of_the_gesture(receiver):
    """A float of four bytes holds them; of the days that a computer has been up it would not."""
    began = 900000.0
    times = [("start", 1, 0.0), ("hold", 1, 0.1), ("end", 1, 0.7), ("start", 2, 3.0), ("end", 2, 3.5)]
    messages = sent(
        receiver,
        *(event(phase=p, number=n, captured_at=began + t, decided_at=began + t + 0.02) for p, n, t in times),
    )
    captured = [round(list(message)[5], 5) for message in messages]
    assert captured == [0.0, 0.1, 0.7, 0.0, 0.5]
    assert all(round(list(message)[6] - list(message)[5], 5) == 0.02 for message in messages)


def test_what_the_model_does_not_say(receiver):
    [message] = sent(receiver, event(phase="end"))
    assert list(message)[2:5] == ["", -1.0, -1.0]


def test_gestures_whose_names_osc_could_not_read(receiver):
    [message] = sent(receiver, event("my move/2 #*?{}[],ü"))
    assert message.address == f"/gesturelrcn/my_move_2{'_' * 10}/start"


def test_nobody_listens_and_then_somebody_does(receiver, caplog):
    port = receiver.getsockname()[1]
    receiver.close()
    with OscSink(port) as sink:
        for _ in range(5):
            sink.send(event())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as later:
            later.bind(("127.0.0.1", port))
            later.settimeout(10)
            sink.send(event(number=1))  # may only be told that nobody listened
            sink.send(event(number=2))
            assert received(later).params[0] in (1, 2)
    assert caplog.records == []


def test_a_receiver_that_does_not_read_delays_nothing(receiver):
    with OscSink(receiver.getsockname()[1]) as sink:
        for number in range(3000):
            sink.send(event(number=number))
    assert received(receiver).params[0] == 0


def test_a_network_that_fails_is_told_once(receiver, caplog):
    sink = OscSink(receiver.getsockname()[1])
    sink.close()
    with caplog.at_level(logging.WARNING):
        sink.send(event())
        sink.send(event())
    [record] = caplog.records
    assert "OSC messages cannot be sent" in record.getMessage()


def test_a_host_that_does_not_exist():
    with pytest.raises(SinkError, match=r"^OSC cannot be sent to nosuch\.invalid:9000: there is no computer"):
        OscSink(9000, "nosuch.invalid")


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "pythonosc.osc_message_builder", None)
    with pytest.raises(SinkError, match=r"pip install 'gesturelrcn\[sinks\]'"):
        OscSink(9000)
