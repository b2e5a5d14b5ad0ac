"""Real keys and a real mouse on X11, through its extension XTEST.

https://www.x.org/releases/current/doc/xextproto/xtest.html
To programs they look like those of a keyboard and a mouse: the server itself learns what is down.
"""

import contextlib
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gesturelrcn.actions.injectors.x11_loans import are_there_any, give_back, give_back_left_behind, lend
from gesturelrcn.actions.injectors.x11_lock import lock_caps
from gesturelrcn.actions.keys import MODIFIERS, MOUSE_BUTTONS, NAMED_KEYS, KeyName
from gesturelrcn.actions.x11_keysyms import keysyms_of
from gesturelrcn.errors import InjectionError

_REMEDY = "start it inside the desktop session that shall get the keys, or use --dry-run to only see them"

_BUTTONS = dict(zip(MOUSE_BUTTONS, (1, 2, 3), strict=True))
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7

_SHIFT, _LEVEL_3 = 0xFFE1, 0xFE03
"""The symbols Shift_L and ISO_Level3_Shift (AltGr)."""

_LEVELS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, ()),
    (1, (_SHIFT,)),
    (4, (_LEVEL_3,)),
    (5, (_LEVEL_3, _SHIFT)),
)
"""Where a key code lists its symbols, and what is held down for each."""

_GROUP_BITS, _MOST_GROUPS = 13, 2
"""Where the keyboard's state tells which of its layouts is chosen, and of how many the symbols are listed."""

_SETTLES = 0.2
"""Seconds in which a program takes a key in; a key code becomes another character no sooner."""


@dataclass(frozen=True)
class _Stroke:
    """One key code or mouse button that goes down."""

    code: int
    is_button: bool = False


@dataclass(frozen=True)
class _Way:
    """How a symbol is typed.

    Attributes:
        modifiers: key codes that go down before, in order.
        code: the key code.
        shifted: Shift is one of the modifiers.
    """

    modifiers: tuple[int, ...]
    code: int
    shifted: bool


@dataclass(frozen=True)
class _Layout:
    """What the keyboard types.

    Attributes:
        ways: to each symbol.
        unused: key codes without a symbol.
        group: number of the layout, of those between which the user switches.
    """

    ways: dict[int, _Way]
    unused: list[int]
    group: int


