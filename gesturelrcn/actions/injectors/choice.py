"""Which injector presses the keys here, and why."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gesturelrcn.actions.injectors import uinput
from gesturelrcn.actions.injectors.injector import Injector
from gesturelrcn.actions.injectors.pynput import PynputInjector
from gesturelrcn.actions.injectors.uinput import UinputInjector
from gesturelrcn.actions.injectors.x11 import X11Injector
from gesturelrcn.errors import InjectionError

InjectorName = Literal["x11", "pynput", "uinput", "none"]


@dataclass(frozen=True)
class InjectorChoice:
    """What `choose_injector` found.

    Attributes:
        name: `x11`, `pynput` (Windows, macOS), `uinput` (Linux without X, Wayland), or `none`.
        reason: why this one, in one sentence for the user, without a full stop.
        remedy: what would help where it is none, or where it reaches only some programs; else empty.
    """

    name: InjectorName
    reason: str
    remedy: str = ""

    @property
    def usable(self) -> bool:
        """Keys can be sent, as far as one can tell without connecting."""
        return self.name != "none"

    def make(self) -> Injector:
        """Connect; this takes about 0.1 s.

        Raises:
            InjectionError: keys cannot be sent here; the message says what helps.
        """
        if self.name == "x11":
            return X11Injector()
        if self.name == "pynput":
            return PynputInjector()
        if self.name == "uinput":
            return UinputInjector()
        raise InjectionError(f"keys cannot be sent: {self.reason}; {self.remedy}")


def choose_injector(
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    uinput_permitted: bool | None = None,
) -> InjectorChoice:
    """Choose what presses keys on this computer. Looks only; nothing is opened or pressed.

    For a doctor: `choice = choose_injector()`, then show `choice.name`, `choice.reason` and, where it is not
    empty, `choice.remedy`; `choice.usable` is False where keys cannot be sent. Whether a display that is set
    can be reached is told by `choice.make()`, which raises InjectionError with one sentence.

    Args:
        environment: where DISPLAY, WAYLAND_DISPLAY and XDG_SESSION_TYPE are looked up.
        platform: as `sys.platform`.
        uinput_permitted: evdev is there and /dev/uinput may be written; default is to look.
    """
    if platform in ("win32", "darwin"):
        system = "Windows" if platform == "win32" else "macOS"
        remedy = "" if platform == "win32" else "macOS asks once to allow Accessibility for the terminal"
        return InjectorChoice("pynput", f"{system} takes keys from programs", remedy)
    if uinput_permitted is None:
        uinput_permitted = uinput.usable()
    display = environment.get("DISPLAY")
    wayland = environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland"
    if wayland and uinput_permitted:
        return InjectorChoice("uinput", f"this is a Wayland session and {uinput.DEVICE} is permitted")
    if wayland and display:
        return InjectorChoice(
            "x11",
            "this is a Wayland session without the right to send keys: only X programs (XWayland) get them",
            f"{uinput.remedy()}, or log in to an X11 session",
        )
    if wayland:
        return InjectorChoice(
            "none",
            "this is a Wayland session without the right to send keys",
            f"{uinput.remedy()}, or log in to an X11 session",
        )
    if display:
        return InjectorChoice("x11", f"X11 display {display}")
    if uinput_permitted:
        return InjectorChoice("uinput", f"no X11 display, and {uinput.DEVICE} is permitted")
    return InjectorChoice(
        "none",
        "there is no display (DISPLAY is not set)",
        "start it inside the desktop session that shall get the keys, or use --dry-run to only see them",
    )
