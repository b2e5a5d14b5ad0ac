"""Native libraries write banners straight to file descriptor 2; they belong in the log."""

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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


def _redirected() -> Iterator[None]:
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (OSError, ValueError, AttributeError):  # no stderr at all, for example under pythonw
        yield
        return
    with tempfile.TemporaryFile() as catcher:
        try:
            os.dup2(catcher.fileno(), 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            catcher.seek(0)
            for line in catcher.read().decode(errors="replace").splitlines():
                logger.debug("%s", line)
