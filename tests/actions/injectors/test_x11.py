"""What our own injector does on keyboards of all kinds."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from Xlib.display import Display

from gesturelrcn import InjectionError
from gesturelrcn.actions import KeyName, X11Injector
from gesturelrcn.actions.injectors import x11
from gesturelrcn.actions.keys import NAMED_KEYS
from gesturelrcn.actions.x11_keysyms import keysyms_of
from tests.key_window import KeyWindow
from tests.xvfb import XServer

LEVEL_3 = "0xfe03"
"""AltGr: its symbol, ISO_Level3_Shift, has no name in the X library."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    """One of its own: the keyboard of the others stays as it is."""
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        yield server


@pytest.fixture
def window(server: XServer) -> Iterator[KeyWindow]:
    window = KeyWindow(server.display)
    yield window
    window.close()


def switch_layout(server: XServer, layout: str) -> None:
    if shutil.which("setxkbmap") is None:
        pytest.skip("setxkbmap is not installed: Debian package x11-xkb-utils")
    subprocess.run(["setxkbmap", "-display", server.display, layout], check=True, timeout=60)


def tap(injector: X11Injector, key: str) -> None:
    injector.press(KeyName(key))
    injector.release(KeyName(key))


def test_a_character_behind_altgr_goes_down_with_it(server: XServer, window: KeyWindow) -> None:
    switch_layout(server, "de")
    tap(X11Injector(), "@")
    assert [name for _, name in window.received()] == [LEVEL_3, "q", "q", LEVEL_3]
    assert window.keys_down() == []


def test_a_layout_that_changes_is_noticed(server: XServer, window: KeyWindow) -> None:
    injector = X11Injector()
    tap(injector, "y")
    assert [name for _, name in window.received()] == ["y"] * 2
    switch_layout(server, "de")
    tap(injector, "y")
    assert [name for _, name in window.received()] == ["y"] * 2
    assert window.keys_down() == []


def test_what_went_down_comes_up_after_the_layout_has_changed(server: XServer, window: KeyWindow) -> None:
    injector = X11Injector()
    injector.press(KeyName("y"))
    switch_layout(server, "de")
    injector.release(KeyName("y"))
    assert window.keys_down() == []


def test_any_number_of_characters_that_the_keyboard_lacks(server: XServer, window: KeyWindow) -> None:
    """More than it has free key codes: those that are up again are used anew, the one that is held is not."""
    injector = X11Injector()
    injector.press(KeyName("я"))
    for character in map(chr, range(0x3B1, 0x3C9)):
        tap(injector, character)
        assert (window.received()[-1], len(window.keys_down())) == (
            ("release", hex(0x01000000 + ord(character))),
            1,
        )
    injector.release(KeyName("я"))
    assert window.received() == [("release", hex(0x01000000 + ord("я")))]


def test_a_capital_that_the_keyboard_lacks_is_typed_with_shift(server: XServer, window: KeyWindow) -> None:
    injector = X11Injector()
    for key in ("Shift", "ö"):
        injector.press(KeyName(key))
    assert window.received() == [("press", "Shift_L"), ("press", "Ö")]


def test_where_every_key_code_is_taken_a_character_is_refused(server: XServer) -> None:
    display = Display(server.display)
    first, last = display.display.info.min_keycode, display.display.info.max_keycode
    for code, symbols in enumerate(display.get_keyboard_mapping(first, last - first + 1), first):
        if not any(symbols):
            display.change_keyboard_mapping(code, [[ord("x")] * 2])
    display.sync()
    injector = X11Injector()
    with pytest.raises(InjectionError, match="the keyboard of this system has no key ä: bind another one"):
        injector.press(KeyName("ä"))
    injector.press(KeyName("b"))
    display.close()


def test_what_the_display_refuses_is_one_sentence(
    server: XServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    injector = X11Injector()
    no_window = 1
    monkeypatch.setattr(
        x11, "_send", lambda display, *_, **__: display.create_resource_object("window", no_window).map()
    )
    with pytest.raises(
        InjectionError, match=f"cannot press Right: the display '{server.display}' refuses it"
    ):
        injector.press(KeyName("Right"))
    assert capsys.readouterr() == ("", "")


def test_every_named_key_has_a_symbol_of_its_own() -> None:
    symbols = [symbol for name in NAMED_KEYS for symbol in keysyms_of(name)]
    assert 0 not in symbols
    assert len(set(symbols)) == len(symbols)
