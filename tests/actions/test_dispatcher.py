from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturelrcn import GestureEvent, InjectionError, Phase
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Dispatcher,
    DryRunInjector,
    Hold,
    Key,
    Options,
    RecordingInjector,
    Rules,
    Wait,
    parse_chord,
)
from tests.actions.conftest import event, whole_gesture
from tests.actions.faulty_keyboard import FaultyKeyboard
from tests.waiting import wait_until

NEXT = Binding("point_right", Key("Right"))
SAVE = Binding("thumbs_up", Key("ctrl+shift+s"))


def presses(bindings: Iterable[Binding], events: Iterable[GestureEvent]) -> list[str]:
    """What is pressed when these events pass, everything being released in between."""
    recorder = RecordingInjector()
    with Dispatcher(Bindings(tuple(bindings)), recorder) as dispatcher:
        for each in events:
            dispatcher.handle(each)
            assert not recorder.down
    return [key for verb, key in recorder.strokes if verb == "press"]


def test_a_chord_goes_down_in_order_and_up_in_reverse() -> None:
    lines: list[str] = []
    with Dispatcher(Bindings((SAVE,)), DryRunInjector(lines.append)) as dispatcher:
        dispatcher.handle(event("thumbs_up"))
    assert lines == ["press Ctrl", "press Shift", "press s", "release s", "release Shift", "release Ctrl"]


def test_one_gesture_fires_once() -> None:
    gesture = whole_gesture("point_right", 1.0, 3.0, number=1)
    assert presses([NEXT], gesture) == ["Right"]
    assert presses([NEXT], [gesture[0], gesture[0], *gesture]) == ["Right"]


def test_the_second_gesture_fires_again() -> None:
    events = [*whole_gesture("point_right", 1.0, 2.0, 1), *whole_gesture("point_right", 2.2, 3.0, 2)]
    assert presses([NEXT], events) == ["Right", "Right"]


def test_a_lost_end_does_not_hide_the_next_gesture() -> None:
    assert (
        presses([NEXT], [event("point_right", number=1), event("point_right", at=1.0, number=2)])
        == ["Right"] * 2
    )


def test_other_gestures_and_phases_do_nothing() -> None:
    assert (
        presses([NEXT], [event("point_left"), event("point_right", "hold"), event("point_right", "end")])
        == []
    )


def test_hold_fires_once_when_it_has_lasted_long_enough() -> None:
    black = Binding("raise_hand", Key("b"), on=Phase.HOLD, after=0.5)
    recorder = RecordingInjector()
    dispatcher = Dispatcher(Bindings((black,)), recorder)
    fired_at = []
    for each in whole_gesture("raise_hand", 12.4, 14.0, number=3):
        before = len(recorder.strokes)
        dispatcher.handle(each)
        fired_at += [round(each.captured_at, 3)] * (len(recorder.strokes) > before)
    assert fired_at == [12.9]


def test_hold_does_not_fire_when_it_was_too_short() -> None:
    black = Binding("raise_hand", Key("b"), on=Phase.HOLD, after=0.5)
    assert presses([black], whole_gesture("raise_hand", 12.4, 12.85, number=3)) == []


def test_start_hold_and_end_of_one_gesture_do_different_things() -> None:
    bindings = [
        Binding("stop", Key("a")),
        Binding("stop", Key("b"), on=Phase.HOLD, after=0.3),
        Binding("stop", Key("c"), on=Phase.END),
    ]
    assert presses(bindings, whole_gesture("stop", 0.0, 1.0, number=1)) == ["a", "b", "c"]


def test_a_gesture_whose_start_was_not_seen_fires_nothing() -> None:
    bindings = [
        Binding("stop", Key("b"), on=Phase.HOLD, after=0.0),
        Binding("stop", Key("c"), on=Phase.END),
    ]
    assert presses(bindings, whole_gesture("stop", 0.0, 1.0, number=1)[3:]) == []


