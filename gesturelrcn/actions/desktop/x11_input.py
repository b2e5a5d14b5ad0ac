"""The real keyboard and mouse on X11: raw events of XInput 2, which name the device they come from.

https://www.x.org/releases/current/doc/inputproto/XI2proto.txt
What programs send comes from the devices called XTEST. So does what somebody types at a distance through VNC:
that counts as a program, too.
"""

import contextlib
import io
import logging
import os
import select
import struct
import threading
from typing import Any

from gesturelrcn.actions.desktop.real_input import RealInput
from gesturelrcn.actions.keys import NAMED_KEYS, KeyName
from gesturelrcn.actions.x11_keysyms import keysyms_of
from gesturelrcn.errors import InjectionError

logger = logging.getLogger(__name__)

_RAW = struct.Struct("<HIIH")
"""Device, time, key code or button, and the device that it really comes from."""


class X11Watcher:
    """Watches in a thread of its own, over a connection of its own."""

    def __init__(self, real: RealInput) -> None:
        """Raises: InjectionError: the display cannot be reached, or is without XInput 2."""
        from Xlib.display import Display
        from Xlib.ext import xinput

        if not os.environ.get("DISPLAY"):
            raise InjectionError("without DISPLAY nobody tells when the real keyboard and mouse are used")
        self._real = real
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                self._display: Any = Display()
            self._own_devices = {
                device.deviceid
                for device in self._display.xinput_query_device(xinput.AllDevices).devices
                if "XTEST" in str(device.name)
            }
            self._root: Any = self._display.screen().root
            mask = (
                xinput.RawKeyPressMask
                | xinput.RawKeyReleaseMask
                | xinput.RawButtonPressMask
                | xinput.RawMotionMask
            )
            self._root.xinput_select_events([(xinput.AllMasterDevices, mask)])
            self._names = self._names_of_keys()
            self._display.sync()
        except Exception as error:
            raise InjectionError(
                "the display does not tell when the real keyboard and mouse are used: they pause no gesture"
            ) from error
        self._wake_from, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._keep_watching, name="real-input", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching and leave the display; closing twice is harmless."""
        if self._wake < 0:
            return
        os.close(self._wake)
        self._wake = -1
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _keep_watching(self) -> None:
        try:
            while not self._closing():
                while self._display.pending_events():
                    self._heard(self._display.next_event())
        except Exception:
            logger.debug("the real keyboard and mouse are not watched any more", exc_info=True)
            if self._is_gone():
                self._real.gone()
        finally:
            os.close(self._wake_from)
            with contextlib.suppress(Exception):
                self._display.display.socket.close()

    def _is_gone(self) -> bool:
        try:
            self._display.sync()
        except Exception:  # whatever the X library makes of a connection that is closed
            return True
        return False

    def _closing(self) -> bool:
        readable, _, _ = select.select([self._display.fileno(), self._wake_from], [], [])
        return self._wake_from in readable

    def _heard(self, event: Any) -> None:
        from Xlib.ext import xinput

        kind = getattr(event, "evtype", None)
        if kind is None or not isinstance(event.data, bytes):
            return
        _, _, detail, source = _RAW.unpack_from(event.data)
        if source in self._own_devices:
            return
        if kind in (xinput.RawKeyPress, xinput.RawKeyRelease):
            self._real.key(self._names.get(detail), down=kind == xinput.RawKeyPress)
        else:
            pointer = self._root.query_pointer()
            screen = self._root.get_geometry()
            self._real.mouse((pointer.root_x, pointer.root_y), (screen.width, screen.height))

    def _names_of_keys(self) -> dict[int, KeyName]:
        """Which key each key code of this keyboard is."""
        symbols = {symbol: name for name in NAMED_KEYS for symbol in keysyms_of(name)}
        names = {}
        for code in range(8, 256):
            symbol = self._display.keycode_to_keysym(code, 0)
            if symbol and symbol in symbols:
                names[code] = symbols[symbol]
            elif 0x20 < symbol < 0x100:
                names[code] = KeyName(chr(symbol))
        return names
