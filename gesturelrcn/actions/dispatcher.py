"""Gesture events in, key strokes out; every press is released."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType

from gesturelrcn.actions.bindings import Binding, Bindings
from gesturelrcn.actions.injector import Injector
from gesturelrcn.actions.keys import Chord, KeyName
from gesturelrcn.errors import InjectionError
from gesturelrcn.events import GestureEvent, Phase

logger = logging.getLogger(__name__)

_RELEASE_ATTEMPTS = 3

# Frame times such as 12.4 and 12.9 are not exact; half a second between them shall count as such.
_TIME_TOLERANCE = 1e-6


@dataclass
class _Life:
    """A gesture between its start and its end."""

    id: int
    since: float
    fired: set[Binding] = field(default_factory=set)


class Dispatcher:
    """Taps the chords that are bound to the events it is given.

    One gesture fires a binding once, however often its events are repeated, and only if its start was
    seen. A key that could not be released is tried again before anything else is pressed, and on close.

        with Dispatcher(load_bindings("bindings.toml", stream.gestures), PynputInjector()) as dispatcher:
            for event in stream:
                dispatcher.handle(event)
    """

    def __init__(self, bindings: Bindings, injector: Injector) -> None:
        """Args: bindings: what to do; injector: who presses the keys, not closed by the dispatcher."""
        self._bindings = bindings
        self._injector = injector
        self._lives: dict[str, _Life] = {}
        self._last_fired: dict[Binding, float] = {}
        self._down: list[KeyName] = []
        self._closed = False
        # Whoever stops the stream may do so from another thread than the one that handles events.
        self._lock = threading.RLock()

    @property
    def down(self) -> tuple[KeyName, ...]:
        """The keys that were pressed and not yet released; empty between events if all is well."""
        return tuple(self._down)

    def handle(self, event: GestureEvent) -> None:
        """Fire what is bound to this event. Does nothing after `close`.

        Raises:
            InjectionError: a key cannot be pressed or released; what went down before is released again.
        """
        with self._lock:
            if self._closed:
                return
            if self._down:
                self.release_all()
            for binding in self._due(event):
                logger.info("%s %s: %s", event.gesture, event.phase, binding.action)
                self._tap(binding.action)

    def release_all(self) -> None:
        """Release every key that is still down, newest first.

        Raises:
            InjectionError: some key resisted several attempts; it is tried again next time.
        """
        with self._lock:
            failure: Exception | None = None
            for _ in range(_RELEASE_ATTEMPTS):
                for key in reversed(self.down):
                    try:
                        self._injector.release(key)
                    except Exception as error:
                        failure = error
                    else:
                        self._down.remove(key)
            if self._down:
                names = " and ".join(self._down)
                raise InjectionError(
                    f"{names} may still be down, tap it once by hand: {failure}"
                ) from failure

    def close(self) -> None:
        """Release everything and ignore later events. Closing twice is harmless.

        Raises:
            InjectionError: as `release_all`.
        """
        with self._lock:
            self._closed = True
            self.release_all()

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._log_if_failing_already(error):
            self.close()

    def _due(self, event: GestureEvent) -> list[Binding]:
        life = self._followed(event)
        if life is None:
            return []
        held = event.captured_at - life.since
        due = [
            binding
            for binding in self._bindings.matching(event.gesture, event.phase)
            if binding not in life.fired and held >= binding.after - _TIME_TOLERANCE
        ]
        life.fired.update(due)
        rested = [binding for binding in due if self._has_rested(binding, event.captured_at)]
        for binding in rested:
            self._last_fired[binding] = event.captured_at
        return rested

    def _followed(self, event: GestureEvent) -> _Life | None:
        """The life that this event belongs to, or None if its start was not seen."""
        life = self._lives.get(event.gesture)
        known = life is not None and life.id == event.id
        if event.phase == Phase.START and not known:
            life = self._lives[event.gesture] = _Life(event.id, event.captured_at)
            return life
        if not known:
            return None
        if event.phase == Phase.END:
            del self._lives[event.gesture]
        return life

    def _has_rested(self, binding: Binding, now: float) -> bool:
        # A time before the last one means that the source began again.
        since = now - self._last_fired.get(binding, -float("inf"))
        return since < 0 or since >= binding.cooldown - _TIME_TOLERANCE

    def _tap(self, chord: Chord) -> None:
        try:
            for key in chord.keys:
                # Noted first: a press that raises may have gone through all the same.
                self._down.append(key)
                self._injector.press(key)
        except BaseException as error:
            with self._log_if_failing_already(error):
                self.release_all()
            raise
        self.release_all()

    @contextlib.contextmanager
    def _log_if_failing_already(self, error: BaseException | None) -> Iterator[None]:
        try:
            yield
        except InjectionError as second:
            if error is None:
                raise
            # Why keys cannot be sent was told by the first error; any other says nothing about keys.
            logger.log(logging.DEBUG if isinstance(error, InjectionError) else logging.WARNING, "%s", second)
