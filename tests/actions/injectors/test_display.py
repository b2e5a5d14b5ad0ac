"""Real keys through a real X server: our own injector, and pynput's, which promises the same."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from Xlib.display import Display

from gesturelrcn import InjectionError
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Dispatcher,
    Injector,
    Key,
    KeyName,
    PynputInjector,
    X11Injector,
    parse_chord,
)
from gesturelrcn.actions.keys import NAMED_KEYS
from tests.actions.conftest import event
from tests.key_window import KeyWindow
from tests.xvfb import XServer


@pytest.fixture
def window(x_server: XServer) -> Iterator[KeyWindow]:
    window = KeyWindow(x_server.display)
    yield window
    window.close()


@pytest.fixture(params=[X11Injector, PynputInjector])
def kind(request: pytest.FixtureRequest) -> type:
    return request.param


@pytest.fixture
def injector(kind: type, x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Injector]:
    monkeypatch.setenv("DISPLAY", x_server.display)
    made = kind()
    yield made
    made.close()  # what it borrowed of the keyboard would go back in the midst of another test


def keys(text: str) -> tuple:
    return parse_chord(text).keys


def test_a_key_reaches_the_window_with_the_focus(window: KeyWindow, injector: Injector) -> None:
    (right,) = keys("Right")
    injector.press(right)
    assert window.received() == [("press", "Right")]
    assert len(window.keys_down()) == 1
    injector.release(right)
    assert window.received() == [("release", "Right")]
    assert window.keys_down() == []


def test_a_bound_chord_is_tapped_and_nothing_stays_down(window: KeyWindow, injector: Injector) -> None:
    save = Binding("thumbs_up", Key("ctrl+shift+s"))
    with Dispatcher(Bindings((save,)), injector) as dispatcher:
        dispatcher.handle(event("thumbs_up"))
    strokes = window.received()
    assert [verb for verb, _ in strokes] == ["press"] * 3 + ["release"] * 3
    assert [name for _, name in strokes] == ["Control_L", "Shift_L", "S", "S", "Shift_L", "Control_L"]
    assert window.keys_down() == []


@pytest.mark.parametrize("character", sorted(set(map(chr, range(33, 127))) - set(map(chr, range(65, 91)))))
def test_every_character_of_the_layout_is_a_real_key(
    window: KeyWindow, injector: Injector, character: str
) -> None:
    (key,) = keys(character)
    injector.press(key)
    assert window.keys_down()
    injector.release(key)
    *_, typed = [name for verb, name in window.received() if verb == "press"]
    assert typed == character
    assert window.keys_down() == []


def test_a_character_outside_the_layout_arrives_too(window: KeyWindow, injector: Injector) -> None:
    (key,) = keys("ä")
    injector.press(key)
    injector.release(key)
    assert window.received() == [("press", "ä"), ("release", "ä")]
    assert window.keys_down() == []


@pytest.mark.parametrize("name", NAMED_KEYS)
def test_every_named_key_is_tapped_or_refused(window: KeyWindow, injector: Injector, name) -> None:
    if name in [f"F{number}" for number in range(13, 21)]:  # the only ones that ordinary keyboards lack
        with pytest.raises(
            InjectionError, match=f"the keyboard of this system has no key {name}: bind another"
        ):
            injector.press(name)
    else:
        injector.press(name)
        assert len(window.keys_down()) == 1
        injector.release(name)
        assert [verb for verb, _ in window.received()] == ["press", "release"]
    assert window.keys_down() == []


def test_a_key_that_was_not_pressed_is_not_released(window: KeyWindow, injector: Injector) -> None:
    injector.release(keys("Right")[0])
    assert window.received() == []


def run_python(code: str, kind: type, display: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    if display is not None:
        environment["DISPLAY"] = display
    return subprocess.run(
        [sys.executable, "-c", code.replace("KIND", kind.__name__)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


INTERRUPTED = """
import signal
from Xlib.display import Display
from gesturelrcn.actions import Binding, Bindings, Dispatcher, Key, KIND
from gesturelrcn.actions.watchdog import Watchdog
from tests.actions.conftest import event

