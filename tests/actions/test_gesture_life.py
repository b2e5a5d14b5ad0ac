"""Random sequences of events, faults, clocks, reloads and touches against a model of what may be down.

`GESTURELRCN_FUZZ=10000 python -m pytest tests/actions/test_gesture_life.py` tries so many sequences.
"""

import contextlib
import os
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesturelrcn import InjectionError, Phase
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Click,
    Control,
    Dispatcher,
    Hold,
    Key,
    KeyName,
    Options,
    Profile,
    Rules,
    Scroll,
    Text,
    Wait,
    Window,
)
from gesturelrcn.actions.gesture_life import EVIDENCE_LASTS, GestureLife, GestureLives
from tests.actions.conftest import event
from tests.actions.faulty_keyboard import FaultyKeyboard

SEQUENCES = int(os.environ.get("GESTURELRCN_FUZZ", "300"))

HELD = {"palms_down": {"Ctrl"}, "stop": {"MouseLeft"}, "circle": {"Ctrl", "Shift"}}
"""What a gesture may keep down, by the bindings below."""

_FREE = Rules(cooldown=0.0)
BINDINGS = Bindings(
    (
        Binding("point_right", Key("Right")),
        Binding("point_left", Key("ctrl+shift+b"), on=Phase.END, rules=_FREE),
        Binding("palms_down", Hold("ctrl"), rules=_FREE),
        Binding("stop", Scroll("down", 2) + Hold("mouse left"), on=Phase.HOLD, after=0.2, rules=_FREE),
        Binding("circle", Wait(0.1) + Hold("ctrl+shift"), rules=_FREE),
        Binding("thumbs_up", Key("ctrl+s") + Wait(0.3) + Text("Ab") + Click("left", 2), rules=_FREE),
        Binding("wave", Key("a"), on=Phase.HOLD, after=0.1, repeat=0.2),
        Binding("shrug", Control("pause"), rules=_FREE),
    ),
    Options(pause="fist", pause_after=0.1, arm=None),
)
OTHERS = Bindings(
    (Binding("point_right", Hold("shift")), Binding("palms_down", Key("x"))),
    Options(arm="wave", arm_after=0.1, arm_for=1.0),
    (Profile("p", ("Impress",), bindings=(Binding("stop", Hold("alt")),)),),
)
GESTURES = sorted({each.gesture for each in BINDINGS} | {"fist"})

_EVENT = st.tuples(
    st.just("event"),
    st.sampled_from(GESTURES),
    st.sampled_from(["start", "start", "hold", "hold", "end"]),
    st.integers(1, 3),
)
_STEP = st.one_of(
    _EVENT,
    _EVENT,
    _EVENT,
    st.tuples(st.just("pass"), st.sampled_from([0.0, 0.03, 0.1, 0.15, 0.25, 1.0, 5.0, -3.0])),
    st.tuples(st.just("frame"), st.sampled_from([*GESTURES, None])),
    st.tuples(st.sampled_from(["typed", "mouse", "reload", "release", "arm", "pause", "window"])),
)
_FAULT = st.none() | st.tuples(
    st.sampled_from([InjectionError("fault"), OSError("fault"), KeyboardInterrupt()]), st.booleans()
)


class FakeWatchdog:
    """Knows what a real one would know if the process were killed now."""

    def __init__(self) -> None:
        self.down: set[str] = set()

    def note(self, line: str) -> None:
        (self.down.add if line.startswith("+") else self.down.discard)(line[1:])


class WatchedKeyboard(FaultyKeyboard):
    """Sees to it that nothing is ever down that the watchdog does not know of."""

    outlives_process = True

    def __init__(self, faults: list, watchdog: FakeWatchdog) -> None:
        super().__init__(faults)
        self.watchdog = watchdog

    def press(self, key: KeyName) -> None:
        try:
            super().press(key)
        finally:
            assert self.down <= self.watchdog.down

    def release(self, key: KeyName) -> None:
        try:
            super().release(key)
        finally:
            assert self.down <= self.watchdog.down


@dataclass
class World:
    """A dispatcher, a keyboard with faults, and a clock; and the model: when each gesture was last seen."""

    faults: list
    now: float = 100.0
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    window: Window | None = None
    held: dict[str, set[str]] = field(default_factory=lambda: dict(HELD))

    def __post_init__(self) -> None:
        self.watchdog = FakeWatchdog()
        self.keyboard = WatchedKeyboard(self.faults, self.watchdog)
        self.dispatcher = Dispatcher(
            BINDINGS,
            self.keyboard,
            active_window=lambda: self.window,
            watchdog=self.watchdog,  # type: ignore[arg-type]
            clock=lambda: self.now,
            ticking=False,
        )

    def do(self, step: tuple) -> None:
        kind, *rest = step
        if kind == "event":
            gesture, phase, number = rest
            known, _ = self.seen.get(gesture, (None, 0.0))
            if phase == "start" or (phase == "hold" and known == number):
                self.seen[gesture] = (number, self.now)
            self.dispatcher.handle(event(gesture, phase, self.now, number))
            if phase == "end" and known == number:  # that of another gesture ends nothing
                del self.seen[gesture]
        elif kind == "frame":
            if rest[0] in self.seen:
                self.seen[rest[0]] = (self.seen[rest[0]][0], self.now)
            self.dispatcher.see(rest[0], self.now)
        elif kind == "pass":
            self.now += rest[0]
            self.dispatcher.tick()
        elif kind == "reload":
            self.held = {"stop": {"Alt"}, "point_right": {"Shift"}}
            self.dispatcher.use(OTHERS)
        elif kind == "window":
            self.window = None if self.window else Window("LibreOffice Impress")
        else:
            calls = {
                "typed": self.dispatcher.typed,
                "mouse": self.dispatcher.mouse_used,
                "release": self.dispatcher.release_all,
                "arm": self.dispatcher.toggle_arm,
                "pause": lambda: self.dispatcher.control("pause"),
            }
            calls[kind]()

    def may_be_down(self) -> set[str]:
        """By the model: what gestures hold that were seen lately. A clock set back shortens nothing."""
        return {
            key
            for gesture, (_, at) in self.seen.items()
            if self.now - at <= EVIDENCE_LASTS
            for key in self.held.get(gesture, ())
        }


