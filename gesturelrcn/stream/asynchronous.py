"""`async for event in stream`: frames stay in a thread of their own, events come to the event loop."""

import asyncio
import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol
from weakref import WeakSet

from gesturelrcn.events import EventQueue, GestureEvent, Phase
from gesturelrcn.system.stuck_threads import leave_behind

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT = 0.8
"""Seconds that closing waits for the frame in hand before it leaves the thread behind."""

_running: "WeakSet[FrameThread]" = WeakSet()


class FrameLoop(Protocol):
    """What a stream offers to the thread that runs it."""

    def open(self) -> bool:
        """Open what is not open yet; returns whether the source is live, so that frames cannot wait."""

    def events(self, is_wanted: Callable[[], bool]) -> Iterable[GestureEvent]:
        """Every event, until the source ends or `is_wanted` says no; closes everything then."""

    def close(self) -> None:
        """Close what is open."""


class FrameThread:
    """Runs a stream, and hands its events to an event loop.

    Args:
        stream: what to run; opened at once, run from `begin` on.
        after: the thread that ran the same stream before; waited for.
    """

    def __init__(self, stream: FrameLoop, after: "FrameThread | None") -> None:
        self._stream = stream
        self._after = after
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._changed = threading.Condition()  # its lock may be taken again: by __del__, within put()
        self._waiting: EventQueue[GestureEvent] = EventQueue()
        self._error: BaseException | None = None
        self._unwanted = False
        self._begun = False
        self.opened = False
        self.ended = False
        self._thread = threading.Thread(target=self._work, name="gesture-frames", daemon=True)
        _running.add(self)
        self._thread.start()

    async def wait(self, done: Callable[[], bool]) -> None:
        """Return when `done` says so; it is asked again whenever the thread has news."""
        while not done():
            self._news.clear()
            if not done():
                await self._news.wait()

    def begin(self) -> None:
        """Let the frames come."""
        self._note(begun=True)

    def abandon(self) -> None:
        """Nobody wants the events any more: end soon. May be called from everywhere, and again."""
        self._note(unwanted=True)

    def take(self) -> GestureEvent | None:
        """The oldest event that waits, or None.

        Raises:
            BaseException: what ended the stream, once; after the last event.
        """
        with self._changed:
            if self._waiting and not self._unwanted:
                event = self._waiting.take()
                self._changed.notify_all()
                return event
            error, self._error = self._error, None
        if error is not None:
            raise error
        return None

    def has_news(self) -> bool:
        """Whether `take` has an event or an error, or nothing will come any more."""
        return bool(self._waiting) or self._unwanted or self.ended

    def is_over(self) -> bool:
        """Whether it has ended, and `take` has nothing left that anybody wants."""
        with self._changed:
            return self.ended and (self._unwanted or not (self._waiting or self._error))

    def close(self, timeout: float = CLOSE_TIMEOUT) -> None:
        """As `abandon`, and wait for the end, at most `timeout` seconds."""
        self.abandon()
        self._thread.join(timeout)
        if self._thread.is_alive():
            self.leave_behind()

    def leave_behind(self) -> None:
        """It does not end: say so, and let the end of the program know."""
        logger.warning("the stream has not ended within %g s and is left behind", CLOSE_TIMEOUT)
        leave_behind(self._thread)

    def _note(self, *, begun: bool = False, unwanted: bool = False) -> None:
        with self._changed:
            self._begun |= begun
            self._unwanted |= unwanted
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            if self._after is not None:
                self._after._thread.join()
            self._after = None
            self._run()
        except BaseException as error:
            if self._unwanted:
                logger.warning("the stream failed while it was being closed: %s", error)
            self._error = error
        finally:
            self.ended = True
            self._tell()

    def _run(self) -> None:
        if not self._is_wanted():
            return
        live = self._stream.open()
        self.opened = True
        self._tell()
        with self._changed:
            self._changed.wait_for(lambda: self._begun or self._unwanted)
        if not self._is_wanted():
            self._stream.close()
            return
        for event in self._stream.events(self._is_wanted):
            self._put(event, patient=not live)

    def _put(self, event: GestureEvent, *, patient: bool) -> None:
        with self._changed:
            while patient and self._waiting.full and self._is_wanted():
                self._changed.wait(0.25)  # the event loop may be closed meanwhile, which tells nobody
            if not self._unwanted:
                self._waiting.put(event, hold=event.phase == Phase.HOLD)
        self._tell()

    def _is_wanted(self) -> bool:
        return not (self._unwanted or self._loop.is_closed())

    def _tell(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the event loop is closed: nobody waits
            self._unwanted = True


class AsyncEvents:
    """The events of a stream for `async for`; made by `GestureStream.__aiter__`.

    Whoever is cancelled while waiting for an event loses none; iteration may go on after.
    """

    def __init__(self, frames: FrameThread) -> None:
        """Args: frames: the thread that runs the stream."""
        self._frames = frames

    def __aiter__(self) -> "AsyncEvents":
        return self

    async def __anext__(self) -> GestureEvent:
        self._frames.begin()
        await asyncio.sleep(0)  # other tasks get their turn where events come without a pause
        await self._frames.wait(self._frames.has_news)
        event = self._frames.take()
        if event is None:
            raise StopAsyncIteration
        return event

    async def opened(self) -> None:
        """Return once the source and the model are open.

        Raises:
            GestureLrcnError: they cannot be opened.
        """
        await self._frames.wait(lambda: self._frames.opened or self._frames.ended)
        if not self._frames.opened:
            self._frames.take()

    @property
    def ended(self) -> bool:
        """Whether nothing will come any more; what has not been taken yet will."""
        return self._frames.is_over()

    async def aclose(self) -> None:
        """End the stream, and return when everything is closed, or after 0.8 s: then it is left behind."""
        self._frames.abandon()
        try:
            await asyncio.wait_for(self._frames.wait(lambda: self._frames.ended), CLOSE_TIMEOUT)
        except asyncio.TimeoutError:  # not the built-in one before Python 3.11
            self._frames.leave_behind()

    def __del__(self) -> None:
        # Whoever breaks out of `async for` drops this; the thread sees to the rest.
        self._frames.abandon()


def _end_all() -> None:
    """The program ends: close what is open, as far as that goes within a moment."""
    threads = list(_running)
    for thread in threads:
        thread.abandon()
    deadline = time.monotonic() + CLOSE_TIMEOUT
    for thread in threads:
        thread.close(max(0.0, deadline - time.monotonic()))


atexit.register(_end_all)
