"""An X server without a screen: keys of a benchmark or a demo never reach the user's own windows."""

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


class XServer:
    """Xvfb on a display number that nobody else uses, gone when the block ends.

        with XServer() as server:
            subprocess.run(["xterm"], env={**os.environ, "DISPLAY": server.display})

    Attributes:
        display: for the environment variable DISPLAY, for example ":3".
    """

    def __init__(self, width: int = 1280, height: int = 720, *options: str) -> None:
        """Start it, with more options for Xvfb, and wait until it is ready.

        Raises:
            GestureLrcnError: Xvfb is missing or does not start.
        """
        if not available():
            raise GestureLrcnError("There is no Xvfb to draw into memory: install the package xvfb.")
        reader, writer = os.pipe()
        screen = ["-screen", "0", f"{width}x{height}x24"]
        self._process = subprocess.Popen(
            # Without -noreset the server starts afresh, and refuses new clients, when its last client leaves.
            ["Xvfb", "-displayfd", str(writer), *screen, "-nolisten", "tcp", "-noreset", *options],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            self.display = ":" + _line_from(reader)
        except BaseException:
            self.stop()
            raise
        finally:
            os.close(reader)

    def stop(self) -> None:
        """End the server and wait until it is gone; stopping twice is harmless."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "XServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


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
