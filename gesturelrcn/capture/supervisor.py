"""Watches a live source: tells when it stalls, is lost and is back, and opens it again.

The policy, with its reasons, is written down in docs/reliability.md.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.device import DeviceReader, OpenDevice
from gesturelrcn.capture.frame import Frame, Picture
from gesturelrcn.capture.motion_jpeg import JpegPicture
from gesturelrcn.capture.newest import NewestFrame
from gesturelrcn.capture.pace import SHORTEST_PATIENCE, Pace
from gesturelrcn.capture.states import SourceChange, SourceState
from gesturelrcn.errors import CaptureError
from gesturelrcn.system.opencv import cv2

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between two attempts to open a lost source; doubled from attempt to attempt."""
STEADY = 1.0
"""Seconds that a source must deliver before the next loss starts again at the first pause."""
GIVE_UP = 2.0
"""Seconds (or twice its patience, for a slow source) without a sign after which a reader is left behind."""
FROZEN_AFTER = 0.5
"""Seconds for which a picture may be repeated bit for bit; a real sensor's noise never does."""
FROZEN_PICTURES = 3
"""And at least so many repetitions, or a slow source of still pictures would count as frozen."""
FIRST_LOOK_AT_FROZEN, LONGEST_LOOK_AT_FROZEN = 1.0, 60.0
"""Seconds between two attempts to bring a frozen source back by opening it anew; doubled each time."""
MOST_LEFT_BEHIND = 3
"""Readers that hang at the same time; no further attempt is made until one of them comes back."""
STOOD_STILL = 1.0
"""Seconds that the program or the computer did not run after which buffered pictures are thrown away."""

_LOOK_UP = 5.0
"""Seconds; the longest sleep of the supervisor, so that a machine that slept is noticed."""

Listener = Callable[[SourceChange], object]


