"""The release guard owns every press: whatever goes down comes up again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from gesturelrcn.actions.injectors.injector import Injector
from gesturelrcn.actions.keys import Chord, KeyName
from gesturelrcn.actions.watchdog import Watchdog
from gesturelrcn.errors import InjectionError

logger = logging.getLogger(__name__)

_RELEASE_ATTEMPTS = 3


class ReleaseGuard:
    """The only one who presses, so that it always knows what is down. Not for several threads at once.

    A key that two want down goes up when both have let go. A release that fails is tried again, at once and
    whenever `release_owed` or `release_all` is called. A watchdog is told of a press before it happens and
    of a release after it, so that it never knows of less than is down.
    """

    def __init__(self, injector: Injector, watchdog: Watchdog | None = None) -> None:
        """Args: injector: who presses; watchdog: who releases if this process is killed."""
        self._injector = injector
        self._watchdog = watchdog
        # In order of pressing. 0 is a key that nobody wants down any more and that resisted its release.
        self._wanted: dict[KeyName, int] = {}

    @property
    def down(self) -> tuple[KeyName, ...]:
        """Keys and buttons that are down, or may be; the one pressed first comes first."""
        return tuple(self._wanted)

    @property
    def owes(self) -> bool:
        """Some key should be up and may not be."""
        return 0 in self._wanted.values()

    @property
    def holds(self) -> bool:
        """Some key is wanted down."""
        return any(self._wanted.values())

    def tap(self, chord: Chord) -> None:
        """Press and release a chord; what is held down already stays so.

        Raises:
            InjectionError: not everything could be pressed and released; what could be released is up.
        """
        self.hold(chord)
        self.let_go(chord)

    def hold(self, chord: Chord) -> None:
        """Press a chord and leave it down until `let_go`.

        Raises:
            InjectionError: it cannot be pressed; everything is released.
        """
        with self._all_or_nothing():
            for key in chord.keys:
                self._press(key)

    def let_go(self, chord: Chord) -> None:
        """Release a chord, newest key first, as far as nobody else wants it down.

        Raises:
            InjectionError: some key resisted; it is owed.
        """
        for key in reversed(chord.keys):
            if key in self._wanted:
                self._wanted[key] = max(0, self._wanted[key] - 1)
        self.release_owed()

    def release_all(self) -> None:
        """Release everything, newest first.

        Raises:
            InjectionError: some key resisted several attempts; it is tried again next time.
        """
        self._wanted = dict.fromkeys(self._wanted, 0)
        self.release_owed()

    def release_owed(self) -> None:
        """Release what should be up and may not be.

        Raises:
            InjectionError: some key resisted several attempts; it is tried again next time.
        """
        failure: Exception | None = None
        for _ in range(_RELEASE_ATTEMPTS):
            for key in [key for key in reversed(self.down) if self._wanted[key] == 0]:
                try:
                    self._injector.release(key)
                except Exception as error:
                    failure = error
                else:
                    del self._wanted[key]
                    self._note(f"-{key}")
        if self.owes:
            names = " and ".join(key for key in self.down if self._wanted[key] == 0)
            raise InjectionError(f"{names} may still be down, tap it once by hand: {failure}") from failure

    def _press(self, key: KeyName) -> None:
        already = self._wanted.get(key, 0)
        # Noted first: a press that raises may have gone through all the same.
        self._wanted[key] = already + 1
        if already == 0:
            self._note(f"+{key}")
            self._injector.press(key)

    def _note(self, line: str) -> None:
        if self._watchdog is not None:
            self._watchdog.note(line)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            try:
                self.release_all()
            except InjectionError as second:
                if not isinstance(error, InjectionError):
                    # Why keys cannot be sent was told by the first error; any other says nothing about keys.
                    logger.warning("%s", second)
            raise
