"""The newest frame and nothing else, so that a slow consumer never sees an old one."""

import threading
import time
from dataclasses import replace

from gesturelrcn.capture.frame import Frame


class NewestFrame:
    """Where a reader puts frames and a consumer takes the newest, each at most once.

    Attributes:
        frames_dropped: frames that were replaced by a newer one before anyone asked for them.
        interruptions: how often `interrupt` was called.
        closed: whether `close` was called.
    """

    def __init__(self) -> None:
        self.frames_dropped = 0
        self.interruptions = 0
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._taken = True
        self._interrupted = False
        self.closed = False
        self._failure: Exception | None = None

    def put(self, frame: Frame) -> None:
        """Replace the newest frame. That something is missing before it outlives the replacement."""
        with self._changed:
            if not self._taken and self._newest is not None:
                self.frames_dropped += 1
                if self._newest.discontinuous and not frame.discontinuous:
                    frame = replace(frame, discontinuous=True)
            self._newest, self._taken = frame, False
            self._changed.notify_all()

    def interrupt(self) -> None:
        """Wake whoever waits in `take_unless_interrupted`; the next call of it gives None, frame or not."""
        with self._changed:
            self.interruptions += 1
            self._interrupted = True
            self._changed.notify_all()

    def fail(self, failure: Exception) -> None:
        """No frame will ever come: whoever waits for the first gets this raised."""
        with self._changed:
            self._failure = failure
            self._changed.notify_all()

    def wait_for_first(self, timeout: float) -> bool:
        """Whether any frame came within `timeout` seconds; does not take it. Raises what `fail` was given."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or self._failure is not None or self.closed, timeout
            )
            if self._failure is not None:
                raise self._failure
            return self._newest is not None

    def take(self, timeout: float) -> Frame | None:
        """The newest frame as soon as there is one that was not taken before.

        None if none came within `timeout` seconds and once closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self.closed, timeout)
            return self._take()

    def take_unless_interrupted(self, timeout: float) -> Frame | None:
        """As `take`, but None at once after an interruption that was not told before."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._interrupted or self.closed, timeout)
            if self._interrupted:
                self._interrupted = False
                return None
            return self._take()

    def _take(self) -> Frame | None:
        if self.closed or self._taken:
            return None
        self._taken = True
        return self._newest

    @property
    def age(self) -> float | None:
        """Seconds since the newest frame was captured; None before the first."""
        frame = self._newest
        return None if frame is None else time.monotonic() - frame.captured_at

    def close(self) -> None:
        """Wake every waiting consumer; nothing is given out any more."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
