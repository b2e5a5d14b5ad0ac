"""What the user does with the real keyboard and mouse: typing, moving, hot-keys, the fail-safe corner.

What this program itself presses does not count.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gesturelrcn.actions.desktop.window import Corner
from gesturelrcn.actions.keys import Chord, KeyName

TELL_EVERY = 0.05
"""Seconds; a mouse moves a thousand times a second."""

_CORNER_SIZE = 2
"""Pixels."""


@dataclass
class RealInput:
    """What to call when the user touches keyboard and mouse. All are called in a thread of the watcher.

    Attributes:
        typed: a key went down.
        mouse_used: the mouse was moved or clicked, or its wheel turned.
        cornered: the mouse was pushed into `corner`.
        hot_keys: chords, and what to call when one goes down.
        corner: of the screen; `none` for no such corner.
        gone: the display went away, as at the end of a desktop session; nothing more will be told.
    """

    typed: Callable[[], object]
    mouse_used: Callable[[], object]
    cornered: Callable[[], object]
    hot_keys: dict[Chord, Callable[[], object]] = field(default_factory=dict)
    corner: Corner = "top-left"
    gone: Callable[[], object] = lambda: None
    _down: list[KeyName] = field(default_factory=list)
    _reported_at: float = 0.0

    def key(self, key: KeyName | None, down: bool) -> None:
        """A real key went down or up; None is one without a name here."""
        if not down:
            if key in self._down:
                self._down.remove(key)
            return
        if key is not None and key not in self._down:
            self._down.append(key)
            for chord, call in self.hot_keys.items():
                if key == chord.keys[-1] and set(chord.keys) == set(self._down):
                    call()
                    return
        self.typed()

    def mouse(self, position: tuple[int, int] | None, screen: tuple[int, int]) -> None:
        """The real mouse was used, and is at `position` now; pixels."""
        if position is not None and in_corner(position, screen, self.corner):
            self.cornered()
        now = time.monotonic()
        if now - self._reported_at >= TELL_EVERY:
            self._reported_at = now
            self.mouse_used()


def in_corner(position: tuple[int, int], screen: tuple[int, int], corner: Corner) -> bool:
    """Is this the outermost of that corner of the screen? Pixels from the top left."""
    if corner == "none":
        return False
    upright, side = corner.split("-")
    x = position[0] if side == "left" else screen[0] - 1 - position[0]
    y = position[1] if upright == "top" else screen[1] - 1 - position[1]
    return x < _CORNER_SIZE and y < _CORNER_SIZE
