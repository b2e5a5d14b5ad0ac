"""Network cameras that misbehave, on 127.0.0.1: what can be seen is seen, the rest is one sentence."""

import base64
import contextlib
import itertools
import logging
import socket
import threading
import time

import cv2
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.capture.network_stream import HOPELESS, LATE, Lag
from gesturelrcn.errors import CaptureError
from tests.capture.clips import numbered_pictures, with_an_unknown_codec, write_clip
from tests.mjpeg_server import read_number
from tests.waiting import PATIENCE

PASSWORD = "p@ss#1"
PICTURES = [cv2.imencode(".jpg", image)[1].tobytes() for image in numbered_pictures(200)]
RATE = 25


def part(jpeg, *, length=True, boundary=b"--b\r\n"):
    said = b"Content-Length: %d\r\n" % len(jpeg) if length else b""
    return boundary + b"Content-Type: image/jpeg\r\n" + said + b"\r\n" + jpeg + b"\r\n"


MULTIPART = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n"


@contextlib.contextmanager
def camera(serve):
    """`serve` gets what was asked and a function that sends; the address that leads there."""
    sockets = []

    def answer(caller):
        with contextlib.suppress(OSError), caller:
            serve(caller.recv(4096).decode("latin1"), caller.sendall)

    def listen(listener):
        with contextlib.suppress(OSError):
            while True:
                sockets.append(listener.accept()[0])
                threading.Thread(target=answer, args=(sockets[-1],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, args=(listener,), daemon=True).start()
        yield f"http://user:{PASSWORD}@127.0.0.1:{listener.getsockname()[1]}/video?token={PASSWORD}"
        listener.shutdown(socket.SHUT_RDWR)
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def play(send, parts):
    for number, each in enumerate(parts):
        send(each)
        time.sleep(1 / RATE)
        if number > 20 * RATE:
            return


def plain(asked, send):
    send(MULTIPART % b"b")
    play(send, map(part, itertools.cycle(PICTURES)))


def without_length(asked, send):
    send(MULTIPART % b"b")
    play(send, (part(jpeg, length=False) for jpeg in itertools.cycle(PICTURES)))


def boundary_with_dashes(asked, send):
    send(MULTIPART % b"--b")
    play(send, (part(jpeg, boundary=b"----b\r\n") for jpeg in itertools.cycle(PICTURES)))


def first_boundary_missing(asked, send):
    send(MULTIPART % b"b")
    send(part(PICTURES[0], boundary=b""))
    play(send, map(part, itertools.cycle(PICTURES[1:])))


def with_password(asked, send):
    if base64.b64encode(f"user:{PASSWORD}".encode()).decode() not in asked:
        send(b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="cam"\r\nContent-Length: 0\r\n\r\n')
        return
    plain(asked, send)


def single_pictures():
    left = itertools.cycle(PICTURES)

    def serve(asked, send):
        jpeg = next(left)
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        )
        send(head % len(jpeg) + jpeg)

    return serve


CAMERAS = {
    "plain": plain,
    "parts without their length": without_length,
    "dashes in the boundary": boundary_with_dashes,
    "first boundary missing": first_boundary_missing,
    "a password with @ and #": with_password,
    "single pictures": single_pictures(),
}


@pytest.mark.parametrize("kind", CAMERAS)
def test_its_pictures_come(kind):
    with camera(CAMERAS[kind]) as address, open_source(address, open_timeout=PATIENCE) as source:
        frames = list(itertools.islice(source, 5))
        assert PASSWORD not in source.name
    numbers = [read_number(frame.image) for frame in frames]
    assert None not in numbers
    assert numbers == sorted(set(numbers))


def test_pictures_of_another_size_are_the_real_ones(caplog):
    def serve(asked, send):
        send(MULTIPART % b"b")
        small = [
            cv2.imencode(".jpg", cv2.resize(image, (88, 60)))[1].tobytes() for image in numbered_pictures(20)
        ]
        play(send, itertools.cycle([part(jpeg) for jpeg in PICTURES[:20] + small]))

    with camera(serve) as address, open_source(address, open_timeout=PATIENCE) as source:
        frames = list(itertools.islice(source, 60))
    shapes = [frame.image.shape[1::-1] for frame in frames]
    assert set(shapes) == {(176, 120), (88, 60)}
    changes = [b for a, b in itertools.pairwise(frames) if a.image.shape != b.image.shape]
    assert all(frame.discontinuous for frame in changes)
    assert "is lost" not in caplog.text


def refused(asked, send):
    send(b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="cam"\r\nContent-Length: 0\r\n\r\n')


def missing(asked, send):
    send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def busy(asked, send):
    send(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


def silent(asked, send):
    time.sleep(3)


def a_page(asked, send):
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")


@pytest.mark.parametrize(
    ("serve", "sentence"),
    [
        (refused, "refuses the user or the password"),
        (missing, "has no such page"),
        (busy, "answers with an error"),
        (silent, "does not answer or carries no video within 1 s.* --open-timeout"),
        (a_page, "does not answer or carries no video"),
    ],
)
def test_each_cause_has_its_sentence(serve, sentence, caplog):
    caplog.set_level(logging.DEBUG)
    with camera(serve) as address, pytest.raises(CaptureError, match=sentence) as told:
        open_source(address, open_timeout=1.0)
    assert PASSWORD not in str(told.value) + caplog.text
    assert "%40" not in str(told.value) + caplog.text


def test_a_film_of_an_unknown_codec_is_no_camera(tmp_path):
    film = with_an_unknown_codec(write_clip(tmp_path / "film.avi", count=8)).read_bytes()

    def serve(asked, send):
        send(b"HTTP/1.1 200 OK\r\nContent-Type: video/x-msvideo\r\nContent-Length: %d\r\n\r\n" % len(film))
        send(film)

    with camera(serve) as address, pytest.raises(CaptureError, match="carries no video that can be decoded"):
        open_source(address)


def test_a_camera_that_wakes_slowly_gets_the_time_that_it_is_given():
    def serve(asked, send):
        time.sleep(1.5)
        plain(asked, send)

    with camera(serve) as address:
        with pytest.raises(CaptureError):
            open_source(address, open_timeout=0.5)
        with open_source(address, open_timeout=PATIENCE) as source:
            assert source.newest(PATIENCE) is not None


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 1e9])
def test_a_time_to_open_that_is_none_is_refused(seconds):
    with pytest.raises(CaptureError, match="time to open"):
        open_source("http://127.0.0.1:9/", open_timeout=seconds)


def test_what_waits_in_a_connection_is_left_out():
    """All pictures but the last come in one go, as after a while in which nobody had time to read."""

    def serve(asked, send):
        send(MULTIPART % b"b")
        send(part(PICTURES[0]))
        time.sleep(1.0)
        send(b"".join(map(part, PICTURES[1:30])))
        play(send, map(part, PICTURES[30:]))

    with camera(serve) as address, open_source(address, open_timeout=PATIENCE) as source:
        numbers = [read_number(frame.image) for frame in itertools.islice(source, 6)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] >= 30, "each of those that waited was shown"


def test_lag_is_measured_against_the_cameras_own_stamps(caplog):
    lag = Lag(stamped=True)
    for number in range(100):
        lag.see(number / 25, 1000.0 + number / 25)
        assert not lag.is_late("cam")
    lag.see(4.0, 1004.0 + LATE + 0.5)
    assert lag.seconds == pytest.approx(LATE + 0.5, abs=0.01)
    assert lag.is_late("cam")
    assert lag.is_late("cam")
    assert [record.getMessage() for record in caplog.records] == [
        "cam: pictures come 1.5 s late; what waits is left out"
    ]
    lag.see(6.0, 1006.1)
    assert not lag.is_late("cam")
    lag.see(8.0, 1008.0 + HOPELESS + 1)
    with pytest.raises(CaptureError, match="late"):
        lag.is_late("cam")


def test_a_clock_that_goes_wrong_a_little_is_no_lag():
    lag = Lag(stamped=True)
    for second in range(3600):
        lag.see(float(second), second * 1.0005)
        assert not lag.is_late("cam")
