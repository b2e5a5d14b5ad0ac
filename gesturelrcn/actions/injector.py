"""The one face of everything that can press keys, and two that press none."""

from collections.abc import Callable
from typing import Literal, Protocol

from gesturelrcn.actions.keys import KeyName


class Injector(Protocol):
    """Presses and releases keys. Chords, and the release of everything, are the dispatcher's business."""

    def press(self, key: KeyName) -> None:
        """Press a key and leave it down.

        Raises:
            InjectionError: it cannot be pressed here and now.
        """

    def release(self, key: KeyName) -> None:
        """Release a key; one that is not down stays up.

        Raises:
            InjectionError: it may still be down.
        """


class DryRunInjector:
    """Says what would be pressed: `press Right`, `release Right`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """Args: write: takes one line without a newline, for example `print`."""
        self._write = write

    def press(self, key: KeyName) -> None:
        """Say that the key would be pressed."""
        self._write(f"press {key}")

    def release(self, key: KeyName) -> None:
        """Say that the key would be released."""
        self._write(f"release {key}")


class RecordingInjector:
    """Remembers what was asked of it, for tests.

    Attributes:
        strokes: every press and release, in order.
        down: the keys that are pressed and not released.
    """

    def __init__(self) -> None:
        self.strokes: list[tuple[Literal["press", "release"], KeyName]] = []
        self.down: set[KeyName] = set()

    def press(self, key: KeyName) -> None:
        """Note a press."""
        self.strokes.append(("press", key))
        self.down.add(key)

    def release(self, key: KeyName) -> None:
        """Note a release."""
        self.strokes.append(("release", key))
        self.down.discard(key)
