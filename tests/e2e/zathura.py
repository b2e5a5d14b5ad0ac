"""zathura, a PDF viewer, showing pages; which one is told from the title of its window."""

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from tests.e2e.impress import start_window_manager
from tests.e2e.pdf import write_pdf

_COLOURS = ("#c02020", "#20a020", "#2040c0", "#c0a020", "#a020a0", "#20a0a0")


class Zathura:
    """A document of six pages in a window on the X server `display`, with a window manager."""

    def __init__(self, display: str, folder: Path) -> None:
        """Keep the document and the configuration in `folder`. DISPLAY has to be `display`."""
        self.folder = folder
        self._environment = {**os.environ, "DISPLAY": display}
        self._display = display
        self._programs: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Zathura":
        write_pdf(self.folder / "deck.pdf", _COLOURS)
        (self.folder / "zathurarc").write_text("set window-title-page true\nset window-title-basename true\n")
        self._programs.append(start_window_manager(self._display, self.folder / "log"))
        self._window = X11ActiveWindow()
        program, bus = shutil.which("zathura"), shutil.which("dbus-run-session")
        assert program is not None
        assert bus is not None
        folders = ["-c", self.folder, "-d", self.folder / "data"]
        with (self.folder / "log").open("ab") as log:
            self._programs.append(
                subprocess.Popen(
                    [bus, program, *folders, self.folder / "deck.pdf"],
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        deadline = time.monotonic() + 60
        while self.shown() != 1:
            assert time.monotonic() < deadline, "zathura shows no page after 60 s"
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in reversed(self._programs):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self._window.close()

    def shown(self) -> int | None:
        """The number of the page, from 1; None while it cannot be told."""
        window = self._window()
        found = re.search(r"(\d+)/\d+\)?\]", window.title) if window else None
        return int(found[1]) if found else None
