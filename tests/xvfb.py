"""An X server without a screen, for tests that send and receive real keys."""

import os
import select
import subprocess
import time
from types import TracebackType

_START_TIMEOUT = 20.0


class XServer:
    """Xvfb on a display number that nobody else uses; gone when the block ends.

        with XServer() as server:
            subprocess.run(["xterm"], env={**os.environ, "DISPLAY": server.display})

    Attributes:
        display: for the environment variable DISPLAY, for example ":3".
    """

    def __init__(self, width: int = 1280, height: int = 720) -> None:
        reader, writer = os.pipe()
        screen = ["-screen", "0", f"{width}x{height}x24"]
        self._process = subprocess.Popen(
            # Without -noreset the server starts afresh, and refuses new clients, when its last client leaves.
            ["Xvfb", "-displayfd", str(writer), *screen, "-nolisten", "tcp", "-noreset"],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            # The server dies of a closed pipe if nobody reads up to the newline.
            self.display = ":" + _read_line(reader)
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


def _read_line(descriptor: int) -> str:
    deadline = time.monotonic() + _START_TIMEOUT
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 64) if ready else b""
        if not chunk:
            raise RuntimeError("Xvfb did not start")
        text += chunk
    return text.decode().strip()
