"""Keys and mouse through the Linux kernel (uinput): without X and under Wayland, where permitted.

The kernel releases everything itself when the device goes away with its process, so no watchdog is needed.
Letters are sent as keys of a US layout; another layout of the desktop turns them into other letters.
"""

import contextlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from gesturelrcn.actions.keys import KeyName
from gesturelrcn.errors import InjectionError

DEVICE = "/dev/uinput"

PERMISSION = (
    f"allow it, until the next restart, with: sudo modprobe uinput; sudo setfacl -m u:$USER:rw {DEVICE}"
)

_EXTRA = "pip install 'gesturelrcn[wayland]'"

_RANGE = 65535
"""The mouse is put at shares of the screen, in so many steps."""

_NAMES = {
    **{"Ctrl": "LEFTCTRL", "Shift": "LEFTSHIFT", "Alt": "LEFTALT", "Super": "LEFTMETA"},
    **{"Escape": "ESC", "Menu": "COMPOSE", "PrintScreen": "SYSRQ", "VolumeMute": "MUTE"},
    **{"NextTrack": "NEXTSONG", "PreviousTrack": "PREVIOUSSONG"},
    **{"-": "MINUS", "=": "EQUAL", ",": "COMMA", ".": "DOT", "/": "SLASH", "\\": "BACKSLASH"},
    **{";": "SEMICOLON", "'": "APOSTROPHE", "`": "GRAVE", "[": "LEFTBRACE", "]": "RIGHTBRACE"},
}
_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"~<>?', "1234567890-=[]\\;'`,./", strict=True))
_BUTTONS = {"MouseLeft": "BTN_LEFT", "MouseMiddle": "BTN_MIDDLE", "MouseRight": "BTN_RIGHT"}


def usable() -> bool:
    """The device is there and may be written to, and so is what writes to it."""
    return os.access(DEVICE, os.W_OK) and find_spec("evdev") is not None


def remedy() -> str:
    """What the user has to do before keys can be sent; empty where nothing is missing."""
    steps = {_EXTRA: find_spec("evdev") is not None, PERMISSION: os.access(DEVICE, os.W_OK)}
    return ", and ".join(step for step, done in steps.items() if not done)


def strokes_of(key: KeyName) -> tuple[str, ...]:
    """The kernel's names of what goes down for a key, in order.

    Raises:
        InjectionError: a US keyboard has no such key.
    """
    if key in _BUTTONS:
        return (_BUTTONS[key],)
    if key in _SHIFTED:
        return ("KEY_LEFTSHIFT", *strokes_of(KeyName(_SHIFTED[key])))
    if len(key) == 1 and not (key.isascii() and key.isalnum()) and key not in _NAMES:
        raise InjectionError(f"a keyboard of the US layout, which uinput sends, has no key {key}")
    return (f"KEY_{_NAMES.get(key, key).upper()}",)


class UinputInjector:
    """A keyboard and a mouse of its own, made by the kernel."""

    outlives_process = False

    def __init__(self) -> None:
        """Raises: InjectionError: evdev is not installed, or the device is not there or not permitted."""
        try:
            import evdev
        except ImportError as error:
            raise InjectionError(f"keys cannot be sent through uinput: {_EXTRA}") from error
        self._codes: Any = evdev.ecodes
        try:
            self._device: Any = evdev.UInput(self._abilities(evdev), name="gesturelrcn")
        except Exception as error:
            raise InjectionError(f"keys cannot be sent through {DEVICE}: {error}; {PERMISSION}") from error

    def press(self, key: KeyName) -> None:
        """Press a key or a mouse button and leave it down.

        Raises:
            InjectionError: there is no such key, or the device has gone.
        """
        strokes = strokes_of(key)
        with self._explained("press", key):
            for stroke in strokes:
                self._device.write(self._codes.EV_KEY, self._code(stroke), 1)
            self._device.syn()

    def release(self, key: KeyName) -> None:
        """Release a key or a mouse button.

        Raises:
            InjectionError: there is no such key, or the device has gone.
        """
        strokes = strokes_of(key)
        with self._explained("release", key):
            for stroke in reversed(strokes):
                self._device.write(self._codes.EV_KEY, self._code(stroke), 0)
            self._device.syn()

    def scroll(self, right: int, up: int) -> None:
        """Turn the wheel.

        Raises:
            InjectionError: the device has gone.
        """
        with self._explained("turn", "the wheel"):
            if right:
                self._device.write(self._codes.EV_REL, self._codes.REL_HWHEEL, right)
            if up:
                self._device.write(self._codes.EV_REL, self._codes.REL_WHEEL, up)
            self._device.syn()

    def move(self, x: float, y: float) -> None:
        """Put the pointer at shares of the screen.

        Raises:
            InjectionError: the device has gone.
        """
        with self._explained("move", "the mouse"):
            self._device.write(self._codes.EV_ABS, self._codes.ABS_X, round(x * _RANGE))
            self._device.write(self._codes.EV_ABS, self._codes.ABS_Y, round(y * _RANGE))
            self._device.syn()

    def close(self) -> None:
        """Remove the device; the kernel releases what is still down. Closing twice is harmless."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _code(self, stroke: str) -> int:
        return int(self._codes.ecodes[stroke])

    def _abilities(self, evdev: Any) -> dict[int, Any]:
        codes = self._codes
        keys = [
            code for name, code in codes.ecodes.items() if name.startswith("KEY_") and code < codes.BTN_MISC
        ]
        buttons = [codes.ecodes[name] for name in _BUTTONS.values()]
        absolute = evdev.AbsInfo(value=0, min=0, max=_RANGE, fuzz=0, flat=0, resolution=0)
        return {
            codes.EV_KEY: [*keys, *buttons],
            codes.EV_REL: [codes.REL_WHEEL, codes.REL_HWHEEL],
            codes.EV_ABS: [(codes.ABS_X, absolute), (codes.ABS_Y, absolute)],
        }

    @contextlib.contextmanager
    def _explained(self, verb: str, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise InjectionError(f"cannot {verb} {what} through {DEVICE}: {error}; {PERMISSION}") from error
