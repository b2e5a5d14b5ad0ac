"""Watches the real keyboard and mouse of this system."""

import logging
import sys
from typing import Protocol

from gesturelrcn.actions.desktop.real_input import RealInput
from gesturelrcn.errors import InjectionError

logger = logging.getLogger(__name__)


class Watcher(Protocol):
    """Watches the real keyboard and mouse until it is closed."""

    def close(self) -> None:
        """Stop watching; closing twice is harmless."""


def watch_real_input(real: RealInput) -> Watcher:
    """Watch the real keyboard and mouse of this system.

    Raises:
        InjectionError: nothing tells of them here, for example under Wayland or without a display.
    """
    if sys.platform in ("win32", "darwin"):
        from gesturelrcn.actions.desktop.pynput_input import PynputWatcher

        return PynputWatcher(real)
    from gesturelrcn.actions.desktop.x11_input import X11Watcher

    return X11Watcher(real)


def start_watching(real: RealInput) -> Watcher | None:
    """As `watch_real_input`; None, and a line in the log, where nothing tells of real input."""
    try:
        return watch_real_input(real)
    except InjectionError as error:
        logger.warning("%s", error)
        return None
