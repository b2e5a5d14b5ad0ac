"""Waiting for what another thread or process does: long enough for a machine with much else to do."""

import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds after which what was waited for will not come any more."""


def wait_until(condition: Callable[[], object], timeout: float = PATIENCE) -> None:
    """Return as soon as `condition` is true.

    Raises:
        AssertionError: it has not become true in `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"it does not become true within {timeout:g} s"
        time.sleep(0.005)
