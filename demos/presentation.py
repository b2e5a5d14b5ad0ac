"""A slide deck in a real browser window: Chromium shows it, and tells which slide it shows.

Keys reach the window as they do at a desk, through the X server. Where there is none, `screen()` starts one
that draws into memory.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from gesturelrcn.benchmarking.x_server import XServer
from gesturelrcn.errors import GestureLrcnError

DECK = Path(__file__).parent / "deck"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REVEAL = Path(__file__).parent.parent / ".cache" / "reveal"

# A quiet browser: nothing on first run, no updates, no look-ups; only what is on this machine.
_FLAGS = (
    "--kiosk",
    "--window-position=0,0",
    "--window-size=1280,720",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--allow-pre-commit-input",  # else keys between the loading and the first painting of the page are lost
    "--password-store=basic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--ozone-platform=x11",
)

_TAP_EVERY = 0.25
"""Seconds between two taps of a key that waits to be heard."""


class PresentationError(GestureLrcnError):
    """The deck cannot be shown here."""


@dataclass(frozen=True)
class Shown:
    """What the deck shows: slide `number`, 1 to `slides`, or a black screen in its place."""

    number: int
    slides: int
    black: bool

    def after(self, key: str | None) -> "Shown":
        """What it shows after one tap of a key; a black screen answers only to the key that made it."""
        if key == "b":
            return replace(self, black=not self.black)
        step = {"Right": 1, "Left": -1}.get(key or "", 0)
        return self if self.black else replace(self, number=min(max(self.number + step, 1), self.slides))

    def __str__(self) -> str:
        return f"slide {self.number} of {self.slides}{', black' if self.black else ''}"


@contextmanager
def screen() -> Iterator[str]:
    """The DISPLAY that is there, or a virtual screen for as long as the block runs; yields its name.

    Sets the environment's DISPLAY, so that what the block starts is shown there.

    Raises:
        GestureLrcnError: there is no screen and no Xvfb.
    """
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    with XServer() as server:
        os.environ["DISPLAY"] = server.display
        try:
            yield server.display
        finally:
            del os.environ["DISPLAY"]


class Presentation:
    """The deck in a Chromium window on `display`, from `open()` to `close()`, or within a `with` block."""

    def __init__(self, display: str, deck: Path = DECK) -> None:
        """Show `deck`, a folder with an index.html that reports itself in its title as demos/deck does."""
        self.display = display
        self.deck = deck
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._browser: subprocess.Popen[bytes] | None = None

    def open(self) -> "Presentation":
        """Start the browser and wait until the first slide is shown.

        Raises:
            PresentationError: there is no Chromium, or it does not show the deck within 30 seconds.
        """
        browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
        if browser is None:
            raise PresentationError("There is no Chromium to show the slides: install the package chromium.")
        self._folder = tempfile.TemporaryDirectory(prefix="gesturelrcn-deck-", ignore_cleanup_errors=True)
        profile = Path(self._folder.name) / "profile"
        page = self._lay_out_deck(Path(self._folder.name) / "deck")
        # Chromium's sandbox refuses to run as root; the page is our own.
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        debugging = ["--remote-debugging-port=0", f"--user-data-dir={profile}"]
        with (Path(self._folder.name) / "log").open("wb") as log:
            self._browser = subprocess.Popen(
                [browser, *_FLAGS, *as_root, *debugging, page.as_uri()],
                env={**os.environ, "DISPLAY": self.display},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._tap_until_it_is_heard(timeout=30)
        except (TimeoutError, PresentationError) as error:
            said = (Path(self._folder.name) / "log").read_text(errors="replace").strip()
            self.close()
            raise PresentationError(
                f"{browser} shows no deck on {self.display}: {said[-300:] or error}"
            ) from None
        return self

    def _tap_until_it_is_heard(self, timeout: float) -> None:
        """Tap a key that does nothing, until the deck says what it shows: from then on no key is lost.

        Raises:
            TimeoutError, PresentationError: as `wait_until`.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.wait_until(lambda shown: True, timeout=_TAP_EVERY)
                return
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise
            if self._port_file.exists():  # else there is no window yet, or no screen
                self._tap_ctrl()

    def _tap_ctrl(self) -> None:
        connection = Display(self.display)
        code = connection.keysym_to_keycode(XK.XK_Control_L)
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(connection, kind, code)
        connection.sync()
        connection.close()

    def _lay_out_deck(self, folder: Path) -> Path:
        """The deck with reveal.js beside it, where its page looks for it; returns the page."""
        shutil.copytree(self.deck, folder)
        if REVEAL.is_dir():
            (folder / "reveal").symlink_to(REVEAL)
        return folder / "index.html"

    @property
    def _port_file(self) -> Path:
        assert self._folder is not None, "open() first"
        return Path(self._folder.name) / "profile" / "DevToolsActivePort"

    def shown(self) -> Shown | None:
        """What the deck shows now, read from the browser's DevTools; None while it loads."""
        try:
            port = self._port_file.read_text().splitlines()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
                pages = json.load(answer)
        except (OSError, IndexError):
            return None
        titles = [re.fullmatch(r"slide (\d+)/(\d+)( black)?", page["title"]) for page in pages]
        title = next(filter(None, titles), None)
        return Shown(int(title[1]), int(title[2]), title[3] is not None) if title else None

    def wait_until(self, condition: Callable[[Shown], bool], timeout: float) -> Shown:
        """What the deck shows as soon as `condition` is true of it.

        Raises:
            TimeoutError: it does not become true within `timeout` seconds.
            PresentationError: the browser has been closed.
        """
        assert self._browser is not None, "open() first"
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            shown = self.shown()
            if shown is not None and condition(shown):
                return shown
            if self._browser.poll() is not None:
                raise PresentationError("The browser has been closed.")
            time.sleep(0.02)
        raise TimeoutError(f"the deck still shows {self.shown()} after {timeout} s")

    def close(self) -> None:
        """End the browser with all its processes and remove its profile. May be called twice."""
        if self._browser is not None:
            self._browser.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._browser.wait(timeout=5)
            with suppress(ProcessLookupError):  # what the browser left behind, if anything
                os.killpg(self._browser.pid, signal.SIGKILL)
            self._browser.wait()
            self._browser = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> "Presentation":
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
