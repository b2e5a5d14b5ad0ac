"""What touches the outside: commands, the window in front, the real keyboard and mouse, files that change."""

import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from Xlib import XK, X, Xatom
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.protocol import rq

from gesturelrcn import InjectionError
from gesturelrcn.actions import (
    Bindings,
    Dispatcher,
    DryRunInjector,
    KeyName,
    PynputInjector,
    RecordingInjector,
    Run,
    Window,
    parse_chord,
)
from gesturelrcn.actions.background import MOST_AT_ONCE, Background
from gesturelrcn.actions.bindings.reload import BindingsWatch
from gesturelrcn.actions.desktop.active_window import active_window
from gesturelrcn.actions.desktop.real_input import RealInput, in_corner, start_watching, watch_real_input
from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from gesturelrcn.actions.injectors.choice import choose_injector
from gesturelrcn.actions.injectors.uinput import UinputInjector, strokes_of
from gesturelrcn.actions.keys import NAMED_KEYS
from tests.key_window import KeyWindow
from tests.xvfb import XServer


def wait_until(condition: Callable[[], object], timeout: float = 20.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it does not become true"
        time.sleep(0.005)


# Commands.


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


def test_a_command_runs_without_a_shell(background: Background, tmp_path: Path) -> None:
    assert background.run(Run(("touch", str(tmp_path / "a; touch b"))), 5.0)
    wait_until(lambda: background.busy == 0)
    assert [each.name for each in tmp_path.iterdir()] == ["a; touch b"]


def test_a_shell_line_runs_with_one(background: Background, tmp_path: Path) -> None:
    line = f"echo one > {shlex.quote(str(tmp_path / 'x'))} && echo two >> {shlex.quote(str(tmp_path / 'x'))}"
    background.run(Run((line,), shell=True), 5.0)
    wait_until(lambda: background.busy == 0)
    assert (tmp_path / "x").read_text() == "one\ntwo\n"


def test_a_command_that_hangs_is_killed_with_all_that_it_started(
    background: Background, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid_file = tmp_path / "pid"
    line = f"sleep 60 & echo $! > {shlex.quote(str(pid_file))}; wait"
    began = time.monotonic()
    background.run(Run((line,), shell=True), 0.3)
    assert time.monotonic() - began < 5  # it is not waited for
    wait_until(lambda: background.busy == 0)
    assert "has not come to its end after 0.3 s and is killed" in caplog.text
    child = int(pid_file.read_text())
    wait_until(lambda: not runs(child))


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_what_goes_wrong_with_commands_is_logged(
    background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    background.run(Run(("no-such-program",)), 1.0)
    background.run(Run((sys.executable, "-c", "raise SystemExit(3)")), 20.0)
    background.call("mine", lambda: 1 / 0)
    wait_until(lambda: background.busy == 0)
    assert "run no-such-program cannot be started: No such file or directory" in caplog.text
    assert "ended with status 3" in caplog.text
    assert "mine failed" in caplog.text


def test_commands_do_not_pile_up(background: Background, caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()
    started = [background.call("slow", go_on.wait) for _ in range(MOST_AT_ONCE + 2)]
    assert started == [True] * MOST_AT_ONCE + [False] * 2
    go_on.set()
    wait_until(lambda: background.busy == 0)
    assert "slow is not started: 8 are still going on" in caplog.text


def test_closing_kills_what_runs() -> None:
    background = Background()
    background.run(Run(("sleep", "60")), 60.0)
    wait_until(lambda: background._processes)
    background.close()
    wait_until(lambda: background.busy == 0)
    assert not background.call("late", lambda: None)


# The window in front.


@pytest.fixture
def display(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Display]:
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    connection = Display(x_server.display)
    yield connection
    connection.close()


def new_window(display: Display, width: int, height: int):
    screen = display.screen()
    window = screen.root.create_window(0, 0, width, height, 0, screen.root_depth)
    window.map()
    display.sync()
    return window


def test_the_window_with_the_focus_where_no_window_manager_runs(display: Display) -> None:
    front = active_window()
    assert isinstance(front, X11ActiveWindow)
    assert front() is None
    window = new_window(display, 300, 200)
    window.set_wm_name("plain")
    window.set_wm_class("prog", "Program")
    inner = window.create_window(0, 0, 10, 10, 0, display.screen().root_depth)
    inner.map()
    display.sync()
    inner.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    wait_until(lambda: front() is not None)
    assert front() == Window("plain", "Program")
    window.destroy()
    display.sync()
    assert front() is None
    front.close()
    front.close()


def test_the_window_that_the_window_manager_tells(display: Display) -> None:
    root = display.screen().root
    utf8 = display.intern_atom("UTF8_STRING")
    window = new_window(display, 300, 200)
    window.change_property(display.intern_atom("_NET_WM_NAME"), utf8, 8, "Präsentation".encode())
    root.change_property(display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window.id])
    display.sync()
    front = X11ActiveWindow()
    try:
        assert front() == Window("Präsentation")
        full = display.intern_atom("_NET_WM_STATE_FULLSCREEN")
        window.change_property(display.intern_atom("_NET_WM_STATE"), Xatom.ATOM, 32, [full])
        display.sync()
        assert front() == Window("Präsentation", full_screen=True)
        large = new_window(display, 1280, 720)
        root.change_property(display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [large.id])
        display.sync()
        assert front() == Window("", full_screen=True)
        assert str(front()) == "'without a name'"
    finally:
        root.delete_property(display.intern_atom("_NET_ACTIVE_WINDOW"))
        display.sync()
        front.close()


# python-xlib does not close its socket where it cannot connect.
no_display = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@no_display
def test_a_display_that_goes_away_shows_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        front = X11ActiveWindow()
    assert front() is None
    front.close()
    with pytest.raises(InjectionError, match="the display cannot be asked which window is in front"):
        X11ActiveWindow()


@pytest.mark.parametrize(
    ("wayland", "said"), [("wayland-0", "Wayland tells no program"), ("", "without DISPLAY")]
)
def test_nothing_tells_the_window_in_front(monkeypatch: pytest.MonkeyPatch, wayland: str, said: str) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    with pytest.raises(InjectionError, match=said):
        active_window()


# The real keyboard and mouse.


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

    def click(self) -> None:
        self._send(3, 1, self._mouse)
        self._send(4, 1, self._mouse)

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


class Heard:
    """A real input that notes what it is told."""

    def __init__(self, *hot_keys: str, corner="top-left") -> None:
        self.what: list[str] = []
        self.real = RealInput(
            typed=lambda: self.what.append("typed"),
            mouse_used=lambda: self.what.append("mouse"),
            cornered=lambda: self.what.append("corner"),
            hot_keys={parse_chord(key): (lambda key=key: self.what.append(key)) for key in hot_keys},
            corner=corner,
        )


def test_the_real_keyboard_is_told_from_our_own_keys(display: Display) -> None:
    heard = Heard("ctrl+F9", "F10")
    watcher = watch_real_input(heard.real)
    try:
        hardware = Hardware(display)
        injector = PynputInjector()
        for key in ("Right", "MouseLeft"):
            injector.press(KeyName(key))
            injector.release(KeyName(key))
        injector.scroll(1, -2)
        injector.move(0.5, 0.5)
        hardware.tap("a")
        wait_until(lambda: heard.what)
        assert heard.what == ["typed"]
        hardware.tap("F10")
        hardware.tap("F9")
        hardware.tap("Control_L", "F9")
        wait_until(lambda: len(heard.what) == 5)
        assert heard.what == ["typed", "F10", "typed", "typed", "ctrl+F9"]
        hardware.click()
        wait_until(lambda: "mouse" in heard.what)
        assert "corner" not in heard.what
    finally:
        watcher.close()
        watcher.close()


def test_the_mouse_in_the_corner(display: Display) -> None:
    heard = Heard()
    watcher = watch_real_input(heard.real)
    try:
        xtest.fake_input(display, X.MotionNotify, x=0, y=0)
        display.sync()
        Hardware(display).click()
        wait_until(lambda: "corner" in heard.what)
    finally:
        watcher.close()
        xtest.fake_input(display, X.MotionNotify, x=200, y=200)
        display.sync()


@pytest.mark.parametrize(
    ("corner", "place"),
    [("top-left", (1, 0)), ("top-right", (99, 0)), ("bottom-left", (0, 49)), ("bottom-right", (98, 49))],
)
def test_corners(corner, place: tuple[int, int]) -> None:
    assert in_corner(place, (100, 50), corner)
    assert not in_corner((50, 25), (100, 50), corner)
    assert not in_corner(place, (100, 50), "none")
    others = {"top-left", "top-right", "bottom-left", "bottom-right"} - {corner}
    assert not any(in_corner(place, (100, 50), other) for other in others)


def test_a_mouse_that_moves_fast_is_told_now_and_then() -> None:
    heard = Heard(corner="none")
    for _ in range(100):
        heard.real.mouse((0, 0), (100, 100))
    assert heard.what == ["mouse"]
    heard.real.key(None, down=True)
    heard.real.key(None, down=False)
    assert heard.what == ["mouse", "typed"]


@no_display
def test_without_a_display_nobody_tells(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert start_watching(Heard().real) is None
    assert "nobody tells when the real keyboard and mouse are used" in caplog.text
    monkeypatch.setenv("DISPLAY", ":32123")
    with pytest.raises(InjectionError, match="they pause no gesture"):
        watch_real_input(Heard().real)


def test_a_display_that_goes_away_ends_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        watcher = watch_real_input(Heard().real)
    watcher.close()


# Injectors.


@pytest.mark.parametrize(
    ("environment", "platform", "permitted", "name", "said"),
    [
        ({"DISPLAY": ":1"}, "linux", False, "pynput", "X11 display :1"),
        ({"DISPLAY": ":1"}, "linux", True, "pynput", "X11 display :1"),
        ({}, "linux", True, "uinput", "no X11 display, and /dev/uinput is permitted"),
        ({}, "linux", False, "none", "there is no display (DISPLAY is not set)"),
        (
            {"WAYLAND_DISPLAY": "w"},
            "linux",
            True,
            "uinput",
            "this is a Wayland session and /dev/uinput is permitted",
        ),
        (
            {"WAYLAND_DISPLAY": "w"},
            "linux",
            False,
            "none",
            "this is a Wayland session without the right to send keys",
        ),
        (
            {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"},
            "linux",
            False,
            "pynput",
            "this is a Wayland session without the right to send keys: only X programs (XWayland) get them",
        ),
        ({}, "win32", False, "pynput", "Windows takes keys from programs"),
        ({}, "darwin", False, "pynput", "macOS takes keys from programs"),
    ],
)
def test_the_injector_fits_the_system(environment, platform, permitted, name: str, said: str) -> None:
    choice = choose_injector(environment, platform, permitted)
    assert (choice.name, choice.reason) == (name, said)
    assert choice.usable == (name != "none")
    assert ("Wayland" in said and name != "uinput") <= bool(choice.remedy)
    if name == "none":
        with pytest.raises(InjectionError, match=r"keys cannot be sent: .*"):
            choice.make()


def test_the_choice_is_made_for_this_machine(display: Display) -> None:
    assert isinstance(choose_injector().make(), PynputInjector)


@pytest.mark.skipif(os.access("/dev/uinput", os.W_OK), reason="would make a device")
def test_uinput_without_its_device_is_one_sentence() -> None:
    with pytest.raises(
        InjectionError, match=r"keys cannot be sent through /dev/uinput: .* allow it"
    ) as error:
        choose_injector({}, "linux", True).make()
    assert "\n" not in str(error.value)


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


def test_a_dry_run_tells_scrolls_and_moves() -> None:
    lines: list[str] = []
    dry = DryRunInjector(lines.append)
    dry.scroll(0, -3)
    dry.move(0.5, 0.25)
    dry.close()
    RecordingInjector().close()
    assert lines == ["scroll 0 -3", "move 0.500 0.250"]


def test_the_mouse_does_what_it_is_told(display: Display, x_server: XServer) -> None:
    window = KeyWindow(x_server.display)
    injector = PynputInjector()
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


# Files that change.

GOOD = '[[bind]]\ngesture = "wave"\ndo = "key a"\n'


def test_a_file_that_is_saved_is_taken_and_a_bad_edit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    used: list[Bindings] = []
    told: list[str] = []
    with BindingsWatch(path, ["wave"], used.append, told.append) as watch:
        path.write_text(GOOD.replace("key a", "key b"))
        wait_until(lambda: len(used) == 1)
        assert str(used[0].all[0].action) == "key b"
        path.write_text(GOOD.replace("wave", "wvae"))
        wait_until(lambda: told)
        assert told == [
            f"{path}:2:11: unknown gesture 'wvae': did you mean 'wave'? (the bindings before stay in force)"
        ]
        path.unlink()
        time.sleep(0.2)
        assert len(told) == 1  # an editor may take the file away for a moment
        other = tmp_path / "new.toml"
        other.write_text(GOOD.replace("key a", "key c"))
        other.rename(path)
        wait_until(lambda: len(used) == 2)
        watch.close()
    assert len(used) == 2


def test_hot_reload_puts_the_new_bindings_in_force(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    dispatcher = Dispatcher(Bindings(), RecordingInjector(), ticking=False)
    with BindingsWatch(path, ["wave"], dispatcher.use, print):
        path.write_text(GOOD + "# changed\n")
        wait_until(lambda: len(dispatcher.bindings) == 1)
