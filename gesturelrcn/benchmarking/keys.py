"""An X client of its own that notes which key reaches it, and when."""

import select
import sys
import time
from typing import Any

READY = "ready"


def measure() -> dict[str, Any]:
    """Take keys until stdin is closed; says `ready` on stdout once the window has the focus.

    Returns:
        `keys`: (name, seconds on the monotonic clock) of each key that went down.
    """
    from Xlib import XK, X
    from Xlib.display import Display

    display = Display()
    screen = display.screen()
    mask = X.KeyPressMask | X.StructureNotifyMask
    window = screen.root.create_window(0, 0, 100, 100, 0, screen.root_depth, event_mask=mask)
    window.map()
    while display.next_event().type != X.MapNotify:
        pass
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    keys: list[tuple[str, float]] = []
    while True:
        readable, _, _ = select.select([display.fileno(), sys.stdin], [], [])
        at = time.monotonic()
        while display.pending_events():
            event = display.next_event()
            if event.type == X.KeyPress:
                symbol = display.keycode_to_keysym(event.detail, 0)
                keys.append((XK.keysym_to_string(symbol) or hex(symbol), at))
            elif event.type == X.MappingNotify:
                display.refresh_keyboard_mapping(event)
        if sys.stdin in readable:
            display.close()
            return {"keys": keys}
