"""What the user holds down on X11: modifiers and mouse buttons of real devices, asked of each of them.

The state that the server tells of keyboard and mouse as a whole holds what programs press, too.
https://www.x.org/releases/current/doc/inputproto/XIproto.html#querying_device_state
"""

from collections.abc import Iterator
from typing import Any

from Xlib.ext import xinput
from Xlib.protocol import rq

_KEYS, _BUTTONS = 0, 1
"""What the state of a device tells of."""
_NAMES = {
    **{0xFFE1: "Shift", 0xFFE2: "Shift", 0xFFE3: "Ctrl", 0xFFE4: "Ctrl", 0xFFE7: "Meta", 0xFFE8: "Meta"},
    **{0xFFE9: "Alt", 0xFFEA: "Alt", 0xFFEB: "Super", 0xFFEC: "Super", 0xFE03: "AltGr", 0xFF7E: "AltGr"},
}
"""Modifiers that count while they are down; locks do not."""
_REAL = (xinput.SlavePointer, xinput.SlaveKeyboard, xinput.FloatingSlave)


class _QueryDeviceState(rq.ReplyRequest):  # type: ignore[misc] # the X library is untyped
    """A request that the X library lacks."""

    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(30), rq.RequestLength(), rq.Card8("device"), rq.Pad(3))
    _reply = rq.Struct(
        *(rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength()),
        *(rq.Card8("classes"), rq.Pad(23), rq.List("state", rq.Card8Obj)),
    )


def held_by_user(display: Any) -> str:
    """The modifiers and mouse buttons that are down on real devices, as `Shift and a mouse button`, or empty.

    Takes less than a millisecond for each device.

    Raises:
        Exception: the display has gone away.
    """
    if not display.has_extension(xinput.extname):
        return ""
    held: list[str] = []
    for device in display.xinput_query_device(xinput.AllDevices).devices:
        if device.use in _REAL and "XTEST" not in str(device.name):
            held += _held_on(display, device.deviceid)
    return " and ".join(dict.fromkeys(held))


def _held_on(display: Any, device: int) -> Iterator[str]:
    opcode = display.display.get_extension_major(xinput.extname)
    reply = _QueryDeviceState(display=display.display, opcode=opcode, device=device)
    state = bytes(reply.state)
    for _ in range(reply.classes):
        kind, length = state[0], state[1]
        if kind == _KEYS:
            symbols = (display.keycode_to_keysym(code, 0) for code in _down(state))
            yield from (_NAMES[symbol] for symbol in symbols if symbol in _NAMES)
        elif kind == _BUTTONS and any(button <= 3 for button in _down(state)):
            yield "a mouse button"
        state = state[length:]


def _down(state: bytes) -> list[int]:
    """The numbers of what is down, of 256 bits behind a head of four bytes."""
    return [number for number in range(256) if state[4 + number // 8] >> number % 8 & 1]
