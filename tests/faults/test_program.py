"""The program as a whole: stopped and continued, ended while native code hangs, twice at the same time."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.stage import FPS, Scene
from tests.mjpeg_server import MjpegServer

WATCH = """if True:
    import sys, time
    from gesturelrcn import GestureStream
    from tests.colours import ColourRecognizer
    stream = GestureStream(sys.argv[1], recognizer=ColourRecognizer())
    stream.on_any(lambda event: event.phase == "hold" or print(event.gesture, event.phase, flush=True))
    stream.on_source()(lambda change: print(change.state, change.reason, flush=True))
    stream.run()
    """


@pytest.fixture
def camera():
    scene = Scene()
    with MjpegServer(scene, FPS) as server:
        yield server, scene


def watch(server):
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WATCH, server.url], stdout=subprocess.PIPE, text=True
    )


def read_until(process, word):
    lines = []
    while not lines or not lines[-1].startswith(word):
        line = process.stdout.readline()
        assert line, f"it ended after {lines}"
        lines.append(line.strip())
    return lines


def test_a_program_that_stood_still_throws_old_pictures_away_and_goes_on(camera):
    server, scene = camera
    with watch(server) as process:
        read_until(process, "live")
        scene.gesture = "raise_hand"
        read_until(process, "raise_hand start")
        process.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        scene.gesture = "point_right"
        process.send_signal(signal.SIGCONT)
        lines = read_until(process, "point_right start")
        assert any(line.startswith("lost nothing ran for") for line in lines)
        assert "raise_hand end" in lines
        process.kill()


def test_two_programs_watch_one_camera(camera):
    server, scene = camera
    with watch(server) as one, watch(server) as other:
        for process in (one, other):
            read_until(process, "live")
        scene.gesture = "raise_hand"
        for process in (one, other):
            read_until(process, "raise_hand start")
        one.kill()
        scene.gesture = "none"
        read_until(other, "raise_hand end")
        other.kill()


HANG = """if True:
    import logging, os, sys, threading, time
    import cv2
    logging.disable()
    from gesturelrcn.capture import LiveSource
    from gesturelrcn.cli import _leave
    path = sys.argv[1]
    writer = os.open(path, os.O_RDWR)  # so that the reader never sees an end
    from tests.faults.stage import Scene
    from tests.faults.fifo import _COMMENT
    scene, opened = Scene(), threading.Event()
    def write():
        while not opened.is_set():
            jpeg = cv2.imencode(".jpg", scene.picture())[1].tobytes()
            os.write(writer, jpeg[:2]); os.write(writer, _COMMENT); os.write(writer, jpeg[2:])
            time.sleep(0.02)
    threading.Thread(target=write, daemon=True).start()
    source = LiveSource("pipe", open_device=lambda: cv2.VideoCapture(path, cv2.CAP_FFMPEG))
    opened.set()
    time.sleep(1.0)
    source.close()
    print("closed", flush=True)
    begin = time.monotonic()
    _leave(int(sys.argv[2]))
    """


@pytest.mark.parametrize("code", [0, 130])
def test_it_ends_as_it_should_while_native_code_hangs(tmp_path, code):
    pipe = tmp_path / "camera.mjpg"
    os.mkfifo(pipe)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HANG, str(pipe), str(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "closed\n", "")


def test_the_log_as_json_has_a_line_for_each_change_of_the_source(camera):
    server, _scene = camera
    process = subprocess.Popen(
        [sys.executable, "-m", "gesturelrcn", "--log-json", "run", server.url, "--dry-run"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    told = []
    with process:
        for line in process.stderr:
            record = json.loads(line)
            assert {"time", "level", "logger", "message"} <= set(record)
            if "change" in record:
                told.append(record["change"]["state"])
            if told == ["live"]:
                server.drop_connections()
            if told[-1:] == ["back"]:
                break
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(30) == 130
    assert "lost" in told
