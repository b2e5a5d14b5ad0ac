"""Real keys and a real mouse through pynput: Windows and macOS, and X11 for who has it installed there."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from gesturelrcn.actions.keys import MOUSE_BUTTONS, NAMED_KEYS, KeyName
from gesturelrcn.errors import InjectionError

_PYNPUT_NAMES: dict[str, str] = {
    "Super": "cmd",
    "PageUp": "page_up",
    "PageDown": "page_down",
    "Escape": "esc",
    "PrintScreen": "print_screen",
    "VolumeUp": "media_volume_up",
    "VolumeDown": "media_volume_down",
    "VolumeMute": "media_volume_mute",
    "PlayPause": "media_play_pause",
    "NextTrack": "media_next",
    "PreviousTrack": "media_previous",
}

_REMEDY = "start it inside the desktop session that shall get the keys, or use --dry-run to only see them"


class PynputInjector:
    """Presses keys in whatever window has the focus, and moves the mouse.

    The display is the one that `DISPLAY` names when the injector is made. Not for several threads at once.
    """

    outlives_process = True

    def __init__(self) -> None:
        """Raises: InjectionError: there is no display, or it cannot be reached."""
        self._keyboard = _import("keyboard")
        self._controller: Any = _connect(self._keyboard)
        self._mouse: ModuleType | None = None
        self._mouse_controller: Any = None
        # What went down for a key comes up for it, even if the layout changes in between.
        self._pressed: dict[KeyName, list[Any]] = {}

    def press(self, key: KeyName) -> None:
        """Press a key and leave it down.

        Raises:
            InjectionError: this keyboard has no such key, or the display has gone away.
        """
        if key in MOUSE_BUTTONS:
            with self._moving("press", key) as mouse:
                self._pressed[key] = [self._button(key)]
                mouse.press(self._button(key))
            return
        with self._controlling("press", key) as controller:
            strokes = self._pressed[key] = self._strokes(key, controller)
            for stroke in strokes:
                controller.press(stroke)

    def release(self, key: KeyName) -> None:
        """Release a key that `press` pressed; any other stays as it is.

        Raises:
            InjectionError: the display has gone away.
        """
        reached = self._moving if key in MOUSE_BUTTONS else self._controlling
        with reached("release", key) as controller:
            for stroke in reversed(self._pressed.get(key, [])):
                controller.release(stroke)
        self._pressed.pop(key, None)

    def release_for_another(self, key: str) -> None:
        """Release a key that another process pressed.

        Raises:
            InjectionError: the display has gone away.
        """
        name = KeyName(key)
        reached = self._moving if name in MOUSE_BUTTONS else self._controlling
        with reached("release", name) as controller:
            self._pressed[name] = (
                [self._button(name)] if name in MOUSE_BUTTONS else self._strokes(name, controller)
            )
        self.release(name)

    def give_back_for_others(self) -> None:
        """Here no key codes are borrowed."""

    def scroll(self, right: int, up: int) -> None:
        """Turn the wheel under the pointer.

        Raises:
            InjectionError: the display has gone away.
        """
        with self._moving("turn", "the wheel") as mouse:
            mouse.scroll(right, up)

    def move(self, x: float, y: float) -> None:
        """Put the pointer at shares of the screen, 0 to 1 from the top left.

        Raises:
            InjectionError: the display has gone away.
        """
        with self._moving("move", "the mouse") as mouse:
            width, height = _screen_size(mouse)
            mouse.position = (round(x * (width - 1)), round(y * (height - 1)))

    def close(self) -> None:
        """Leave the display. Closing twice is harmless; whoever presses afterwards connects anew."""
        self._controller = self._mouse_controller = None

    def _button(self, key: KeyName) -> Any:
        assert self._mouse is not None
        return getattr(self._mouse.Button, key.removeprefix("Mouse").lower())

    @contextlib.contextmanager
    def _moving(self, verb: str, what: str) -> Iterator[Any]:
        """As `_controlling`, for the mouse, whose connection is made when it is first used."""
        if self._mouse is None:
            self._mouse = _import("mouse")
        if self._mouse_controller is None:
            self._mouse_controller = _connect(self._mouse)
        try:
            yield self._mouse_controller
        except BaseException as error:
            self._mouse_controller = None
            if not isinstance(error, Exception):
                raise
            raise InjectionError(f"cannot {verb} {what}: {_reason(error)}; {_REMEDY}") from error

    @contextlib.contextmanager
    def _controlling(self, verb: str, key: KeyName) -> Iterator[Any]:
        if self._controller is None:
            self._controller = _connect(self._keyboard)
        try:
            yield self._controller
        except InjectionError:
            raise
        except BaseException as error:
            # A call that did not come to its end, be it for Ctrl-C, can leave locks of the X library
            # taken: whoever uses this connection again may wait for ever. The next call makes a new one.
            self._controller = None
            if not isinstance(error, Exception):
                raise
            raise InjectionError(f"cannot {verb} {key}: {_reason(error)}; {_REMEDY}") from error

    def _strokes(self, key: KeyName, controller: Any) -> list[Any]:
        """What pynput has to press for a key."""
        # On X, key code and Shift state of each symbol of the layout; None elsewhere.
        layout: dict[int, tuple[int, int]] | None = getattr(controller, "keyboard_mapping", None)
        if key not in NAMED_KEYS:
            return self._character_strokes(key, layout)
        stroke = getattr(self._keyboard.Key, _PYNPUT_NAMES.get(key, key.lower()), None)
        if stroke is None or (layout is not None and stroke.value.vk not in layout):
            raise InjectionError(f"the keyboard of this system has no key {key}: bind another one")
        return [stroke]

    def _character_strokes(self, character: str, layout: dict[int, tuple[int, int]] | None) -> list[Any]:
        # For characters pynput sends X programs a message instead of pressing the key. Many ignore it, as
        # it can be forged, and the server never learns which keys are down. So on X the real key of the
        # layout is pressed where there is one, with Shift where it needs it.
        keysym = ord(character)  # the same number in Latin-1; other scripts have numbers of their own
        if layout is None or keysym > 0xFF or keysym not in layout:
            return [character]
        _, shift_state = layout[keysym]
        stroke = self._keyboard.KeyCode.from_vk(keysym)
        if shift_state == 0:
            return [stroke]
        return [self._keyboard.Key.shift, stroke] if shift_state == 1 else [character]


def _screen_size(mouse: Any) -> tuple[int, int]:
    display = getattr(mouse, "_display", None)
    if display is not None:  # X
        geometry = display.screen().root.get_geometry()
        return int(geometry.width), int(geometry.height)
    import tkinter  # Windows and macOS bring it with Python

    window = tkinter.Tk()
    try:
        window.withdraw()
        return window.winfo_screenwidth(), window.winfo_screenheight()
    finally:
        window.destroy()


def _import(part: str) -> ModuleType:
    if sys.platform not in ("win32", "darwin") and not os.environ.get("DISPLAY"):
        raise InjectionError(f"keys cannot be sent: there is no display (DISPLAY is not set); {_REMEDY}")
    try:
        # pynput connects to the display on import, and the X library may print a warning to stdout,
        # where a program's own lines go.
        with contextlib.redirect_stdout(io.StringIO()):
            return import_module(f"pynput.{part}")
    except ModuleNotFoundError as error:
        raise InjectionError(
            "keys cannot be sent through pynput, which is not installed: pip install pynput, "
            "or take what choose_injector() chooses"
        ) from error
    except ImportError as error:
        raise InjectionError(f"keys cannot be sent: {_reason(error)}; {_REMEDY}") from error


def _connect(part: ModuleType) -> Any:
    class Controller(part.Controller):  # type: ignore[misc, name-defined]
        """A controller that can be dropped at any moment."""

        def __del__(self) -> None:
            # pynput takes leave of the display here: that raises where the display is gone, and never
            # returns after an interrupted call. Closing the connection is enough.
            with contextlib.suppress(Exception):
                self._display.display.socket.close()

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return Controller()
    except Exception as error:
        raise InjectionError(f"keys cannot be sent: {_reason(error)}; {_REMEDY}") from error


def _reason(error: Exception) -> str:
    display = os.environ.get("DISPLAY")
    if display and sys.platform not in ("win32", "darwin"):
        return f"the display {display!r} cannot be reached"
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
