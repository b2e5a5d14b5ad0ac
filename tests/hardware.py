"""Real keys and a real mouse, as a virtual X server believes: the user's, not a program's."""

from Xlib import XK
from Xlib.display import Display
from Xlib.protocol import rq


class FakeDevice(rq.Request):
    """An event of the XTEST extension that seems to come from a real device."""

    _request = rq.Struct(
        *(rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength(), rq.Card8("event_type"), rq.Card8("detail")),
        *(
            rq.Pad(2),
            rq.Card32("time"),
            rq.Card32("root"),
            rq.Pad(8),
            rq.Int16("x"),
            rq.Int16("y"),
            rq.Pad(7),
        ),
        rq.Card8("device"),
    )


class Hardware:
    """The keyboard and mouse that the virtual X server believes to have."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._first = display.query_extension("XInputExtension").first_event
        devices = display.xinput_query_device(0).devices
        self._keyboard, self._mouse = (
            next(each.deviceid for each in devices if each.name == f"Xvfb {name}")
            for name in ("keyboard", "mouse")
        )

    def key(self, name: str, down: bool) -> None:
        code = self._display.keysym_to_keycode(XK.string_to_keysym(name))
        self._send(1 if down else 2, code, self._keyboard)

    def tap(self, *names: str) -> None:
        for name in names:
            self.key(name, down=True)
        for name in reversed(names):
            self.key(name, down=False)

    def button(self, number: int, down: bool) -> None:
        self._send(3 if down else 4, number, self._mouse)

    def click(self) -> None:
        self.button(1, down=True)
        self.button(1, down=False)

    def _send(self, kind: int, detail: int, device: int) -> None:
        FakeDevice(
            display=self._display.display,
            opcode=self._display.query_extension("XTEST").major_opcode,
            event_type=self._first + kind,
            detail=detail,
            time=0,
            root=0,
            x=0,
            y=0,
            device=device,
        )
        self._display.sync()