class X11Injector:
    """Presses keys in whatever window has the focus, and moves the mouse.

    The display is the one that `DISPLAY` names when the injector is made. Not for several threads at once.
    A character that the keyboard has not got is put on a key code that it does not use, until `close`.
    """

    outlives_process = True

    def __init__(self) -> None:
        """Raises: InjectionError: there is no display, it cannot be reached, or it takes no keys."""
        self._display: Any = None
        self._refusals: list[Any] = []
        self._layout: _Layout | None = None
        self._borrowed: dict[int, float] = {}  # key codes, and when each was used last; the oldest first
        # What went down for a key comes up for it, even if the layout changes in between.
        self._pressed: dict[KeyName, list[_Stroke]] = {}
        self._connect()

    def press(self, key: KeyName) -> None:
        """Press a key and leave it down.

        Raises:
            InjectionError: this keyboard has no such key, or the display has gone away.
        """
        with self._talking(f"press {key}") as display:
            strokes, lifted = self._strokes(key)
            self._pressed[key] = strokes
            with self._without_caps_lock() if self._types_letter(key) else contextlib.nullcontext():
                for stroke in lifted:
                    _send(display, stroke, down=False)
                for stroke in [*strokes, *lifted]:
                    _send(display, stroke, down=True)

    def release(self, key: KeyName) -> None:
        """Release a key that `press` pressed; any other stays as it is.

        Raises:
            InjectionError: the display has gone away.
        """
        with self._talking(f"release {key}") as display:
            for stroke in reversed(self._pressed.get(key, [])):
                _send(display, stroke, down=False)
        self._pressed.pop(key, None)

    def release_for_another(self, key: str) -> None:
        """Release a key that another process pressed.

        Raises:
            InjectionError: the display has gone away.
        """
        name = KeyName(key)
        with self._talking(f"release {key}"):
            self._pressed[name], _ = self._strokes(name)
        self.release(name)

    def give_back_for_others(self) -> None:
        """Leave the keyboard as it was before processes borrowed of it that have died.

        Raises:
            InjectionError: the display has gone away.
        """
        with self._talking("give back key codes") as display:
            if are_there_any(display):
                time.sleep(_SETTLES)
                give_back_left_behind(display)

    def scroll(self, right: int, up: int) -> None:
        """Turn the wheel under the pointer.

        Raises:
            InjectionError: the display has gone away.
        """
        turns = ((up, _WHEEL_UP, _WHEEL_DOWN), (right, _WHEEL_RIGHT, _WHEEL_LEFT))
        with self._talking("turn the wheel") as display:
            for notches, forward, back in turns:
                stroke = _Stroke(forward if notches > 0 else back, is_button=True)
                for _ in range(abs(notches)):
                    _send(display, stroke, down=True)
                    _send(display, stroke, down=False)

    def move(self, x: float, y: float) -> None:
        """Put the pointer at shares of the screen, 0 to 1 from the top left.

        Raises:
            InjectionError: the display has gone away.
        """
        from Xlib import X

        with self._talking("move the mouse") as display:
            screen = display.screen().root.get_geometry()
            place = {"x": round(x * (screen.width - 1)), "y": round(y * (screen.height - 1))}
            display.xtest_fake_input(X.MotionNotify, **place)

    def held_by_user(self) -> str:
        """The real modifiers and mouse buttons that are down, as `Shift and a mouse button`; empty for none.

        Where the display has gone away, the next press says so.
        """
        from gesturelrcn.actions.injectors.x11_held import held_by_user

        with contextlib.suppress(InjectionError), self._talking("ask what is held") as display:
            return held_by_user(display)
        return ""

    def close(self) -> None:
        """Leave the display. Closing twice is harmless; whoever presses afterwards connects anew."""
        if self._borrowed and self._display is not None:
            with contextlib.suppress(Exception):
                self._give_back()
        self._borrowed.clear()
        display, self._display = self._display, None
        if display is not None:
            # To take leave of the server would fail where it has gone, and not return after a call that
            # was interrupted; to close the connection is enough.
            with contextlib.suppress(Exception):
                display.display.socket.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    @contextlib.contextmanager
    def _talking(self, doing: str) -> Iterator[Any]:
        """The connection; what was sent is with the server at the end."""
        if self._display is None:
            self._connect()
        self._refusals.clear()
        try:
            yield self._display
            self._display.sync()
        except InjectionError:
            raise
        except BaseException as error:
            # A call that did not come to its end, be it for Ctrl-C, can leave locks of the X library
            # taken: whoever uses this connection again may wait for ever. The next call makes a new one.
            self.close()
            if not isinstance(error, Exception):
                raise
            raise InjectionError(f"cannot {doing}: {_unreachable()}; {_REMEDY}") from error
        if self._refusals:
            raise InjectionError(f"cannot {doing}: the display {os.environ.get('DISPLAY')!r} refuses it")

    def _connect(self) -> None:
        if not os.environ.get("DISPLAY"):
            raise InjectionError(f"keys cannot be sent: there is no display (DISPLAY is not set); {_REMEDY}")
        from Xlib.display import Display

        try:
            # The X library may print a warning to stdout, where a program's own lines go.
            with contextlib.redirect_stdout(io.StringIO()):
                display = Display()
        except Exception as error:
            raise InjectionError(f"keys cannot be sent: {_unreachable()}; {_REMEDY}") from error
        if not display.has_extension("XTEST"):
            display.close()
            raise InjectionError(f"keys cannot be sent: this display is without XTEST; {_REMEDY}")
        display.set_error_handler(lambda *refusal: self._refusals.append(refusal))
        self._layout = None
        self._display = display
        with self._talking("look for key codes that are lent"):
            give_back_left_behind(display)

    def _strokes(self, key: KeyName) -> tuple[list[_Stroke], list[_Stroke]]:
        """What goes down for a key, in order, and what of ours has to be up in that moment.

        Raises:
            InjectionError: the keyboard has no such key.
        """
        if key in _BUTTONS:
            return [_Stroke(_BUTTONS[key], is_button=True)], []
        if key in NAMED_KEYS:  # it goes down alone, wherever its symbol stands
            return [_Stroke(self._way(key).code)], []
        held = [modifier for modifier in MODIFIERS if modifier in self._pressed]
        capital = key.upper()
        if not self._types_letter(key) or len(capital) > 1:
            way = self._way(key)
            return [_Stroke(code) for code in (*way.modifiers, way.code)], []
        # A letter that is typed: under Shift the capital, whatever stands there.
        way = self._way(KeyName(capital) if held else key)
        shift = self._way(KeyName("Shift")).code
        modifiers = [code for code in way.modifiers if code != shift]
        if way.shifted and not held:
            modifiers.append(shift)
        lifted = [] if way.shifted else self._pressed.get(KeyName("Shift"), [])
        return [_Stroke(code) for code in (*modifiers, way.code)], lifted

    def _way(self, key: KeyName) -> _Way:
        symbol = keysyms_of(key)[0]
        layout = self._layout_now()
        if symbol not in layout.ways and key not in NAMED_KEYS:
            layout = self._borrow(key, layout)
        way = layout.ways.get(symbol)
        if way is None:
            raise InjectionError(f"the keyboard of this system has no key {key}: bind another one")
        if way.code in self._borrowed:
            self._borrowed[way.code] = time.monotonic()
        return way

    def _state(self) -> int:
        """Modifiers, locks and the number of the layout, as the server has them now."""
        return int(self._display.screen().root.query_pointer().mask)

    def _types_letter(self, key: KeyName) -> bool:
        """Whether it types a small letter or a capital, and is no shortcut."""
        others = [modifier for modifier in MODIFIERS[:1] + MODIFIERS[2:] if modifier in self._pressed]
        return len(key) == 1 and key.lower() != key.upper() and not others

    @contextlib.contextmanager
    def _without_caps_lock(self) -> Iterator[None]:
        """Take Caps Lock off for a moment, in which no event of somebody else's can fall between ours."""
        from Xlib import X

        locked = bool(self._state() & X.LockMask)
        if locked:
            lock_caps(self._display, on=False)
        yield
        if locked:
            lock_caps(self._display, on=True)

    def _layout_now(self) -> _Layout:
        """The layout, read anew where it has changed: the server tells everybody of that, unasked.

        Of another one of several layouts being chosen it does not tell.
        """
        from Xlib import X

        while self._display.pending_events():
            if self._display.next_event().type == X.MappingNotify:
                self._layout = None
        group = self._state() >> _GROUP_BITS & 3
        if self._layout is None or self._layout.group != group:
            self._layout = _read_layout(self._display, group)
        return self._layout

    def _borrow(self, character: str, layout: _Layout) -> _Layout:
        """Put a character that the keyboard has not got on a key code that it does not use."""
        down = {stroke.code for strokes in self._pressed.values() for stroke in strokes}
        free = layout.unused or [code for code in self._borrowed if code not in down]
        if not free:
            return layout
        code = free[0]
        _wait_until(self._borrowed.pop(code, 0.0) + _SETTLES)
        self._borrowed[code] = time.monotonic()
        lend(self._display, code, character)
        self._layout = None
        return self._layout_now()

    def _give_back(self) -> None:
        """Leave the keyboard as it was, once the last program has taken in what was typed last."""
        _wait_until(max(self._borrowed.values()) + _SETTLES)
        give_back(self._display, os.getpid())


