"""Commands and callbacks beside the loop: started, never waited for, ended if they take too long."""

import contextlib
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable

from gesturelrcn.actions.action import Run

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 8
"""Commands and callbacks that may be going on; more are refused, or a command that hangs would pile up."""

_END_TIMEOUT = 0.2
_NEW_GROUP = os.name == "posix"


class Background:
    """Runs commands and functions in threads of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = 0
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    @property
    def busy(self) -> int:
        """How many are going on."""
        return self._busy

    def call(self, name: str, function: Callable[[], object]) -> bool:
        """Call a function; what it raises is logged. False if too many are going on already."""
        with self._lock:
            if self._closed or self._busy >= MOST_AT_ONCE:
                logger.warning("%s is not started: %d are still going on", name, self._busy)
                return False
            self._busy += 1
        threading.Thread(target=self._called, args=(name, function), name=name, daemon=True).start()
        return True

    def run(self, action: Run, limit: float) -> bool:
        """Start a command; after `limit` seconds it is killed with all that it started.

        False if too many are going on already.
        """
        return self.call(str(action), lambda: self._command(action, limit))

    def close(self) -> None:
        """Kill the commands that are going on; functions cannot be ended and are left behind."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in processes:
            _kill(process)

    def _called(self, name: str, function: Callable[[], object]) -> None:
        try:
            function()
        except Exception:
            logger.exception("%s failed", name)
        finally:
            with self._lock:
                self._busy -= 1

    def _command(self, action: Run, limit: float) -> None:
        command: str | tuple[str, ...] = action.command[0] if action.shell else action.command
        try:
            process = subprocess.Popen(
                command,
                shell=action.shell,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(os.environ),  # and not what native libraries were told in ours
                start_new_session=_NEW_GROUP,
            )
        except OSError as error:
            logger.warning("%s cannot be started: %s", action, error.strerror or error)
            return
        with self._lock:
            self._processes.add(process)
            too_late = self._closed
        if too_late:
            _kill(process)
        try:
            status = process.wait(limit)
            if status:
                logger.warning("%s ended with status %d", action, status)
        except subprocess.TimeoutExpired:
            logger.warning("%s has not come to its end after %g s and is killed", action, limit)
        finally:
            _kill(process)  # what it left behind too
            with self._lock:
                self._processes.discard(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        if _NEW_GROUP:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_TIMEOUT)
