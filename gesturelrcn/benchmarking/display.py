"""A display without a screen, so that keys of a benchmark never reach the user's own windows."""

import os
import select
import shutil
import subprocess
import time
from types import TracebackType

from gesturelrcn.errors import GestureLrcnError

_START_TIMEOUT = 20.0


def available() -> bool:
    """Whether Xvfb is installed."""
    return shutil.which("Xvfb") is not None


class Display:
    """Xvfb on a display number that nobody else uses, gone when the block ends.

    Attributes:
        name: for the environment variable DISPLAY.
    """

    def __init__(self) -> None:
        """Raises: GestureLrcnError: Xvfb is missing or does not start."""
        if not available():
            raise GestureLrcnError(
                "Keys are measured on a display of their own: install Xvfb (package xvfb)."
            )
        reader, writer = os.pipe()
        self._process = subprocess.Popen(
            # Without -noreset the server starts afresh when its last client leaves.
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            self.name = ":" + _line_from(reader)
        except BaseException:
            self._stop()
            raise
        finally:
            os.close(reader)

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Display":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()


def _line_from(descriptor: int) -> str:
    """Up to the newline: the server dies of a pipe that is closed before."""
    deadline = time.monotonic() + _START_TIMEOUT
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 64) if ready else b""
        if not chunk:
            raise GestureLrcnError("Xvfb does not start; run Xvfb :99 by hand to see why.")
        text += chunk
    return text.decode("ascii").strip()
