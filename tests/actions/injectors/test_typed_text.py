"""Texts arrive as they are written: on any layout, under Caps Lock, and with characters that no key has."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from Xlib.display import Display

from gesturelrcn.actions import Binding, Bindings, Dispatcher, KeyName, Text, X11Injector
from gesturelrcn.errors import InjectionError
from tests.actions.conftest import event
from tests.text_window import TextWindow
from tests.waiting import wait_until
from tests.xvfb import XServer

TEXT = "aB @{[~\\#1: café Œ 5€ ÉÑÅ ßẞ Яя 🙂"


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    """One of its own: the keyboard of the others stays as it is."""
    with XServer() as server:
        yield server


@pytest.fixture
def window(server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextWindow]:
    monkeypatch.setenv("DISPLAY", server.display)
    window = TextWindow(server.display)
    yield window
    window.lock_caps(False)
    window.choose_layout(0)
    window.close()


def load_layout(server: XServer, *layout: str) -> None:
    if shutil.which("setxkbmap") is None:
        pytest.skip("setxkbmap is not installed: Debian package x11-xkb-utils")
    subprocess.run(["setxkbmap", "-display", server.display, *layout], check=True, timeout=60)


def keymap(server: XServer) -> list[tuple[int, ...]]:
    display = Display(server.display)
    first, last = display.display.info.min_keycode, display.display.info.max_keycode
    symbols = [tuple(of_code) for of_code in display.get_keyboard_mapping(first, last - first + 1)]
    display.close()
    return symbols


def type_it(text: str, window: TextWindow) -> str:
    injector = X11Injector()
    with Dispatcher(Bindings((Binding("stop", Text(text)),)), injector, ticking=False) as dispatcher:
        dispatcher.handle(event("stop"))
    typed = window.typed()
    injector.close()
    return typed


@pytest.mark.parametrize("caps", [False, True])
@pytest.mark.parametrize("layout", ["us", "de", "fr", "us -variant intl", "ru"])
def test_a_text_arrives_as_it_is_written(
    server: XServer, window: TextWindow, layout: str, caps: bool
) -> None:
    load_layout(server, *layout.split())
    before = keymap(server)
    window.lock_caps(caps)
    assert type_it(TEXT, window) == TEXT
    assert keymap(server) == before


def test_another_one_of_several_layouts_is_noticed(server: XServer, window: TextWindow) -> None:
    load_layout(server, "us,fr")
    injector = X11Injector()
    with Dispatcher(Bindings((Binding("stop", Text("wzaq@1:É")),)), injector, ticking=False) as dispatcher:
        for turn, number in enumerate((0, 1, 0), 1):
            window.choose_layout(number)
            dispatcher.handle(event("stop", at=10.0 * turn, number=turn))
            dispatcher.handle(event("stop", "end", at=10.0 * turn + 1, number=turn))
            assert window.typed() == "wzaq@1:É"
    injector.close()


def test_as_many_characters_as_the_keyboard_has_room_for(server: XServer, window: TextWindow) -> None:
    """Nothing was read meanwhile: each has a key code of its own."""
    load_layout(server, "us")
    greek = "".join(map(chr, range(0x3B1, 0x3C2)))
    free = len([symbols for symbols in keymap(server) if not any(symbols)])
    assert free > 3
    assert type_it(greek[: free - 1], window) == greek[: free - 1]


TYPING = """
import sys
from gesturelrcn.actions import Binding, Bindings, Dispatcher, Text, X11Injector
from gesturelrcn.actions.watchdog import Watchdog
from tests.actions.conftest import event

bindings, watchdog = Bindings((Binding("stop", Text("Яя🙂")),)), Watchdog()
with Dispatcher(bindings, X11Injector(), watchdog=watchdog, ticking=False) as dispatcher:
    dispatcher.handle(event("stop"))
    print(watchdog.process_id, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("watched", [True, False])
def test_after_kill_9_the_keyboard_is_as_it_was(server: XServer, window: TextWindow, watched: bool) -> None:
    """The watchdog gives back what was borrowed; where that was killed too, the next who types does."""
    load_layout(server, "us")
    before = keymap(server)
    with subprocess.Popen(
        [sys.executable, "-c", TYPING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"DISPLAY": server.display},
    ) as process:
        assert process.stdout is not None
        watchdog = int(process.stdout.readline())
        assert window.typed() == "Яя🙂"
        assert keymap(server) != before
        if not watched:
            os.kill(watchdog, signal.SIGKILL)
        process.kill()
    if not watched:
        assert keymap(server) != before
        X11Injector().close()
    wait_until(lambda: keymap(server) == before)


def test_what_the_user_has_loaded_meanwhile_stays(server: XServer, window: TextWindow) -> None:
    load_layout(server, "us")
    injector = X11Injector()
    with Dispatcher(Bindings((Binding("stop", Text("Яя🙂")),)), injector, ticking=False) as dispatcher:
        dispatcher.handle(event("stop"))
    assert window.typed() == "Яя🙂"
    load_layout(server, "ru")
    loaded = keymap(server)
    injector.close()
    assert keymap(server) == loaded


@pytest.mark.parametrize("number", [2, 3])
def test_a_third_layout_is_refused_in_one_sentence(server: XServer, window: TextWindow, number: int) -> None:
    load_layout(server, "us,fr,de,ru")
    window.choose_layout(number)
    injector = X11Injector()
    with pytest.raises(InjectionError, match="only the first two keyboard layouts"):
        injector.press(KeyName("z"))
    assert window.typed() == ""
    window.choose_layout(1)
    injector.press(KeyName("z"))
    injector.release(KeyName("z"))
    assert window.typed() == "z"
    injector.close()