def test_cooldown_counts_in_time_of_the_events() -> None:
    calm = Binding("point_right", Key("Right"), rules=Rules(cooldown=0.7))
    times = [10.0, 10.3, 10.69, 10.7, 11.3, 11.5]
    events = [event("point_right", at=at, number=n) for n, at in enumerate(times)]
    recorder = RecordingInjector()
    dispatcher = Dispatcher(Bindings((calm,)), recorder)
    fired_at = []
    for each in events:
        before = len(recorder.strokes)
        dispatcher.handle(each)
        fired_at += [each.captured_at] * (len(recorder.strokes) > before)
    assert fired_at == [10.0, 10.7, 11.5]


def test_cooldown_forgets_when_the_source_begins_again() -> None:
    calm = Binding("point_right", Key("Right"), rules=Rules(cooldown=100.0))
    assert presses(
        [calm], [event("point_right", at=50.0, number=1), event("point_right", at=1.0, number=2)]
    ) == [
        "Right",
        "Right",
    ]


def test_nothing_is_pressed_after_close() -> None:
    recorder = RecordingInjector()
    dispatcher = Dispatcher(Bindings((NEXT,)), recorder)
    dispatcher.close()
    dispatcher.close()
    dispatcher.handle(event("point_right"))
    assert recorder.strokes == []


@pytest.mark.parametrize("failing_press", [0, 1, 2])
@pytest.mark.parametrize("goes_through", [False, True])
@pytest.mark.parametrize("error", [InjectionError("broken"), OSError("broken"), KeyboardInterrupt()])
def test_a_chord_that_breaks_is_released_at_once(
    failing_press: int, goes_through: bool, error: BaseException
) -> None:
    keyboard = FaultyKeyboard([*[None] * failing_press, (error, goes_through)])
    dispatcher = Dispatcher(Bindings((SAVE,)), keyboard)
    with pytest.raises(type(error)):
        dispatcher.handle(event("thumbs_up"))
    assert not keyboard.down
    assert dispatcher.down == ()


def test_a_release_that_fails_is_tried_again_at_once() -> None:
    broken = (InjectionError("broken"), False)
    keyboard = FaultyKeyboard([None, broken, broken])
    Dispatcher(Bindings((NEXT,)), keyboard).handle(event("point_right"))
    assert not keyboard.down


def test_a_release_that_keeps_failing_is_told_and_made_up_for_before_the_next_press() -> None:
    broken = (InjectionError("no answer"), False)
    keyboard = FaultyKeyboard([None, broken, broken, broken])
    dispatcher = Dispatcher(Bindings((NEXT,)), keyboard)
    with pytest.raises(InjectionError, match="Right may still be down, tap it once by hand: no answer"):
        dispatcher.handle(event("point_right"))
    assert keyboard.down == set(dispatcher.down) == {"Right"}
    dispatcher.handle(event("wave"))
    assert not keyboard.down


def test_close_raises_what_could_not_be_released() -> None:
    broken = (InjectionError("no answer"), False)
    keyboard = FaultyKeyboard([None, *[broken] * 6])
    dispatcher = Dispatcher(Bindings((NEXT,)), keyboard)
    with pytest.raises(InjectionError):
        dispatcher.handle(event("point_right"))
    with pytest.raises(InjectionError, match="Right may still be down"):
        dispatcher.close()
    dispatcher.close()
    assert not keyboard.down


@pytest.mark.parametrize(
    ("error", "warned"),
    [(InjectionError("the display is gone"), False), (ValueError("the display is gone"), True)],
)
def test_the_first_failure_is_the_one_that_is_told(
    caplog: pytest.LogCaptureFixture, error: Exception, warned: bool
) -> None:
    keyboard = FaultyKeyboard([(error, True), *[(OSError("again"), False)] * 100])
    dispatcher = Dispatcher(Bindings((NEXT,)), keyboard)
    with pytest.raises(type(error), match=r"^the display is gone$"), dispatcher:
        dispatcher.handle(event("point_right"))
    assert ("Right may still be down" in caplog.text) == warned


