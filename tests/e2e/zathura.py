"""zathura, a PDF viewer, showing pages; which one is told from the title of its window."""

import os
import re
from pathlib import Path
from types import TracebackType

from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from tests.e2e.pdf import write_pdf
from tests.e2e.programs import Programs
from tests.waiting import wait_until

_COLOURS = ("#c02020", "#20a020", "#2040c0", "#c0a020", "#a020a0", "#20a0a0")


class Zathura:
    """A document of six pages in a window on the X server `display`, with a window manager."""

    def __init__(self, display: str, folder: Path) -> None:
        """Keep the document and the configuration in `folder`. DISPLAY has to be `display`."""
        self.folder = folder
        self._programs = Programs({**os.environ, "DISPLAY": display}, folder / "log")

    def __enter__(self) -> "Zathura":
        write_pdf(self.folder / "deck.pdf", _COLOURS)
        (self.folder / "zathurarc").write_text("set window-title-page true\nset window-title-basename true\n")
        self._programs.start_window_manager()
        self._window = X11ActiveWindow()
        folders = ("-c", str(self.folder), "-d", str(self.folder / "data"))
        self._programs.start("dbus-run-session", "zathura", *folders, str(self.folder / "deck.pdf"))
        wait_until(lambda: self.shown() == 1, what=lambda: "that zathura shows a page", every=0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._programs.stop()
        self._window.close()

    def shown(self) -> int | None:
        """The number of the page, from 1; None while it cannot be told."""
        window = self._window()
        found = re.search(r"(\d+)/\d+\)?\]", window.title) if window else None
        return int(found[1]) if found else None
