"""Live sources: the newest frame only, opened again after a loss. Streams are served on 127.0.0.1."""

import contextlib
import itertools
import logging
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError
from tests.capture.clips import numbered_pictures, write_clip
from tests.capture.rtsp_server import RtspServer
from tests.mjpeg_server import MjpegServer, read_number
from tests.waiting import PATIENCE, wait_until

FPS = 30


@pytest.fixture
def camera(tmp_path):
    """A stream without end, fed from a clip at its real rate."""
    clip = [frame.image for frame in open_source(write_clip(tmp_path / "clip.avi", count=60, fps=FPS))]
    with MjpegServer(itertools.cycle(clip), FPS, numbered=True) as server:
        yield server


@contextlib.contextmanager
def http_page(body):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def take(source, count):
    return list(itertools.islice(source, count))


def next_frame(source):
    frame = source.newest(PATIENCE)
    assert frame is not None
    return frame


def test_frames_come_as_they_are_taken_on_the_monotonic_clock(camera):
    with open_source(camera.url) as source:
        assert source.live
        assert source.name == camera.url
        frames = take(source, 30)
        ages = [camera.age_of(frame.image) for frame in take(source, 10)]
    numbers = [read_number(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers)), "each frame at most once, in order"
    times = [frame.captured_at for frame in frames]
    assert all(np.diff(times) > 0)
    assert times[-1] - times[0] > 0.5
    assert abs(time.monotonic() - times[-1]) < PATIENCE
    assert all(frame.media_time is None for frame in frames)
    assert np.median(ages) < times[-1] - times[0]


def test_a_slow_consumer_never_sees_an_old_frame(camera):
    with open_source(camera.url) as source:
        begin = time.monotonic()
        frames = iter(source)
        taken = 0
        while (passed := time.monotonic() - begin) < 4:
            next(frames)
            taken += 1
            time.sleep(0.15)
        frame = next(frames)
        age = camera.age_of(frame.image)
        assert age < passed / 2, f"frames queue up: this one is {age:.2f} s old"
        assert frame.index > 1.5 * taken, "frames that were dropped are counted"
        assert source.frames_dropped > taken / 2


def test_mirrored_pictures_are_flipped_once(camera):
    with open_source(camera.url, mirrored=True) as source:
        [frame] = take(source, 1)
    assert read_number(frame.image) is None
    assert read_number(frame.image[:, ::-1]) is not None


def test_a_stream_that_vanishes_is_opened_again_when_it_is_back(camera, caplog):
    caplog.set_level(logging.INFO)
    with open_source(camera.url) as source:
        before = take(source, 5)[-1]
        stopped_at = time.monotonic()
        camera.stop()
        wait_until(lambda: source.frame_age > 0.6)
        assert source.newest(0.1) is None
        camera.start()
        after = next_frame(source)
        assert camera.age_of(after.image) < time.monotonic() - stopped_at
        assert after.index > before.index
        wait_until(lambda: "is back" in caplog.text)
    said = [record.getMessage() for record in caplog.records]
    assert sum("is lost" in line for line in said) == 1, "a loss is told once, not at every attempt"


def test_a_connection_that_is_closed_is_opened_again(camera):
    with open_source(camera.url) as source:
        take(source, 5)
        dropped_at = time.monotonic()
        camera.drop_connections()
        wait_until(lambda: camera.connections == 2)
        assert camera.age_of(take(source, 5)[-1].image) < time.monotonic() - dropped_at


def test_a_stalled_stream_shows_in_the_frame_age_and_is_opened_again(camera):
    with open_source(camera.url) as source:
        take(source, 5)
        stalled_at = time.monotonic()
        camera.stall()
        wait_until(lambda: source.frame_age > 1)
        wait_until(lambda: camera.connections >= 2)
        camera.resume()
        assert camera.age_of(next_frame(source).image) < time.monotonic() - stalled_at


def test_close_comes_back_at_once_while_a_read_hangs_and_ends_the_iteration(camera, monkeypatch):
    monkeypatch.setattr("gesturelrcn.capture.network_stream.READ_TIMEOUT", 2 * PATIENCE)
    source = open_source(camera.url)
    take(source, 5)
    camera.stall()
    time.sleep(0.3)
    ended = threading.Event()
    consumer = threading.Thread(target=lambda: (list(source), ended.set()))
    consumer.start()
    begin = time.monotonic()
    source.close()
    assert time.monotonic() - begin < PATIENCE, "the read was waited for"
    wait_until(ended.is_set)
    consumer.join()


def test_a_program_ends_cleanly_while_a_read_hangs(camera):
    program = """if True:
        import sys
        from gesturelrcn.capture import network_stream, open_source
        network_stream.READ_TIMEOUT = 200.0
        with open_source(sys.argv[1]) as source:
            next(iter(source))
            print("watching", flush=True)
            sys.stdin.readline()
        """
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, camera.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "watching\n"
        camera.stall()
        time.sleep(0.3)
        begin = time.monotonic()
        _, errors = process.communicate("\n", timeout=2 * PATIENCE)
        assert time.monotonic() - begin < PATIENCE, "the read was waited for"
    assert errors == ""
    assert process.returncode == 0


def test_an_rtsp_stream_is_read_and_its_password_kept_out_of_names():
    pictures = list(numbered_pictures(300))
    with (
        RtspServer([picture[:112] for picture in pictures], FPS) as server,
        open_source(server.url) as source,
    ):
        assert "secret" in server.url
        assert "secret" not in source.name
        numbers = [read_number(frame.image) for frame in take(source, 20)]
    assert None not in numbers
    assert numbers == sorted(set(numbers))


def test_the_end_of_a_stream_is_a_loss_and_not_an_end(tmp_path):
    with MjpegServer(numbered_pictures(20), FPS) as server, open_source(server.url) as source:
        take(source, 3)
        wait_until(lambda: source.frame_age > 0.5)
        wait_until(lambda: server.connections >= 3)
        source.newest(0)  # the last picture, unless it was taken above
        assert source.newest(0.1) is None, "no error, no end: it keeps trying"


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_address_where_nothing_listens_is_refused(scheme):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CaptureError, match=rf"{scheme}://127\.0\.0\.1:{port}/x does not answer") as refusal:
        open_source(f"{scheme}://me:secret@127.0.0.1:{port}/x")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_address_that_never_answers_is_refused_in_time(scheme):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        with pytest.raises(CaptureError, match="does not answer"):
            open_source(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/x")
        assert time.monotonic() - begin < PATIENCE


def test_a_web_page_is_no_stream():
    page = http_page(b"<html>" + b"no video here " * 5000)
    with page as url, pytest.raises(CaptureError, match="carries no video"):
        open_source(url)


def test_an_address_that_cannot_be_parsed_is_refused():
    with pytest.raises(CaptureError):
        open_source("http://[::1/x")
