"""LibreOffice Impress showing slides of one colour each; the slide is told from a pixel of the screen."""

import os
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from tests.e2e.odp import write_odp
from tests.e2e.programs import Programs
from tests.waiting import PATIENCE, wait_until

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
        environment = {**os.environ, "DISPLAY": display, "SAL_USE_VCLPLUGIN": "gtk3"}
        self._programs = Programs(environment, folder / "log")
        self._screen = Display(display)

    def __enter__(self) -> "Impress":
        deck = self.folder / "deck.odp"
        write_odp(deck, _COLOURS)
        self._programs.start_window_manager()
        profile = (self.folder / "profile").as_uri()
        quiet = ("--norestore", "--nologo", "--nodefault", "--nofirststartwizard")
        if not self._presenting:
            quiet = tuple(flag for flag in quiet if flag != "--nodefault")
            self._programs.start("soffice", f"-env:UserInstallation={profile}", *quiet, str(deck))
            return self
        self._programs.start("soffice", f"-env:UserInstallation={profile}", *quiet, "--show", str(deck))
        self.wait_for(1, timeout=2 * PATIENCE)
        self._wait_for_keyboard()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._programs.stop()
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

    def wait_for(self, slide: int, timeout: float = PATIENCE) -> None:
        """Return as soon as `slide` is on the screen."""

        def what() -> str:
            log = (self.folder / "log").read_text(errors="replace")[-500:]
            return f"that slide {slide} is on the screen, which shows {self.shown()} ({log}),"

        wait_until(lambda: self.shown() == slide, timeout, what, every=0.02)

    def _wait_for_keyboard(self) -> None:
        """Go to the last slide and back: the show draws its first slide before it listens to keys."""
        for key, slide in ((XK.XK_End, len(_COLOURS)), (XK.XK_Home, 1)):
            wait_until(partial(self._turned, key, slide), what=lambda: "that the slide show listens to keys")
            time.sleep(_REST)

    def _turned(self, key: int, slide: int) -> bool:
        if self.shown() != slide:
            self._tap(key)
            with suppress(AssertionError):
                self.wait_for(slide, timeout=0.5)
        return self.shown() == slide

    def _tap(self, keysym: int) -> None:
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self._screen, kind, self._screen.keysym_to_keycode(keysym))
        self._screen.sync()
