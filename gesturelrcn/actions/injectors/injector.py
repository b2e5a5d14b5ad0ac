"""The one face of everything that can press keys and move the mouse, and two that press and move nothing."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from gesturelrcn.actions.keys import KeyName


class Injector(Protocol):
    """Presses and releases keys and mouse buttons, scrolls, and moves the mouse.

    Chords, and the release of everything, are the release guard's business.
    """

    @property
    def outlives_process(self) -> bool:
        """What it pressed stays down if this process is killed, so a watchdog has to look after it."""

    def press(self, key: KeyName) -> None:
        """Press a key or a mouse button and leave it down.

        Raises:
            InjectionError: it cannot be pressed here and now.
        """

    def release(self, key: KeyName) -> None:
        """Release a key or a mouse button; one that is not down stays up.

        Raises:
            InjectionError: it may still be down.
        """

    def scroll(self, right: int, up: int) -> None:
        """Turn the wheel by so many notches; negative is left, and down.

        Raises:
            InjectionError: it cannot be done here and now.
        """

    def move(self, x: float, y: float) -> None:
        """Put the mouse pointer at shares of the screen, 0 to 1 from the top left.

        Raises:
            InjectionError: it cannot be done here and now.
        """

    def close(self) -> None:
        """Leave the display or device; closing twice is harmless."""


@runtime_checkable
class TellsHeld(Protocol):
    """What an injector may offer besides: to tell the user's own keys from those that it presses."""

    def held_by_user(self) -> str:
        """The real modifiers and mouse buttons that are down, as `Shift and a mouse button`; empty for none.

        Must not raise, and take a few milliseconds at most: it is asked before every action.
        """
        ...


class DryRunInjector:
    """Says what would be done: `press Right`, `release Right`, `scroll 0 -3`."""

    outlives_process = False

    def __init__(self, write: Callable[[str], object]) -> None:
        """Args: write: takes one line without a newline, for example `print`."""
        self._write = write

    def press(self, key: KeyName) -> None:
        """Say that the key would be pressed."""
        self._write(f"press {key}")

    def release(self, key: KeyName) -> None:
        """Say that the key would be released."""
        self._write(f"release {key}")

    def scroll(self, right: int, up: int) -> None:
        """Say how the wheel would be turned."""
        self._write(f"scroll {right} {up}")

    def move(self, x: float, y: float) -> None:
        """Say where the pointer would go."""
        self._write(f"move {x:.3f} {y:.3f}")

    def close(self) -> None:
        """There is nothing to close."""


class RecordingInjector:
    """Remembers what was asked of it, for tests.

    Attributes:
        strokes: every press and release, in order.
        other: every scroll and move, in order, as `("scroll", right, up)` and `("move", x, y)`.
        down: the keys that are pressed and not released.
    """

    outlives_process = False

    def __init__(self) -> None:
        self.strokes: list[tuple[str, KeyName]] = []
        self.other: list[tuple[str, float, float]] = []
        self.down: set[KeyName] = set()

    def press(self, key: KeyName) -> None:
        """Note a press."""
        self.strokes.append(("press", key))
        self.down.add(key)

    def release(self, key: KeyName) -> None:
        """Note a release."""
        self.strokes.append(("release", key))
        self.down.discard(key)

    def scroll(self, right: int, up: int) -> None:
        """Note a turn of the wheel."""
        self.other.append(("scroll", right, up))

    def move(self, x: float, y: float) -> None:
        """Note a move."""
        self.other.append(("move", x, y))

    def close(self) -> None:
        """There is nothing to close."""