watchdog = Watchdog()
watchdog.wait_until_ready()
bindings = Bindings((Binding("thumbs_up", Key("ctrl+shift+s")),))
display = Display()
injector = KIND()
signal.signal(signal.SIGALRM, signal.default_int_handler)
interrupted, stuck = 0, []
for n in range(1, 301):
    try:
        with Dispatcher(bindings, injector, watchdog=watchdog) as dispatcher:
            signal.setitimer(signal.ITIMER_REAL, 1e-5 * n)
            dispatcher.handle(event("thumbs_up"))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        interrupted += 1
    stuck += [code for code, byte in enumerate(display.query_keymap()) if byte]
print(interrupted > 20, stuck)
watchdog.close()
"""


def test_an_interrupt_in_the_middle_of_a_stroke_leaves_no_key_down(kind: type, x_server: XServer) -> None:
    """Ctrl-C can come anywhere, inside the X library as well; here it comes at 300 different moments."""
    assert run_python(INTERRUPTED, kind, x_server.display).stdout == "True []\n"


REPORT = """
from gesturelrcn import InjectionError
from gesturelrcn.actions import KIND, parse_chord
try:
    injector = KIND()
    injector.press(parse_chord("Right").keys[0])
except InjectionError as error:
    print(error)
"""


def test_no_display_is_one_sentence(kind: type) -> None:
    done = run_python(REPORT, kind, display=None)
    assert done.stdout.startswith(
        "keys cannot be sent: there is no display (DISPLAY is not set); start it inside"
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("display", [":32123", "nonsense"])
def test_a_display_that_cannot_be_reached_is_one_sentence(kind: type, display: str) -> None:
    done = run_python(REPORT, kind, display)
    assert done.stdout.startswith(
        f"keys cannot be sent: the display '{display}' cannot be reached; start it inside"
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_after_a_failure_another_display_can_be_used(kind: type, x_server: XServer) -> None:
    elsewhere = f"import os\nos.environ['DISPLAY'] = '{x_server.display}'\n"
    done = run_python(f"{REPORT}{elsewhere}{REPORT}injector.release('Right')\nprint('sent')", kind, ":32123")
    assert done.stdout.splitlines()[1:] == ["sent"]


def test_an_empty_xauthority_writes_nothing_to_stdout(
    kind: type, x_server: XServer, tmp_path, monkeypatch
) -> None:
    """The X library prints a warning there, in the middle of a program's own lines."""
    empty = tmp_path / "Xauthority"
    empty.touch()
    monkeypatch.setenv("XAUTHORITY", str(empty))
    done = run_python(REPORT + "\ninjector.release('Right')", kind, x_server.display)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_display_that_goes_away_is_one_sentence_and_no_noise(kind: type) -> None:
    with XServer() as server:
        code = (
            "import sys\nfrom gesturelrcn.actions import KIND\ninjector = KIND()\n"
            f"injector.press('Right')\nprint('ready', flush=True)\nsys.stdin.read()\n{REPORT}"
            "try:\n    injector.release('Right')\nexcept InjectionError as error:\n    print(error)\n"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", code.replace("KIND", kind.__name__)],
            env={**os.environ, "DISPLAY": server.display},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            server.stop()
            out, err = child.communicate(timeout=60)
    unreachable = f"the display '{server.display}' cannot be reached; start it inside"
    assert [line.partition("inside")[0] + "inside" for line in out.splitlines()] == [
        f"keys cannot be sent: {unreachable}",
        f"cannot release Right: {unreachable}",
    ]
    assert err == ""


def test_the_mouse_does_what_it_is_told(kind: type, display: Display, x_server: XServer) -> None:
    window = KeyWindow(x_server.display)
    injector = kind()
    injector.move(1.0, 1.0)
    pointer = window.root.query_pointer()
    assert (pointer.root_x, pointer.root_y) == (1279, 719)
    for key, mask in (("MouseLeft", 1 << 8), ("MouseRight", 1 << 10)):
        injector.press(KeyName(key))
        assert window.root.query_pointer().mask & mask
        injector.release(KeyName(key))
        assert not window.root.query_pointer().mask & mask
    injector.scroll(2, -1)
    injector.close()
    window.close()


def test_without_pynput_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, x_server: XServer
) -> None:
    monkeypatch.setenv("DISPLAY", x_server.display)
    for module in ("pynput", "pynput.keyboard"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        InjectionError, match=r"through pynput, which is not installed: pip install pynput, or take"
    ):
        PynputInjector()
