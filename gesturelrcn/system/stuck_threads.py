"""Threads that hang in native code, and how the program ends in spite of them.

A thread that comes back from OpenCV or MediaPipe while Python is shutting down aborts the whole process:
Python ends such a thread from within a C++ destructor. So the end of the program waits a moment for those
that were left behind. The command line then ends without Python's shut-down if one still hangs; in other
programs the thread is put to sleep for good, where it stands, so that it comes back no more (Linux).
"""

import atexit
import contextlib
import ctypes
import signal
import sys
import threading
import time
from weakref import WeakSet

PATIENCE = 0.2
"""Seconds that the end of the program waits."""

_ASLEEP_AFTER = 20_000
"""Microseconds after which a signal has been delivered."""

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


def _end() -> None:
    """At the end of the program, before Python shuts down."""
    if none_hangs() or not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError, ValueError):
        _put_to_sleep([thread.ident for thread in tuple(_threads) if thread.is_alive() and thread.ident])


def _put_to_sleep(threads: list[int]) -> None:
    """Let threads handle a signal by waiting for another one, which nobody sends."""
    number = signal.SIGRTMAX - 1
    if signal.getsignal(number) is not signal.SIG_DFL:
        return
    library = ctypes.CDLL(None)
    library.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    library.signal(number, ctypes.cast(library.pause, ctypes.c_void_p))
    for thread in threads:
        signal.pthread_kill(thread, number)
    # None of them gets Python's lock before it sleeps: this waits with the lock held.
    ctypes.PyDLL(None).usleep(_ASLEEP_AFTER)


atexit.register(_end)
