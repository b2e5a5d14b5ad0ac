"""Keys through the Linux kernel."""

import os
import sys

import pytest

from gesturelrcn import InjectionError
from gesturelrcn.actions import KeyName
from gesturelrcn.actions.injectors.choice import choose_injector
from gesturelrcn.actions.injectors.uinput import UinputInjector, strokes_of
from gesturelrcn.actions.keys import NAMED_KEYS


@pytest.mark.skipif(os.access("/dev/uinput", os.W_OK), reason="would make a device")
def test_uinput_without_its_device_is_one_sentence() -> None:
    with pytest.raises(
        InjectionError, match=r"keys cannot be sent through /dev/uinput: .* allow it"
    ) as error:
        choose_injector({}, "linux", True).make()
    assert "\n" not in str(error.value)


def test_without_evdev_one_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evdev", None)
    with pytest.raises(InjectionError, match=r"^keys cannot be .* pip install 'gesturelrcn\[wayland\]'$"):
        UinputInjector()
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    choice = choose_injector({"WAYLAND_DISPLAY": "w"}, "linux")
    assert choice.name == "none"
    assert choice.remedy.startswith("pip install 'gesturelrcn[wayland]', or log in")


def test_uinput_has_every_key_of_a_us_keyboard() -> None:
    from evdev import ecodes

    for key in [*NAMED_KEYS, *map(chr, range(33, 127)), "MouseLeft", "MouseMiddle", "MouseRight"]:
        name = KeyName(key.lower() if len(key) == 1 else key)
        assert all(stroke in ecodes.ecodes for stroke in strokes_of(name)), key
    assert strokes_of(KeyName("?")) == ("KEY_LEFTSHIFT", "KEY_SLASH")
    with pytest.raises(InjectionError, match="a keyboard of the US layout, which uinput sends, has no key ä"):
        strokes_of(KeyName("ä"))


class Device:
    """What a UinputInjector writes to where the kernel has no such device."""

    def __init__(self, *arguments, **options) -> None:
        self.written: list[tuple[int, int, int]] = []
        self.open = True

    def write(self, kind: int, code: int, value: int) -> None:
        if not self.open:
            raise OSError("no such device")
        self.written.append((kind, code, value))

    def syn(self) -> None:
        pass

    def close(self) -> None:
        self.open = False


def test_what_uinput_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    import evdev
    from evdev import ecodes as e

    device = Device()
    monkeypatch.setattr(evdev, "UInput", lambda *arguments, **options: device)
    injector = UinputInjector()
    injector.press(KeyName("!"))
    injector.release(KeyName("!"))
    injector.scroll(1, -2)
    injector.move(0.0, 1.0)
    assert device.written == [
        *((e.EV_KEY, e.KEY_LEFTSHIFT, 1), (e.EV_KEY, e.KEY_1, 1)),
        *((e.EV_KEY, e.KEY_1, 0), (e.EV_KEY, e.KEY_LEFTSHIFT, 0)),
        *((e.EV_REL, e.REL_HWHEEL, 1), (e.EV_REL, e.REL_WHEEL, -2)),
        *((e.EV_ABS, e.ABS_X, 0), (e.EV_ABS, e.ABS_Y, 65535)),
    ]
    device.close()
    with pytest.raises(InjectionError, match="cannot press a through /dev/uinput: no such device"):
        injector.press(KeyName("a"))
    injector.close()
    injector.close()
