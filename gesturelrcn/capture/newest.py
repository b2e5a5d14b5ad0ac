"""A reader that keeps only the newest frame, so that a slow consumer never sees an old one."""

import logging
import threading
import time
from collections.abc import Generator

from gesturelrcn.capture.frame import Frame

logger = logging.getLogger(__name__)

_PATIENCE = 0.8
"""Seconds that close() waits for a read in progress before it leaves the thread behind."""


class NewestFrameReader:
    """Runs a generator of live frames on a thread of its own and hands out the newest, each at most once.

    Args:
        frames: live frames; may block for as long as it likes. Closed on the reader's thread.
        closing: set by `close()`; the generator should end when it finds it set.

    Attributes:
        frames_dropped: frames that were replaced by a newer one before anyone asked for them.
    """

    def __init__(self, frames: Generator[Frame, None, None], closing: threading.Event) -> None:
        self.frames_dropped = 0
        self._frames = frames
        self._closing = closing
        self._arrived = threading.Condition()
        self._newest: Frame | None = None
        self._taken = True
        self._failure: Exception | None = None
        # A daemon, because a read that hangs inside a driver must not keep the program from ending.
        self._thread = threading.Thread(target=self._read, name="newest-frame-reader", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for frame in self._frames:
                with self._arrived:
                    self.frames_dropped += not self._taken
                    self._newest, self._taken = frame, False
                    self._arrived.notify_all()
                if self._closing.is_set():
                    break
        except Exception as error:
            with self._arrived:
                self._failure = error
                self._arrived.notify_all()
        finally:
            self._frames.close()

    def wait_for_first(self, timeout: float) -> bool:
        """Whether any frame came within `timeout` seconds; does not take it.

        Raises what the generator raised.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: self._newest is not None or self._failure is not None, timeout)
            if self._failure is not None:
                raise self._failure
            return self._newest is not None

    def newest(self, timeout: float) -> Frame | None:
        """The newest frame as soon as there is one that was not handed out before.

        None if none came within `timeout` seconds or the reader was closed. Raises what the generator raised.
        """
        with self._arrived:
            self._arrived.wait_for(self._has_news, timeout)
            if self._closing.is_set():
                return None
            if not self._taken:
                self._taken = True
                return self._newest
            if self._failure is not None:
                raise self._failure
            return None

    def _has_news(self) -> bool:
        return not self._taken or self._failure is not None or self._closing.is_set()

    @property
    def frame_age(self) -> float | None:
        """Seconds since the newest frame was captured; None before the first."""
        frame = self._newest
        return None if frame is None else time.monotonic() - frame.captured_at

    def close(self) -> None:
        """Wake every waiting consumer and end the thread; a read that hangs is left behind after 0.8 s."""
        if self._closing.is_set():
            return
        self._closing.set()
        with self._arrived:
            self._arrived.notify_all()
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            logger.debug("a read still hangs; its thread is left behind")
