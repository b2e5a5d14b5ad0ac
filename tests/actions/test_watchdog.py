"""However a process ends, the X server has no key down a quarter of a second later."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from gesturelrcn import InjectionError
from gesturelrcn.actions import KeyName
from gesturelrcn.actions.watchdog import Watchdog
from tests.key_window import KeyWindow
from tests.waiting import wait_until
from tests.xvfb import XServer

HOLDING = """
import os, select, sys, threading, time
import gesturelrcn.actions.gesture_life as gesture_life
from gesturelrcn.actions import Binding, Bindings, Dispatcher, Hold, X11Injector
from gesturelrcn.cli.signals import StopSignals
from tests.actions.conftest import event

how = sys.argv[1]
if how != "loss":
    gesture_life.EVIDENCE_LASTS = 60.0  # somebody goes on making the gestures, also on a slow machine
bindings = Bindings((Binding("stop", Hold("ctrl+shift+F5")), Binding("wave", Hold("mouse left"))))
stopped = threading.Event()
with StopSignals() as signals, Dispatcher(bindings, X11Injector()) as dispatcher:
    signals.stop_with(stopped.set)
    dispatcher.handle(event("stop", at=time.monotonic()))
    dispatcher.handle(event("wave", at=time.monotonic()))
    print("down", *dispatcher.down, flush=True)
    if how == "fork" and os.fork() == 0:
        time.sleep(5)  # a child that keeps the pipe open
        os._exit(0)
    end = time.monotonic() + 30
    while time.monotonic() < end and not stopped.is_set():
        told, _, _ = select.select([sys.stdin] if how in ("exception", "reload") else [], [], [], 0.01)
        if told and sys.stdin.readline():
            if how == "exception":
                raise ValueError("broken")
            dispatcher.use(bindings)
"""


@pytest.fixture
def window(x_server: XServer) -> Iterator[KeyWindow]:
    window = KeyWindow(x_server.display)
    yield window
    window.close()


def buttons_down(window: KeyWindow) -> bool:
    mask = window.root.query_pointer().mask
    return bool(mask & 0x1F00)


def start_holding(how: str, display: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDING, how],
        env={**os.environ, "DISPLAY": display},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def seconds_until_up(window: KeyWindow) -> float:
    began = time.monotonic()
    wait_until(lambda: not (window.keys_down() or buttons_down(window)), every=0.002)
    return time.monotonic() - began


ENDINGS = {
    "loss": None,
    "exception": None,
    "reload": None,
    "Ctrl-C": signal.SIGINT,
    "SIGTERM": signal.SIGTERM,
    "kill -9": signal.SIGKILL,
    "fork": signal.SIGKILL,
}


@pytest.mark.parametrize("how", ENDINGS)
def test_nothing_stays_down(window: KeyWindow, x_server: XServer, how: str) -> None:
    process = start_holding(how, x_server.display)
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            assert process.stdout.readline() == "down Ctrl Shift F5 MouseLeft\n", process.stderr
            if how != "loss":
                time.sleep(0.3)  # longer than evidence lasts: it is really held on
                assert len(window.keys_down()) == 3
                assert buttons_down(window)
            number = ENDINGS[how]
            if number is not None:
                process.send_signal(number)
            elif how != "loss":
                process.stdin.write("now\n")
                process.stdin.flush()
            seconds = seconds_until_up(window)
            print(f"{how}: released after {1000 * seconds:.0f} ms")
        finally:
            process.kill()


def test_a_watchdog_that_died_is_started_anew(
    window: KeyWindow, x_server: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", x_server.display)
    from gesturelrcn.actions import X11Injector

    injector = X11Injector()
    with Watchdog() as watchdog:
        watchdog.note("+Shift")
        injector.press(KeyName("Shift"))
        first = watchdog.process_id
        assert first is not None
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)  # it has ended, and its pipe with it
        watchdog.note("+Right")
        injector.press(KeyName("Right"))
        assert watchdog.process_id != first
        assert len(window.keys_down()) == 2
        watchdog.close()  # the pipe closes: it releases both
        assert watchdog.process_id is None
        assert window.keys_down() == []
    injector.release(KeyName("Right"))


def test_nothing_is_pressed_without_a_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":32123")
    with Watchdog() as watchdog, pytest.raises(InjectionError, match=r"the watchdog .* does not start"):
        watchdog.note("+Right")
