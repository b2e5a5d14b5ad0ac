"""Threads that hang in native code, and how the program ends in spite of them.

A thread that comes back from OpenCV or MediaPipe while Python is shutting down aborts the whole process:
Python ends such a thread from within a C++ destructor. So the end of the program waits a moment for those
that were left behind; the command line then ends without Python's shut-down if one still hangs.
"""

import atexit
import threading
import time
from weakref import WeakSet

PATIENCE = 0.2
"""Seconds that the end of the program waits."""

_threads: "WeakSet[threading.Thread]" = WeakSet()


def leave_behind(thread: threading.Thread) -> None:
    """Remember a thread that may hang."""
    _threads.add(thread)


def none_hangs(timeout: float = PATIENCE) -> bool:
    """Whether every thread that was left behind has ended, at the latest after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    for thread in tuple(_threads):
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in tuple(_threads))


atexit.register(none_hangs)
