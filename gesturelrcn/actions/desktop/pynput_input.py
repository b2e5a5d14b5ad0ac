"""The real keyboard and mouse on Windows and macOS through pynput. Not tested here: no such machine."""

from typing import Any

from gesturelrcn.actions.desktop.real_input import RealInput
from gesturelrcn.actions.keys import KeyName, parse_chord
from gesturelrcn.errors import BindingError


class PynputWatcher:  # pragma: no cover - needs Windows or macOS
    """Listens through pynput, which says of each event whether a program made it."""

    def __init__(self, real: RealInput) -> None:
        from pynput import keyboard, mouse

        self._real = real
        self._mouse: Any = mouse.Controller()
        self._listeners = (
            keyboard.Listener(on_press=self._press, on_release=self._release),
            mouse.Listener(on_move=self._used, on_click=self._used, on_scroll=self._used),
        )
        for listener in self._listeners:
            listener.start()

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listeners:
            listener.stop()

    def _press(self, key: Any, injected: bool) -> None:
        if not injected:
            self._real.key(_name(key), down=True)

    def _release(self, key: Any, injected: bool) -> None:
        if not injected:
            self._real.key(_name(key), down=False)

    def _used(self, *details: Any) -> None:
        if not details[-1]:
            x, y = self._mouse.position
            # Only the corner at the origin is known without asking for the sizes of all screens.
            self._real.mouse((int(x), int(y)), (1 << 30, 1 << 30))


def _name(key: Any) -> KeyName | None:  # pragma: no cover - needs Windows or macOS
    spelling = getattr(key, "char", None) or str(getattr(key, "name", "")).removesuffix("_l").removesuffix(
        "_r"
    )
    try:
        return parse_chord(spelling).keys[-1]
    except BindingError:
        return None