def _wait_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


def _read_layout(display: Any, group: int) -> _Layout:
    """Of several ways to a symbol the one with the fewest keys is taken, then the lowest key code.

    Raises:
        InjectionError: a layout is chosen of which the server does not tell.
    """
    if group >= _MOST_GROUPS:
        raise InjectionError("only the first two keyboard layouts are known to programs: choose one of them")
    server = display.display.info
    first = server.min_keycode
    listed = display.get_keyboard_mapping(first, server.max_keycode - first + 1)
    symbols = [_of_group(list(of_code), group) for of_code in listed]
    ways: dict[int, _Way] = {}
    for place, modifiers in _LEVELS:
        held = tuple(ways[modifier].code for modifier in modifiers if modifier in ways)
        if len(held) < len(modifiers):
            continue
        for code, of_code in enumerate(symbols, first):
            if of_code[place]:
                ways.setdefault(of_code[place], _Way(held, code, _SHIFT in modifiers))
    unused = [code for code, of_code in enumerate(listed, first) if not any(of_code)]
    return _Layout(ways, unused, group)


def _of_group(symbols: list[int], group: int) -> list[int]:
    """A key code's symbols in this layout, at the places of the first; what it lacks is the first's."""
    symbols += [0] * (8 - len(symbols))
    own = [*symbols[2:4], 0, 0, *symbols[6:8]] if group else symbols[:6]
    return own if any(own) else symbols[:6]


def _send(display: Any, stroke: _Stroke, *, down: bool) -> None:
    from Xlib import X

    if stroke.is_button:
        display.xtest_fake_input(X.ButtonPress if down else X.ButtonRelease, stroke.code)
    else:
        display.xtest_fake_input(X.KeyPress if down else X.KeyRelease, stroke.code)


def _unreachable() -> str:
    return f"the display {os.environ.get('DISPLAY')!r} cannot be reached"
