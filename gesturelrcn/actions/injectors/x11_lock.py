"""Caps Lock on X11, through the extension XKEYBOARD, which the X library lacks.

https://www.x.org/releases/current/doc/kbproto/xkbproto.html
"""

from typing import Any

_LOCK = 1 << 1
_CORE_KEYBOARD = 0x100


def lock_caps(display: Any, *, on: bool) -> None:
    """Caps Lock on or off, from the next event on. Does nothing where the server is without the extension."""
    from Xlib.protocol import rq

    class UseExtension(rq.ReplyRequest):  # type: ignore[misc] # the X library is untyped
        _request = rq.Struct(
            *(rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength()),
            *(rq.Card16("major"), rq.Card16("minor")),
        )
        _reply = rq.Struct(
            *(rq.ReplyCode(), rq.Bool("supported"), rq.Card16("sequence_number"), rq.ReplyLength()),
            *(rq.Card16("major"), rq.Card16("minor"), rq.Pad(20)),
        )

    class LatchLockState(rq.Request):  # type: ignore[misc] # the X library is untyped
        _request = rq.Struct(
            *(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card16("device")),
            *(rq.Card8("affect_locks"), rq.Card8("locks"), rq.Pad(8)),
        )

    extension = display.query_extension("XKEYBOARD")
    if extension is None or not extension.present:
        return
    opcode = extension.major_opcode
    if UseExtension(display=display.display, opcode=opcode, major=1, minor=0).supported:
        LatchLockState(
            display=display.display,
            opcode=opcode,
            device=_CORE_KEYBOARD,
            affect_locks=_LOCK,
            locks=_LOCK if on else 0,
        )
