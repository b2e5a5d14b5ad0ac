"""Ctrl-C, SIGTERM and a closed terminal end the work in good order."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class StopSignals:
    """Signals that mean "stop" let the block end by itself; then the process exits with 128 + signal.

    Nothing is interrupted half-way, so a key that is just being pressed is released as always. Before
    `stop_with` there is nothing to stop, and a second signal means that stopping takes too long: then
    the block is left at once by SystemExit.
    """

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._received: int | None = None
        self._before: dict[int, Any] = {}

    def stop_with(self, stop: Callable[[], None]) -> None:
        """From now on call `stop`, which must be safe in a signal handler."""
        self._stop = stop

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first, self._received = self._received is None, number
        if self._stop is None or not first:
            raise SystemExit(128 + number)
        self._stop()

    def __enter__(self) -> "StopSignals":
        for number in _STOPPING:
            # A signal that whoever started us wants to be ignored (nohup, a job in the background) stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._received is not None and error is None:
            raise SystemExit(128 + self._received)
