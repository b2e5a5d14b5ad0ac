"""Native libraries write banners straight to file descriptor 2; they belong in the log."""

import faulthandler
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)

_redirecting = threading.RLock()
"""Two threads that redirect at once would each give back what the other had put there."""


@contextmanager
def native_stderr_to_log() -> Iterator[None]:
    """Send what native code writes to stderr inside the block to the log, at level DEBUG.

    Process-wide while it lasts, so it is kept around construction only. What Python itself writes
    in the meantime ends in the log as well. Only one thread at a time is inside.
    """
    with _redirecting:
        yield from _redirected()


def _catcher() -> BinaryIO:
    """Where it goes meanwhile: memory, or a temporary file, or nowhere where there is no room for one."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("stderr"), "w+b")
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("w+b")


def _redirected() -> Iterator[None]:
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (OSError, ValueError, AttributeError):  # no stderr at all, for example under pythonw
        yield
        return
    with _catcher() as catcher:
        told = faulthandler.is_enabled()
        try:
            if not told:  # a native abort in here must not be mute
                faulthandler.enable(saved)
            os.dup2(catcher.fileno(), 2)
            yield
        finally:
            if not told:
                faulthandler.disable()
            os.dup2(saved, 2)
            os.close(saved)
            catcher.seek(0)
            for line in catcher.read().decode(errors="replace").splitlines():
                logger.debug("%s", line)
