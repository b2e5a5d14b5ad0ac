"""Environment variables that native libraries read: set for them, and for nobody else.

What `os.environ` says is the user's, and what programs are given that this one starts. Native code reads the
process's own copy of it.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_set: Counter[str] = Counter()
"""How many blocks want each variable."""


@contextmanager
def for_native_code(**settings: str) -> Iterator[None]:
    """Inside the block native code finds these variables; one that the user has set stays the user's.

    `os.environ` stays as it is. A program that is started inside the block without an environment of its own
    inherits them.
    """
    names = [name for name in settings if name not in os.environ]
    with _lock:
        _set.update(names)
        for name in names:
            os.putenv(name, settings[name])
    try:
        yield
    finally:
        with _lock:
            _set.subtract(names)
            for name in names:
                if not _set[name] and name not in os.environ:
                    os.unsetenv(name)


@contextmanager
def kept_as_it_is() -> Iterator[dict[str, str]]:
    """Whatever is done to `os.environ` inside the block is undone at its end.

    Yields:
        A dictionary that then holds what had been set.
    """
    before, changed = dict(os.environ), dict[str, str]()
    try:
        yield changed
    finally:
        changed.update({name: value for name, value in os.environ.items() if before.get(name) != value})
        for name in changed:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]
