"""A tiny process beside ours that releases every key if ours is killed, even by kill -9.

It learns through a pipe what is about to go down and what has come up. The pipe closes when our process ends,
in whatever way; then it releases what is still down, gives back key codes that ours had borrowed for
characters without a key, and ends too. It is idle otherwise.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from gesturelrcn.errors import InjectionError

if TYPE_CHECKING:
    from gesturelrcn.actions.injectors.pynput import PynputInjector
    from gesturelrcn.actions.injectors.x11 import X11Injector

_START = "from gesturelrcn.actions.watchdog import watch; watch()"
_READY = b"ready\n"
_START_TIMEOUT = 20.0
_END_TIMEOUT = 2.0
_CHUNK = 65536
_LOOK_EVERY = 0.1
"""Seconds. A child that our process forked can keep the pipe open, so the parent itself is looked for too."""


class Watchdog:
    """Our end of the pipe. The process starts with the constructor and is waited for at the first note."""

    def __init__(self) -> None:
        """Start the process; it presses on the same display as this one."""
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._down: dict[str, None] = {}
        self._start()

    @property
    def process_id(self) -> int | None:
        """Of the process, or None after `close`."""
        return self._process.pid if self._process else None

    def wait_until_ready(self) -> None:
        """Return when the process has its connection to the display and watches.

        Raises:
            InjectionError: it does not start.
        """
        if self._ready or self._process is None:
            return
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], _START_TIMEOUT)
        if not readable or self._process.stdout.readline() != _READY:
            self._process.kill()
            raise InjectionError(
                "the watchdog that would release the keys if this program is killed does not start: "
                "start it inside the desktop session that shall get the keys"
            )
        self._ready = True

    def note(self, line: str) -> None:
        """Tell it `+Key` before a press, `-Key` after a release. A watchdog that has died is started anew.

        Raises:
            InjectionError: there is none, and none can be started.
        """
        self._remember(line)
        try:
            self.wait_until_ready()
            self._write(line)
        except (OSError, InjectionError):
            self._restart()

    def close(self) -> None:
        """Let the process end; what is still down it releases. Closing twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def __enter__(self) -> "Watchdog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # Out of reach of the Ctrl-C and the closed terminal that end our process.
            start_new_session=True,
        )

    def _restart(self) -> None:
        self.close()
        self._start()
        self.wait_until_ready()
        for key in self._down:
            self._write(f"+{key}")

    def _remember(self, line: str) -> None:
        if line.startswith("+"):
            self._down[line[1:]] = None
        else:
            self._down.pop(line[1:], None)

    def _write(self, line: str) -> None:
        if self._process is None:
            raise InjectionError("the watchdog that releases keys has been closed; nothing more is pressed")
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")


def watch() -> None:
    """What the process does: read the pipe to its end, release what is down, end."""
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGINT)):
        signal.signal(number, signal.SIG_IGN)
    parent = os.getppid()
    injector = _injector()
    os.write(1, _READY)
    for key in _down_at_the_end(parent):
        try:
            injector.release_for_another(key)
        except InjectionError:
            # Nobody is there to be told; the other keys may still come up.
            continue
    with contextlib.suppress(InjectionError):
        injector.give_back_for_others()


def _injector() -> "PynputInjector | X11Injector":
    """What reaches the keys that outlive their process."""
    if sys.platform in ("win32", "darwin"):
        from gesturelrcn.actions.injectors.pynput import PynputInjector

        return PynputInjector()
    from gesturelrcn.actions.injectors.x11 import X11Injector

    return X11Injector()


def _down_at_the_end(parent: int) -> list[str]:
    """What is down when the pipe has closed or the parent has gone, newest first."""
    down: dict[str, None] = {}
    rest = b""
    for chunk in _chunks(parent):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            key = line[1:].decode()
            if line.startswith(b"+"):
                down[key] = None
            else:
                down.pop(key, None)
    return list(reversed(down))


def _chunks(parent: int) -> Iterator[bytes]:
    """What comes through the pipe until it closes.

    It is read now and then, and when it closes: to wake this process at each stroke would take the core from
    the one that presses.
    """
    if sys.platform == "win32":  # pragma: no cover - pipes cannot be waited for with a time limit there
        yield from iter(lambda: os.read(0, _CHUNK), b"")
        return
    os.set_blocking(0, False)
    closing = select.poll()
    closing.register(0, 0)  # of its closing poll tells unasked
    while True:
        closed = bool(closing.poll(1000 * _LOOK_EVERY)) or os.getppid() != parent
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(0, _CHUNK):
                yield chunk
        if closed:
            return
