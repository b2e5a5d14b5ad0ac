"""Processes with one thread each: where several share the cores, more threads only wait for each other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What numpy, torch and onnxruntime read when they load."""


@contextmanager
def one_thread_each(*more: str) -> Iterator[None]:
    """Processes that are started in here have one thread each.

    Args:
        more: names of further environment variables that say how many threads there are.
    """
    names = (*VARIABLES, *more)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
