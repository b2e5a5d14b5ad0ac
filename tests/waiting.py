"""Waiting for what another thread or process does: long enough for a machine with much else to do."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0
"""Seconds after which what was waited for will not come any more."""

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T],
    timeout: float = PATIENCE,
    what: Callable[[], object] = lambda: "it",
    every: float = 0.005,
) -> T:
    """Return the first answer of `condition` that counts as true.

    Args:
        condition: asked again and again.
        timeout: seconds; never what a test is about.
        what: is waited for, in words, asked for when it has not come.
        every: seconds between two questions.

    Raises:
        AssertionError: there was none in `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"{what()} does not become true within {timeout:g} s"
        time.sleep(every)
    return answer
