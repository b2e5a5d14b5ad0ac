"""LibreOffice Impress showing slides of one colour each; the slide is told from a pixel of the screen."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from Xlib import XK, X, Xatom
from Xlib.display import Display
from Xlib.ext import xtest

from tests.e2e.odp import write_odp

_COLOURS = ("#c02020", "#20a020", "#2040c0", "#c0a020", "#a020a0", "#20a0a0")
BLACK = 0
"""What `shown` calls a black screen."""

_BLACK = "#000000"
_REST = 0.5
"""Seconds that Impress is left alone after a key; it swallows one that comes within 0.1 s of the last."""


class Impress:
    """A slide show of six slides on the X server `display`, with a window manager, as on a desktop."""

    def __init__(self, display: str, folder: Path, presenting: bool = True) -> None:
        """Keep the deck, the profile and the log in `folder`, which has to be new: a deck opens once.

        With `presenting=False` the document is opened, and no show is started.
        """
        self.folder = folder
        self._presenting = presenting
        self._environment = {**os.environ, "DISPLAY": display, "SAL_USE_VCLPLUGIN": "gtk3"}
        self._screen = Display(display)
        self._programs: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Impress":
        deck = self.folder / "deck.odp"
        write_odp(deck, _COLOURS)
        self._programs.append(start_window_manager(self._environment["DISPLAY"], self.folder / "log"))
        profile = (self.folder / "profile").as_uri()
        quiet = ("--norestore", "--nologo", "--nodefault", "--nofirststartwizard")
        if not self._presenting:
            quiet = tuple(flag for flag in quiet if flag != "--nodefault")
            self._start("soffice", f"-env:UserInstallation={profile}", *quiet, str(deck))
            return self
        self._start("soffice", f"-env:UserInstallation={profile}", *quiet, "--show", str(deck))
        self.wait_for(1, timeout=90)
        self._wait_for_keyboard()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in reversed(self._programs):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self._screen.close()

    def shown(self) -> int | None:
        """The number of the slide on the screen, from 1; BLACK for a black screen; None for anything else."""
        root = self._screen.screen().root
        size = root.get_geometry()
        # Low on the screen, where no slide has text.
        pixel = root.get_image(size.width // 2, size.height * 3 // 4, 1, 1, X.ZPixmap, 0xFFFFFFFF).data
        blue, green, red = bytes(pixel)[:3]
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        return [_BLACK, *_COLOURS].index(colour) if colour in (_BLACK, *_COLOURS) else None

    def wait_for(self, slide: int, timeout: float) -> None:
        """Return as soon as `slide` is on the screen, or raise TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.shown() == slide:
                return
            time.sleep(0.02)
        log = (self.folder / "log").read_text(errors="replace")[-500:]
        raise TimeoutError(f"the screen shows slide {self.shown()}, not {slide}, after {timeout} s: {log}")

    def _wait_for_keyboard(self) -> None:
        """Go to the last slide and back: the show draws its first slide before it listens to keys."""
        for key, slide in ((XK.XK_End, len(_COLOURS)), (XK.XK_Home, 1)):
            deadline = time.monotonic() + 30
            while self.shown() != slide:
                assert time.monotonic() < deadline, "the slide show does not listen to keys after 30 s"
                self._tap(key)
                with suppress(TimeoutError):
                    self.wait_for(slide, timeout=0.5)
            time.sleep(_REST)

    def _tap(self, keysym: int) -> None:
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self._screen, kind, self._screen.keysym_to_keycode(keysym))
        self._screen.sync()

    def _start(self, name: str, *arguments: str) -> None:
        program = shutil.which(name)
        assert program is not None, f"{name} is not installed"
        with (self.folder / "log").open("ab") as log:
            self._programs.append(
                subprocess.Popen(
                    [program, *arguments],
                    env=self._environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )


def start_window_manager(display: str, log: Path) -> "subprocess.Popen[bytes]":
    """openbox, in a process group of its own; returns when it manages the screen."""
    program = shutil.which("openbox")
    assert program is not None, "openbox is not installed"
    with log.open("ab") as file:
        manager = subprocess.Popen(
            [program],
            env={**os.environ, "DISPLAY": display},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    screen = Display(display)
    its_mark = screen.intern_atom("_NET_SUPPORTING_WM_CHECK")
    deadline = time.monotonic() + 30
    while screen.screen().root.get_full_property(its_mark, Xatom.WINDOW) is None:
        assert time.monotonic() < deadline, "openbox does not manage the screen after 30 s"
        time.sleep(0.02)
    screen.close()
    return manager
