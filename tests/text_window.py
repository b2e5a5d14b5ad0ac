"""A window that reads what is typed as terminals do: through Xlib, which knows every level and lock."""

import ctypes
import ctypes.util

_KEY_PRESS, _MAP_NOTIFY, _MAPPING_NOTIFY = 2, 19, 34
_KEY_PRESS_MASK, _STRUCTURE_MASK = 1 << 0, 1 << 17
_CORE_KEYBOARD = 0x100


class TextWindow:
    """A window with the focus that is typed into."""

    def __init__(self, display: str) -> None:
        self._x = x = ctypes.CDLL(ctypes.util.find_library("X11"))
        for name in ("XOpenDisplay",):
            getattr(x, name).restype = ctypes.c_void_p
        x.XDefaultRootWindow.restype = x.XCreateSimpleWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
        root = ctypes.c_ulong(x.XDefaultRootWindow(self._display))
        self._window = ctypes.c_ulong(
            x.XCreateSimpleWindow(
                self._display, root, 0, 0, 100, 100, 0, ctypes.c_ulong(0), ctypes.c_ulong(0)
            )
        )
        x.XSelectInput(self._display, self._window, ctypes.c_long(_KEY_PRESS_MASK | _STRUCTURE_MASK))
        x.XMapWindow(self._display, self._window)
        self._event = ctypes.create_string_buffer(256)
        while self._next() != _MAP_NOTIFY:
            pass
        x.XSetInputFocus(self._display, self._window, 1, ctypes.c_ulong(0))
        x.XSync(self._display, 0)

    def _next(self) -> int:
        self._x.XNextEvent(self._display, self._event)
        return ctypes.c_int.from_buffer(self._event).value

    def typed(self) -> str:
        """What was typed since the last time."""
        self._x.XSync(self._display, 0)
        text = ""
        while self._x.XPending(self._display):
            kind = self._next()
            if kind == _MAPPING_NOTIFY:
                self._x.XRefreshKeyboardMapping(self._event)
            elif kind == _KEY_PRESS:
                symbol = ctypes.c_ulong()
                self._x.XLookupString(self._event, None, 0, ctypes.byref(symbol), None)
                text += _character(symbol.value)
        return text

    def lock_caps(self, on: bool) -> None:
        """Caps Lock on or off."""
        self._x.XkbLockModifiers(self._display, _CORE_KEYBOARD, 2, 2 if on else 0)
        self._x.XSync(self._display, 0)

    def choose_layout(self, number: int) -> None:
        """Choose one of several layouts, as the key does that switches between them."""
        self._x.XkbLockGroup(self._display, _CORE_KEYBOARD, number)
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)


def _character(symbol: int) -> str:
    """Of a key symbol; nothing for those that type none, such as Shift."""
    if 0x01000000 < symbol <= 0x0110FFFF:
        return chr(symbol - 0x01000000)
    return chr(symbol) if symbol <= 0xFF else {0xFF0D: "\n", 0xFF09: "\t"}.get(symbol, "")
