"""The programs in docs/sinks.md, beside what they talk to: a browser, a client and a receiver in Python."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import websocket

from gesturelrcn.sinks import OscSink, WebSocketSink
from tests.sinks.events import event
from tests.waiting import PATIENCE, wait_until

PAGE = (Path(__file__).parents[2] / "docs" / "sinks.md").read_text(encoding="utf-8")


def block(language, holding):
    [found] = [b for b in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if holding in b]
    return found


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(program):
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_client_in_python():
    program = block("python", "websockets.asyncio.client")
    with WebSocketSink(0) as sink, running(program.replace("8765", str(sink.address.port))) as client:
        wait_until(lambda: sink.clients == 1)
        sink.send(event())
        assert client.stdout.readline() == "raise_hand start 0.875\n"


def test_the_receiver_in_python():
    port = free_port(socket.SOCK_DGRAM)
    told = threading.Event()
    with OscSink(port) as sink, running(block("python", "pythonosc").replace("9000", str(port))) as receiver:

        def keep_sending():
            while not told.wait(0.1):
                sink.send(event(phase="hold"))
                sink.send(event(hand="left"))

        sending = threading.Thread(target=keep_sending)
        sending.start()
        try:
            assert receiver.stdout.readline() == "/gesturelrcn/raise_hand/start 1 0.875 left\n"
        finally:
            told.set()
            sending.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/page.html":  # a browser that is ended asks for an icon and does not wait for it
            super().do_GET()


@contextlib.contextmanager
def browser(url, profile):
    """A Chromium that shows a page; yields a function that evaluates JavaScript in it."""
    program = shutil.which("chromium")
    command = [
        *(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *(f"--user-data-dir={profile}", url),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            told = profile / "DevToolsActivePort"
            wait_until(lambda: told.exists() and len(told.read_text().split()) == 2)
            pages = f"http://127.0.0.1:{told.read_text().split()[0]}/json/list"
            with urllib.request.urlopen(pages, timeout=PATIENCE) as answer:
                [page] = [each for each in json.load(answer) if each["type"] == "page"]
            control = websocket.create_connection(
                page["webSocketDebuggerUrl"], timeout=PATIENCE, suppress_origin=True
            )
            yield partial(evaluate, control)
            control.shutdown()
        finally:
            process.kill()


def evaluate(control, expression):
    control.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": {"expression": expression}}))
    return json.loads(control.recv())["result"]["result"].get("value")


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("served", "origins", "seen"),
    [
        pytest.param(True, (), True, id="from this computer"),
        pytest.param(False, (), False, id="from a file"),
        pytest.param(False, ("null",), True, id="from a file that is allowed"),
    ],
)
def test_the_page(tmp_path, served, origins, seen, require, caplog):
    require("chromium")
    with WebSocketSink(0, origins=origins) as sink:
        page = tmp_path / "page.html"
        page.write_text(block("html", "WebSocket").replace("8765", str(sink.address.port)))
        over = threading.Event()

        def keep_sending():
            while not over.wait(0.05):
                sink.send(event(phase="hold"))

        sending = threading.Thread(target=keep_sending)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
        serving = threading.Thread(target=server.serve_forever)
        sending.start()
        serving.start()
        url = f"http://127.0.0.1:{server.server_port}/page.html" if served else page.as_uri()
        try:
            with browser(url, tmp_path / "profile") as ask:
                heading = "document.querySelector('h1')?.textContent"
                if seen:
                    wait_until(lambda: ask(heading) == "raise_hand hold")
                    assert ask("document.body.style.background") == "red"
                else:
                    wait_until(lambda: "got nothing" in caplog.text)
                    assert ask(heading) == "Raise a hand"
                    assert sink.clients == 0
        finally:
            over.set()
            server.shutdown()
            server.server_close()
            sending.join()
            serving.join()
    assert ("asked for your gestures and got nothing" in caplog.text) == (not seen)
