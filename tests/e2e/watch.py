"""What a program shows, seen as a whole: every change of it, in order."""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Generic, TypeVar

from Xlib.display import Display

from tests.waiting import wait_until

T = TypeVar("T")


class Watch(Generic[T]):
    """Looks at something 50 times a second and keeps each value that differs from the one before.

    Attributes:
        seen: the values in order; None, for what cannot be told, is left out.
    """

    def __init__(self, look: Callable[[], T | None]) -> None:
        self.seen: list[T] = []
        self._look = look
        self._failure: Exception | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking)

    def wait_until_seen(self, expected: list[T]) -> None:
        """Return as soon as exactly this has been seen, or when it will not come any more."""
        with suppress(AssertionError):
            wait_until(lambda: self.seen == expected or self._failure, every=0.02)

    def __enter__(self) -> "Watch[T]":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def _keep_looking(self) -> None:
        while not self._stop.wait(0.02):
            try:
                value = self._look()
            except Exception as failure:
                self._failure = failure
                return
            if value is not None and self.seen[-1:] != [value]:
                self.seen.append(value)


def keys_down(display: str) -> list[int]:
    """Codes of the keys that the X server holds for pressed."""
    connection = Display(display)
    try:
        keymap = connection.query_keymap()
    finally:
        connection.close()
    return [8 * byte + bit for byte, bits in enumerate(keymap) for bit in range(8) if bits >> bit & 1]
