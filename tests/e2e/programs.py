"""Programs of a desktop that a test starts, each in a process group of its own, and a window manager."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from Xlib import Xatom
from Xlib.display import Display

from tests.waiting import wait_until


class Programs:
    """What they print goes into the file `log`; `stop` ends all of them with whatever they have started."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *arguments: str) -> None:
        """Start a program that is on the PATH."""
        program = shutil.which(name)
        assert program is not None, f"{name} is not installed"
        with self._log.open("ab") as log:
            self._running.append(
                subprocess.Popen(
                    [program, *arguments],
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def start_window_manager(self) -> None:
        """openbox; returns when it manages the screen."""
        self.start("openbox")
        screen = Display(self._environment["DISPLAY"])
        its_mark = screen.intern_atom("_NET_SUPPORTING_WM_CHECK")
        wait_until(
            lambda: screen.screen().root.get_full_property(its_mark, Xatom.WINDOW),
            what=lambda: "that openbox manages the screen",
            every=0.02,
        )
        screen.close()

    def stop(self) -> None:
        """Kill them, the newest first."""
        for program in reversed(self._running):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
