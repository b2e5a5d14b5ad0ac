"""Nothing fires while the user holds a modifier or a mouse button, however long; nothing of it is lifted."""

from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.display import Display

from gesturelrcn.actions import Binding, Bindings, Dispatcher, Fact, Hold, Key, Wait, X11Injector
from gesturelrcn.actions.ticker import TICK
from tests.actions.conftest import event
from tests.hardware import Hardware
from tests.key_window import KeyWindow
from tests.xvfb import XServer

MODIFIERS = {"Shift_L": "Shift", "Control_R": "Ctrl", "Alt_L": "Alt", "Super_L": "Super"}


@pytest.fixture
def window(x_server: XServer, display: Display) -> Iterator[KeyWindow]:
    window = KeyWindow(x_server.display)
    yield window
    window.close()


@pytest.fixture
def hardware(display: Display) -> Iterator[Hardware]:
    hardware = Hardware(display)
    yield hardware
    for name in MODIFIERS:  # the others get this keyboard too
        hardware.key(name, down=False)
    hardware.button(1, down=False)


@pytest.fixture
def dispatcher(window: KeyWindow) -> Iterator[Dispatcher]:
    """Nobody watches the real keyboard: what is held may have gone down before the program began."""
    bindings = Bindings(
        (
            Binding("point_right", Key("Right")),
            Binding("shrug", Hold("ctrl")),
        )
    )
    with Dispatcher(bindings, X11Injector(), ticking=False) as dispatcher:
        yield dispatcher


@pytest.mark.parametrize("name", MODIFIERS)
def test_nothing_fires_while_a_real_modifier_is_down(
    dispatcher: Dispatcher, window: KeyWindow, hardware: Hardware, name: str
) -> None:
    told = []
    dispatcher.add_listener(told.append)
    hardware.key(name, down=True)
    window.received()
    held = window.keys_down()
    for number in range(1, 4):
        dispatcher.handle(event("point_right", at=10.0 * number, number=number))
        dispatcher.handle(event("point_right", "end", at=10.0 * number + 1, number=number))
    assert window.received() == []
    assert window.keys_down() == held
    decisions = [each.inhibitor for each in told if hasattr(each, "inhibitor")]
    assert decisions == [f"somebody holds {MODIFIERS[name]}"] * 3
    hardware.key(name, down=False)
    dispatcher.handle(event("point_right", at=50.0, number=9))
    assert ("press", "Right") in window.received()
    assert [each.detail["what"] for each in told if isinstance(each, Fact)] == [MODIFIERS[name], ""]


def test_nothing_fires_while_a_real_button_is_down(
    dispatcher: Dispatcher, window: KeyWindow, hardware: Hardware
) -> None:
    hardware.button(1, down=True)
    dispatcher.handle(event("point_right"))
    assert window.received() == []
    assert window.root.query_pointer().mask & X.Button1Mask


def test_what_waits_is_left_out_when_its_time_comes_while_something_is_held(
    window: KeyWindow, hardware: Hardware
) -> None:
    now = [0.0]
    bindings = Bindings((Binding("stop", Wait(1.0) + Key("Left")),))
    with Dispatcher(bindings, X11Injector(), ticking=False, clock=lambda: now[0]) as dispatcher:
        for number, held in enumerate((False, True)):
            dispatcher.handle(event("stop", at=now[0], number=number))
            hardware.key("Shift_L", down=held)
            window.received()
            now[0] += 2.0
            dispatcher.handle(event("stop", "end", at=now[0], number=number))
            dispatcher.tick()
            assert [stroke for stroke in window.received() if stroke[1] == "Left"] == (
                [] if held else [("press", "Left"), ("release", "Left")]
            )


@pytest.mark.parametrize("holds", [0, 7])
def test_the_server_has_a_held_key_up_a_quarter_of_a_second_after_the_last_sign(
    window: KeyWindow, holds: int
) -> None:
    """On the dispatcher's clock, so that a busy machine changes nothing; the key is the server's."""
    now = [5.0]
    bindings = Bindings((Binding("shrug", Hold("ctrl")),))
    with Dispatcher(bindings, X11Injector(), ticking=False, clock=lambda: now[0]) as dispatcher:
        dispatcher.handle(event("shrug", at=now[0]))
        for _ in range(holds):
            now[0] += 0.1
            dispatcher.handle(event("shrug", "hold", at=now[0]))
        last_sign = now[0]
        assert len(window.keys_down()) == 1
        while window.keys_down():
            now[0] += TICK
            dispatcher.tick()
            assert now[0] - last_sign <= 0.25
        assert now[0] - last_sign > 0.15
    strokes = window.received()
    assert [verb for verb, _ in strokes] == ["press", "release"]


def test_what_we_hold_ourselves_is_not_the_users(dispatcher: Dispatcher, window: KeyWindow) -> None:
    dispatcher.handle(event("shrug", number=1))
    dispatcher.handle(event("point_right", number=2))
    assert ("press", "Right") in window.received()