_BINDINGS = Bindings(
    (
        NEXT,
        SAVE,
        Binding("point_right", Key("ctrl+b"), on=Phase.END, rules=Rules(cooldown=0.5)),
        Binding("thumbs_up", Key("shift+F5"), on=Phase.HOLD, after=0.3),
    )
)
_EVENTS = st.builds(
    event,
    st.sampled_from(["point_right", "thumbs_up", "wave"]),
    st.sampled_from(["start", "hold", "end"]),
    st.floats(-10, 10, width=16),
    st.integers(1, 3),
)
_FAULTS = st.none() | st.tuples(
    st.sampled_from([InjectionError("fault"), OSError("fault"), KeyboardInterrupt()]), st.booleans()
)


@given(st.lists(_EVENTS | st.just("release"), max_size=40), st.lists(_FAULTS, max_size=60))
def test_every_press_is_released_whatever_happens(steps: list, faults: list) -> None:
    keyboard = FaultyKeyboard(faults)
    dispatcher = Dispatcher(_BINDINGS, keyboard)
    for step in steps:
        try:
            dispatcher.release_all() if step == "release" else dispatcher.handle(step)
        except (InjectionError, OSError, KeyboardInterrupt):
            # What is down is never forgotten ...
            assert keyboard.down <= set(dispatcher.down)
        else:
            # ... and nothing is down where no error was told.
            assert not keyboard.down
            assert dispatcher.down == ()
    keyboard.faults.clear()
    dispatcher.close()
    assert not keyboard.down


@given(st.lists(_EVENTS, max_size=40), st.integers(0, 30))
def test_leaving_the_block_releases_everything(events: list[GestureEvent], interrupted_call: int) -> None:
    """Ctrl-C in the middle of any one call to the keyboard."""
    for goes_through in (False, True):
        keyboard = FaultyKeyboard([*[None] * interrupted_call, (KeyboardInterrupt(), goes_through)])
        try:
            with Dispatcher(_BINDINGS, keyboard) as dispatcher:
                for each in events:
                    dispatcher.handle(each)
        except KeyboardInterrupt:
            pass
        assert not keyboard.down


def test_what_is_held_is_released_without_any_event() -> None:
    recorder = RecordingInjector()
    with Dispatcher(Bindings((Binding("stop", Hold("ctrl")),)), recorder) as dispatcher:
        dispatcher.handle(event("stop"))
        assert recorder.down == {"Ctrl"}
        wait_until(lambda: not recorder.down)
        dispatcher.handle(event("stop", "hold", at=1.0))
        assert recorder.down == set()


def test_a_wait_passes_without_any_event() -> None:
    recorder = RecordingInjector()
    with Dispatcher(Bindings((Binding("stop", Key("a") + Wait(0.05) + Key("b")),)), recorder) as dispatcher:
        dispatcher.handle(event("stop"))
        wait_until(lambda: ("release", "b") in recorder.strokes)


def test_what_fails_between_events_is_told_at_the_next_one() -> None:
    keyboard = FaultyKeyboard([None, None, (InjectionError("no answer"), False)])
    with Dispatcher(
        Bindings((Binding("stop", Key("a") + Wait(0.01) + Key("b")), NEXT)), keyboard
    ) as dispatcher:
        dispatcher.handle(event("stop"))
        wait_until(lambda: not keyboard.faults)
        with pytest.raises(InjectionError, match="no answer"):
            wait_until(lambda: dispatcher.handle(event("wave")))  # it is told a moment after it happened
        dispatcher.handle(event("point_right", number=2))
    assert not keyboard.down


def test_control_can_arm_and_disarm() -> None:
    bindings = Bindings((NEXT,), Options(arm_key=parse_chord("F9")))
    with Dispatcher(bindings, RecordingInjector()) as dispatcher:
        dispatcher.control("arm")
        assert dispatcher.state.armed_for == pytest.approx(8, abs=0.5)
        dispatcher.control("disarm")
        assert dispatcher.state.armed_for == 0.0


def test_a_failing_listener_leaves_nothing_down() -> None:
    recorder = RecordingInjector()
    with Dispatcher(Bindings((Binding("stop", Hold("ctrl")), NEXT)), recorder) as dispatcher:
        dispatcher.handle(event("stop"))

        def fail(_) -> None:
            raise ValueError("broken")

        dispatcher.add_listener(fail)
        with pytest.raises(ValueError, match="broken"):
            dispatcher.handle(event("point_right"))
        assert recorder.down == set()