def asleep() -> float:
    """Seconds that this computer has slept since it was started; 0 where the system does not tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if clock is None else time.clock_gettime(clock) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Supervisor:
    """Keeps one device read, on threads of its own, and puts its frames where a consumer takes them.

    Args:
        name: of the source.
        open_device: opens the device; may block for ever.
        refusal: the sentence for a source that never delivered a picture.
        newest: where frames go.
        mirrored: the pictures are mirrored; flip them back.
        first_picture: seconds that a device has from being opened to its first picture.
    """

    def __init__(
        self,
        name: str,
        open_device: OpenDevice,
        refusal: str,
        newest: NewestFrame,
        *,
        mirrored: bool = False,
        first_picture: float = 10.0,
    ) -> None:
        self._name = name
        self._open_device = open_device
        self._refusal = refusal
        self._newest = newest
        self._mirrored = mirrored
        self._first_picture = first_picture
        self._listeners: list[Listener] = []
        self._last_change: SourceChange | None = None
        self._untold: list[SourceChange] = []
        self._changed = threading.Condition()
        self._closing = False
        self._reader: DeviceReader | None = None
        self._left_behind: list[DeviceReader] = []
        self._pause = FIRST_PAUSE
        self._open_at = time.monotonic()
        self._slept = asleep()
        self._pace = Pace()
        self._index = 0
        self._began_at = self._open_at
        """When the unbroken delivery began."""
        self._new_at = self._open_at
        """When the last new picture came."""
        self._silent_since = self._open_at
        """When the last new picture came before the source was stalled or lost."""
        self._changed_at = self._open_at
        """When a picture came that was not the same as the one before."""
        self._last_picture: Picture | None = None
        self._repeats = 0
        self._frozen = False
        self._look_at_frozen = FIRST_LOOK_AT_FROZEN
        self._discontinuous = False
        self._news = False
        self._thread = threading.Thread(target=self._supervise, name="capture-supervisor", daemon=True)
        self._thread.start()

    def add_listener(self, listener: Listener) -> None:
        """Call `listener` with each change, on the supervisor's thread: it must come back at once.

        It is told first what the source is doing now.
        """
        with self._changed:
            last = None if self._untold else self._last_change  # what is untold will be told to all
            self._listeners.append(listener)
        if last is not None:
            _tell_one(listener, last)

    @property
    def state(self) -> SourceState | None:
        """What the source is doing; None before its first picture."""
        return None if self._last_change is None else self._last_change.state

    @property
    def patience(self) -> float:
        """Seconds without a new picture after which the source counts as stalled."""
        return self._pace.patience

    @property
    def left_behind(self) -> int:
        """Threads that hang in a device at the moment."""
        with self._changed:
            return sum(reader.alive for reader in self._left_behind)

    def close(self, timeout: float) -> None:
        """Let go of the device; a read that hangs is left behind after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._closing = True
            reader = self._reader
            if reader is not None:
                reader.leave()
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        if reader is not None and not reader.join(max(0.0, deadline - time.monotonic())):
            logger.debug("%s: a read still hangs; its thread is left behind", self._name)

    # On the reader's thread.

    def _deliver(self, reader: DeviceReader, image: Picture, at: float) -> bool:
        with self._changed:
            if reader is not self._reader or self._closing:
                return False
            if self._is_frozen(image, at):
                return False
            last = self._last_picture
            if last is not None and last.shape != image.shape:
                self._discontinuous = True
                logger.info("%s now delivers pictures of %d x %d", self._name, *image.shape[1::-1])
            self._last_picture = image
            self._pace.add(at)
            self._new_at = at
            shown = _flipped(image) if self._mirrored else image
            # Read as `Frame.image` it is what it claims to be.
            picture = cast(NDArray[np.uint8], shown)
            frame = Frame(picture, at, self._index, self._name, discontinuous=self._discontinuous)
            self._index += 1
            self._discontinuous = False
            if not self._delivers():
                self._record(self._pictures_come(at))
            self._newest.put(frame)
        return True

    def _is_frozen(self, image: Picture, at: float) -> bool:
        if not _same(self._last_picture, image):
            self._repeats, self._frozen = 0, False
            self._changed_at = at
            return False
        self._repeats += 1
        if not self._frozen and self._repeats >= FROZEN_PICTURES and at - self._changed_at >= FROZEN_AFTER:
            self._frozen = True
            self._wake()
        return self._frozen

    def _reader_ended(self) -> None:
        with self._changed:
            self._wake()

    def _wake(self) -> None:
        self._news = True
        self._changed.notify_all()

    def _record(self, change: SourceChange | None) -> None:
        """Make it the state; the supervisor tells it. Called with the lock held, on either thread."""
        if change is None:
            return
        self._last_change = change
        self._untold.append(change)
        if not change.state.delivers:
            self._newest.interrupt()
        self._wake()

    # On the supervisor's thread.

    def _supervise(self) -> None:
        while True:
            with self._changed:
                before = time.monotonic()
                wait = self._wait_at_most(before)
                self._changed.wait_for(lambda: self._news or self._closing, wait)
                if self._closing:
                    return
                now = time.monotonic()
                self._record(self._judge(now, overslept=now - before - wait))
                self._news = False
                changes, self._untold = self._untold, []
                listeners = tuple(self._listeners)
            for change in changes:
                level = logging.INFO if change.state.delivers else logging.WARNING
                told = {"change": change.to_dict()}
                logger.log(level, "%s is %s: %s", self._name, change.state, change.reason, extra=told)
                for listener in listeners:
                    _tell_one(listener, change)

    def _wait_at_most(self, now: float) -> float:
        """Seconds until something is due."""
        reader = self._reader
        if reader is None:
            due = self._open_at if self.left_behind < MOST_LEFT_BEHIND else now + LONGEST_PAUSE
        elif self._delivers():
            # The patience shrinks while a rate is being learnt.
            due = min(self._new_at + self.patience, now + SHORTEST_PATIENCE)
        else:
            due = self._reader_due(reader)
        return min(max(0.0, due - now), _LOOK_UP)

    def _delivers(self) -> bool:
        return self.state is not None and self.state.delivers

    def _reader_due(self, reader: DeviceReader) -> float:
        """When a reader that delivers nothing new is left behind."""
        if reader.grabbed_at is None:
            return reader.started_at + self._first_picture
        silent = max(reader.grabbed_at, self._new_at) + max(GIVE_UP, 2 * self.patience)
        if self._frozen:
            return min(silent, max(self._changed_at, reader.started_at) + self._look_at_frozen)
        return silent

    def _judge(self, now: float, overslept: float) -> SourceChange | None:
        """What has changed; leaves and opens readers on the way."""
        stood_still = max(overslept, asleep() - self._slept)
        if stood_still > STOOD_STILL:
            self._slept = asleep()
            # What the system buffered meanwhile is old, and a camera seldom survives a sleep.
            self._leave_reader(now)
            return self._change(SourceState.LOST, now, f"nothing ran for {stood_still:.1f} s")
        reader = self._reader
        if reader is None:
            if now >= self._open_at and self.left_behind < MOST_LEFT_BEHIND:
                self._open(now)
            return None
        if reader.over:
            return self._reader_is_over(reader, now)
        if self._delivers():
            return self._watch(now)
        if now >= self._reader_due(reader):
            return self._give_up(reader, now)
        return None

    def _watch(self, now: float) -> SourceChange | None:
        if now - self._new_at >= self.patience:
            return self._change(SourceState.STALLED, now, f"no picture for {now - self._new_at:.2f} s")
        if self._frozen:
            still = now - self._changed_at
            return self._change(SourceState.STALLED, now, f"the same picture for {still:.2f} s")
        if now - self._began_at > STEADY:
            self._pause = FIRST_PAUSE
            self._look_at_frozen = FIRST_LOOK_AT_FROZEN
        return None

    def _pictures_come(self, now: float) -> SourceChange | None:
        self._began_at = now
        if self.state is None:
            return self._change(SourceState.LIVE, now, "the first picture has come")
        silent = now - self._silent_since
        return self._change(SourceState.BACK, now, f"pictures come again after {silent:.1f} s")

    def _reader_is_over(self, reader: DeviceReader, now: float) -> SourceChange | None:
        told = reader.failure if isinstance(reader.failure, CaptureError) else None
        if self._index == 0:
            self._newest.fail(told or CaptureError(self._refusal))
        self._leave_reader(now)
        why = "it could not be opened" if reader.grabbed_at is None else "it was closed"
        if told is not None:
            why = f"{why} ({str(told).rstrip('.')})"
        elif reader.failure is not None:
            why = f"{why} ({type(reader.failure).__name__}: {reader.failure})"
        return self._change(SourceState.LOST, now, f"{why}; it is opened again as soon as it answers")

    def _give_up(self, reader: DeviceReader, now: float) -> SourceChange | None:
        self._leave_reader(now)
        if self._frozen and reader.grabbed_at is not None and now - reader.grabbed_at < GIVE_UP:
            self._look_at_frozen = min(2 * self._look_at_frozen, LONGEST_LOOK_AT_FROZEN)
            return None  # it answers, so it is stalled and not lost
        return self._change(SourceState.LOST, now, "it does not answer; it is opened again")

    def _change(self, state: SourceState, now: float, reason: str) -> SourceChange | None:
        if state == self.state or self._index == 0:
            return None
        if state is not SourceState.BACK and (self.state is None or self.state.delivers):
            self._silent_since = self._new_at
        return SourceChange(state, self._name, now, now - self._silent_since, reason)

    def _open(self, now: float) -> None:
        self._discontinuous = self._index > 0
        self._pace.interrupt()
        self._open_at = now + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._reader = DeviceReader(self._open_device, self._deliver, self._reader_ended)

    def _leave_reader(self, now: float) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.leave()
            self._left_behind = [r for r in (*self._left_behind, reader) if r.alive]
        self._open_at = max(self._open_at, now)


def _flipped(image: Picture) -> Picture:
    return image.flipped() if isinstance(image, JpegPicture) else np.asarray(cv2.flip(image, 1), np.uint8)


def _same(last: Picture | None, image: Picture) -> bool:
    if isinstance(last, JpegPicture) and isinstance(image, JpegPicture):
        return image.is_same(last)
    if isinstance(last, JpegPicture) or isinstance(image, JpegPicture):
        return False
    if last is None or last.shape != image.shape:
        return False
    # A few pixels tell nearly all pictures apart, at no cost.
    return bool((last[::16, ::16] == image[::16, ::16]).all()) and bool((last == image).all())


def _tell_one(listener: Listener, change: SourceChange) -> None:
    try:
        listener(change)
    except Exception:
        logger.exception("a listener failed on %s being %s", change.source, change.state)