@settings(
    max_examples=SEQUENCES, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(st.lists(_STEP, max_size=50), st.lists(_FAULT, max_size=40))
def test_nothing_is_stuck_whatever_happens(steps: list, faults: list) -> None:
    world = World(list(faults))
    for step in steps:
        with contextlib.suppress(InjectionError, OSError, KeyboardInterrupt):
            world.do(step)
        # What is down is never forgotten, and the watchdog knows of it.
        assert world.keyboard.down <= set(world.dispatcher.down)
        assert world.keyboard.down <= world.watchdog.down
        if not world.keyboard.faults and step[0] in ("pass", "release", "typed", "mouse", "reload"):
            world.dispatcher.tick()
            assert world.keyboard.down <= world.may_be_down(), step
    world.keyboard.faults.clear()
    world.now += 0.25
    world.dispatcher.tick()
    assert world.keyboard.down == set()
    world.dispatcher.close()
    assert world.keyboard.down == set() == world.watchdog.down
    assert world.dispatcher.down == ()


@settings(max_examples=SEQUENCES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_STEP, max_size=30), st.integers(0, 30), st.booleans())
def test_leaving_the_block_releases_everything(steps: list, interrupted: int, goes_through: bool) -> None:
    """Ctrl-C in the middle of any one call to the keyboard."""
    world = World([*[None] * interrupted, (KeyboardInterrupt(), goes_through)])
    try:
        with world.dispatcher:
            for step in steps:
                world.do(step)
    except KeyboardInterrupt:
        pass
    assert world.keyboard.down == set() == world.watchdog.down


def test_the_model_can_fail() -> None:
    """A dispatcher that is not ticked keeps a key down longer than the model allows."""
    world = World([])
    world.do(("event", "palms_down", "start", 1))
    assert world.keyboard.down == {"Ctrl"} == world.may_be_down()
    world.now += 0.3
    assert world.may_be_down() == set()
    with pytest.raises(AssertionError):
        assert world.keyboard.down <= world.may_be_down()


def test_a_gesture_is_lost_when_no_sign_of_it_comes() -> None:
    now = 0.0
    lives = GestureLives(lambda: now)
    life = lives.begin(event("wave", at=7.0), returning=False)
    other = lives.begin(event("stop", at=7.0), returning=False)
    for each in (life, other):
        lives.see_event(each, age=0.0)
    now += EVIDENCE_LASTS
    lives.see_frame("wave")
    lives.see_frame(None)
    lives.see_frame("circle")  # does not go on
    assert lives.lost() == []
    now += 0.01
    assert lives.lost() == [other]
    now -= 50.0  # a clock that was set back
    assert lives.lost() == [life, other]
    lives.end("stop")
    assert list(lives) == [life]
    assert "stop" not in lives


def test_an_event_that_waited_is_an_old_sign() -> None:
    now = 100.0
    lives = GestureLives(lambda: now)
    late = lives.begin(event("wave", at=7.0), returning=False)
    lives.see_event(late, age=0.3)
    assert lives.lost() == [late]
    lives.see_frame("stop")  # newer frames speak for one whose start is still on its way
    now += 0.1
    going_on = lives.begin(event("stop", at=7.0), returning=False)
    lives.see_event(going_on, age=0.3)
    assert lives.lost() == [late]
    lives.see_event(going_on, age=5.0)  # an old sign takes nothing away
    assert lives.lost() == [late]


def test_a_binding_is_due_once_or_at_its_repeat() -> None:
    once = Binding("wave", Key("a"))
    often = Binding("wave", Key("b"), on=Phase.HOLD, after=0.5, repeat=0.2)
    life = GestureLife(1, since=10.0, seen_at=0.0)
    assert life.is_due(once, event("wave", at=10.0))
    assert not life.is_due(once, event("wave", "hold", at=10.0))
    assert not life.is_due(once, event("stop", at=10.0))
    life.fired(once, 10.0)
    assert not life.is_due(once, event("wave", at=10.0))
    due = []
    for step in range(16):
        at = 10.0 + step / 10
        if life.is_due(often, event("wave", "hold", at)):
            due.append(step)
            life.fired(often, at)
    assert due == [5, 7, 9, 11, 13, 15]
    life.held_back(often)
    assert not life.is_due(often, event("wave", "hold", 99.0))


def test_after_a_stall_one_repeat_is_owed() -> None:
    often = Binding("wave", Key("b"), on=Phase.HOLD, repeat=0.2)
    life = GestureLife(1, since=10.0, seen_at=0.0)
    life.fired(often, 10.0)
    fired = []
    for at in (15.0, 15.1, 15.2, 15.25):
        if life.is_due(often, event("wave", "hold", at)):
            life.fired(often, at)
            fired.append(at)
    assert fired == [15.0, 15.1, 15.2]  # not twenty-five


def test_a_spent_gesture_does_nothing_more() -> None:
    lives = GestureLives(lambda: 0.0)
    life = lives.begin(event("wave"), returning=False)
    assert life.is_due(Binding("wave", Key("a")), event("wave"))
    lives.spend()
    assert not life.is_due(Binding("wave", Key("a")), event("wave"))
