"""A window of an X server that tells which keys reach it."""

from Xlib import XK, X
from Xlib.display import Display
from Xlib.protocol.event import KeyPress, KeyRelease

_NAMES_OF_KEYSYMS = {
    value: name.removeprefix("XK_") for name, value in vars(XK).items() if name.startswith("XK_")
}


class KeyWindow:
    """A window with the focus that receives keys."""

    def __init__(self, display: str) -> None:
        self._display = Display(display)
        screen = self._display.screen()
        self.root = screen.root
        mask = X.KeyPressMask | X.KeyReleaseMask | X.StructureNotifyMask
        self._window = screen.root.create_window(0, 0, 200, 100, 0, screen.root_depth, event_mask=mask)
        self._window.map()
        while self._display.next_event().type != X.MapNotify:
            pass
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()

    def received(self) -> list[tuple[str, str]]:
        """Every stroke since the last time, with the name X has for the symbol."""
        self._display.sync()
        strokes = []
        while self._display.pending_events():
            each = self._display.next_event()
            if each.type in (X.KeyPress, X.KeyRelease):
                verb = "press" if each.type == X.KeyPress else "release"
                strokes.append((verb, self._symbol(each)))
            elif each.type == X.MappingNotify:
                self._display.refresh_keyboard_mapping(each)
        return strokes

    def _symbol(self, stroke: KeyPress | KeyRelease) -> str:
        keysym = self._display.keycode_to_keysym(stroke.detail, stroke.state & X.ShiftMask)
        keysym = keysym or self._display.keycode_to_keysym(stroke.detail, 0)
        return chr(keysym) if keysym < 256 else _NAMES_OF_KEYSYMS.get(keysym, hex(keysym))

    def keys_down(self) -> list[int]:
        """Key codes that the server holds to be down."""
        keymap = self._display.query_keymap()
        return [code for code in range(256) if keymap[code // 8] >> code % 8 & 1]

    def close(self) -> None:
        self._display.close()
