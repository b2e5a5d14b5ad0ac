"""Arming, pause, touches, return strokes: whether something fires, on a clock of the test's own."""

import pytest

from gesturelrcn import Phase
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Call,
    Control,
    Decision,
    Dispatcher,
    Fact,
    Hold,
    Key,
    Laser,
    Options,
    Profile,
    RecordingInjector,
    Rules,
    Scroll,
    Text,
    Wait,
    Window,
    parse_chord,
)
from gesturelrcn.actions.safety import Safety
from tests.actions.conftest import event, whole_gesture
from tests.waiting import PATIENCE

NEXT = Binding("point_right", Key("Right"), says="next slide")
BACK = Binding("point_left", Key("Left"), says="previous slide")


class Stage:
    """A dispatcher on a clock that only the test moves, and what it did."""

    def __init__(self, *bindings: Binding, options: Options | None = None, **more) -> None:
        self.now = 100.0
        self.keys = RecordingInjector()
        self.window: Window | None = Window("Talk")
        self.decisions: list[Decision] = []
        self.facts: list[Fact] = []
        self.dispatcher = Dispatcher(
            Bindings(bindings, options or Options(), more.pop("profiles", ())),
            self.keys,
            active_window=lambda: self.window,
            clock=lambda: self.now,
            ticking=False,
            **more,
        )
        self.dispatcher.add_listener(self.heard)
        self.number = 0

    def heard(self, news) -> None:
        if isinstance(news, Decision):
            self.decisions.append(news)
        elif isinstance(news, Fact):
            self.facts.append(news)

    def make(self, gesture: str, seconds: float = 0.5) -> list[str]:
        """Make a gesture now, to its end; returns the inhibitors of what was due ('' for done)."""
        self.number += 1
        before = len(self.decisions)
        for each in whole_gesture(gesture, self.now, self.now + seconds, self.number):
            self.now = each.captured_at
            self.dispatcher.handle(each)
        return [each.inhibitor for each in self.decisions[before:]]

    def start(self, gesture: str) -> None:
        self.number += 1
        self.dispatcher.handle(event(gesture, "start", self.now, self.number))

    def go_on(self, gesture: str, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.1
            self.dispatcher.handle(event(gesture, "hold", self.now, self.number))
            self.dispatcher.tick()


def test_nothing_fires_until_it_is_armed_and_then_for_a_time() -> None:
    stage = Stage(NEXT, options=Options(arm="raise_hand", arm_for=8.0))
    assert stage.make("point_right") == ["not armed (hold raise_hand 0.5 s)"]
    stage.make("raise_hand", 0.4)
    assert stage.dispatcher.state.armed_for == 0.0
    stage.make("raise_hand", 0.7)
    assert stage.dispatcher.state.armed_for == pytest.approx(7.8, abs=0.11)
    assert str(stage.dispatcher.state) == "armed for 8 s"
    stage.now += 5
    assert stage.make("point_right") == [""]
    stage.now += 5  # the action let the time begin anew
    assert stage.make("point_right") == [""]
    stage.now += 8
    assert stage.make("point_right") == ["not armed (hold raise_hand 0.5 s)"]
    assert stage.dispatcher.state.inhibitor == "not armed (hold raise_hand 0.5 s)"


def test_the_gesture_that_arms_does_nothing_else_until_then() -> None:
    black = Binding("raise_hand", Key("b"), on=Phase.HOLD, after=0.7)
    stage = Stage(black, options=Options(arm="raise_hand"))
    assert stage.make("raise_hand", 2.0) == []
    stage.now += 1
    assert stage.make("raise_hand", 2.0) == [""]


def test_a_binding_may_do_without_arming() -> None:
    free = Binding("point_right", Key("Right"), rules=Rules(needs_arming=False))
    stage = Stage(free, BACK, options=Options(arm="raise_hand"))
    assert stage.make("point_right") == [""]
    stage.now += 1
    assert "not armed" in stage.make("point_left")[0]


def test_a_hot_key_arms_and_disarms() -> None:
    stage = Stage(NEXT, options=Options(arm_key=parse_chord("F9"), arm="wave", arm_after=0.0))
    assert stage.make("point_right") == ["not armed (wave or press F9)"]
    stage.dispatcher.toggle_arm()
    stage.now += 1
    assert stage.make("point_right") == [""]
    stage.dispatcher.toggle_arm()
    stage.now += 1
    assert "not armed" in stage.make("point_right")[0]
    assert [fact.kind for fact in stage.facts if fact.kind != "window"] == ["arm", "disarm"]


def test_a_gesture_pauses_and_lets_go_on() -> None:
    stage = Stage(NEXT, Binding("fist", Key("a")), options=Options(pause="fist", pause_after=0.3))
    stage.make("fist", 0.2)
    assert stage.make("point_right") == [""]
    stage.make("fist")
    assert stage.make("point_right") == ["paused"]
    assert stage.make("fist") == ["paused"]
    stage.now += 1
    assert stage.make("point_right") == [""]


@pytest.mark.parametrize(
    ("touch", "who"), [("typed", "somebody types"), ("mouse_used", "somebody uses the mouse")]
)
def test_the_real_keyboard_and_mouse_go_first(touch: str, who: str) -> None:
    stage = Stage(NEXT, Binding("stop", Hold("ctrl")), options=Options(rules=Rules(cooldown=0.0)))
    stage.start("stop")
    assert stage.keys.down == {"Ctrl"}
    getattr(stage.dispatcher, touch)()
    assert stage.keys.down == set()  # at once
    stage.now += 0.4
    assert stage.make("point_right") == [f"{who} (0.6 s to go)"]
    stage.now += 0.4
    assert stage.make("point_right") == [""]


def test_a_file_can_switch_touches_off() -> None:
    quiet = Rules(inhibit_while_typing=0.0, pause_while_mouse=0.0)
    stage = Stage(Binding("stop", Hold("ctrl")), options=Options(rules=quiet))
    stage.start("stop")
    stage.dispatcher.typed()
    stage.dispatcher.mouse_used()
    assert stage.keys.down == {"Ctrl"}


def test_the_return_stroke_never_fires_the_opposite() -> None:
    stage = Stage(NEXT, BACK)
    assert stage.make("point_right", 0.4) == [""]
    stage.now += 0.1
    assert stage.make("point_left", 0.3) == ["return stroke of point_right"]
    stage.now += 0.4
    assert stage.make("point_right", 0.4) == [""]  # a deliberate second one
    stage.now += 0.75
    assert stage.make("point_left", 0.4) == [""]  # a deliberate opposite one


def test_the_opposite_is_a_return_stroke_while_the_first_still_goes_on() -> None:
    stage = Stage(NEXT, BACK)
    stage.start("point_right")
    stage.now += 0.2
    assert stage.make("point_left") == ["return stroke of point_right"]


def test_a_deliberate_second_one_is_accepted_after_seven_tenths_of_a_second() -> None:
    stage = Stage(NEXT)
    assert stage.make("point_right", 0.3) == [""]
    stage.now += 0.2
    assert stage.make("point_right", 0.1) == ["fired 0.5 s ago, and its cooldown is 0.7 s"]
    stage.now += 0.1
    assert stage.make("point_right", 0.3) == [""]


def test_stopping_is_for_good() -> None:
    stage = Stage(NEXT, Binding("stop", Hold("ctrl")))
    stage.start("stop")
    stage.dispatcher.stop("the mouse was pushed into the top-left corner")
    assert stage.keys.down == set()
    stage.now += 10
    assert stage.make("point_right") == ["stopped: the mouse was pushed into the top-left corner"]


def test_what_was_held_back_does_not_fire_later_in_the_same_gesture() -> None:
    often = Binding("wave", Key("a"), on=Phase.HOLD, after=0.2, repeat=0.2)
    stage = Stage(often)
    stage.dispatcher.handle(event("wave", "start", stage.now, 1))
    stage.dispatcher.typed()
    stage.number = 1
    stage.go_on("wave", 3.0)
    assert len(stage.decisions) == 1
    assert not stage.decisions[0].fired


@pytest.mark.parametrize(("repeat", "times"), [(0.15, 14), (0.5, 5), (None, 1)])
def test_repeats_keep_their_rate(repeat: float | None, times: int) -> None:
    stage = Stage(Binding("wave", Scroll("down", 3), on=Phase.HOLD, after=0.2, repeat=repeat))
    stage.make("wave", 2.3)
    assert stage.keys.other == [("scroll", 0, -3)] * times


def test_hold_lasts_as_long_as_the_gesture() -> None:
    stage = Stage(Binding("stop", Hold("ctrl+shift")))
    stage.start("stop")
    stage.go_on("stop", 2.0)
    assert stage.keys.down == {"Ctrl", "Shift"}
    stage.dispatcher.handle(event("stop", "end", stage.now, stage.number))
    assert stage.keys.strokes[-2:] == [("release", "Shift"), ("release", "Ctrl")]


def test_hold_ends_a_quarter_of_a_second_after_the_last_sign_of_the_gesture() -> None:
    stage = Stage(Binding("stop", Hold("ctrl")))
    stage.start("stop")
    for _ in range(20):
        stage.now += 0.05
        stage.dispatcher.see("stop", stage.now)
        stage.dispatcher.tick()
    assert stage.keys.down == {"Ctrl"}
    stage.dispatcher.see(None, stage.now)
    stage.now += 0.25
    stage.dispatcher.tick()
    assert stage.keys.down == set()
    stage.go_on("stop", 1.0)  # what was let go stays up
    assert stage.keys.down == set()


def test_hold_ends_when_another_program_comes_to_the_front() -> None:
    profile = Profile("p", ("Talk",), bindings=(Binding("stop", Hold("ctrl")),))
    stage = Stage(NEXT, profiles=(profile,))
    stage.start("stop")
    stage.go_on("stop", 0.5)
    assert stage.keys.down == {"Ctrl"}
    stage.window = Window("Mail")
    stage.go_on("stop", 0.1)
    assert stage.keys.down == set()


def test_two_that_hold_the_same_key() -> None:
    stage = Stage(
        Binding("stop", Hold("ctrl")), Binding("wave", Hold("ctrl+shift")), Binding("fist", Key("ctrl+s"))
    )
    stage.start("stop")
    stage.start("wave")
    stage.start("fist")
    assert stage.keys.down == {"Ctrl", "Shift"}
    stage.dispatcher.handle(event("wave", "end", stage.now, 2))
    assert stage.keys.down == {"Ctrl"}
    stage.dispatcher.handle(event("stop", "end", stage.now, 1))
    assert stage.keys.down == set()


def test_a_sequence_waits_and_nothing_waits_for_it() -> None:
    stage = Stage(Binding("wave", Key("a") + Wait(0.2) + Text("bC") + Wait(0.1) + Key("d")), NEXT)
    stage.start("wave")
    stage.now += 0.1
    stage.dispatcher.tick()
    stage.start("point_right")
    stage.now += 0.11
    stage.dispatcher.tick()
    stage.now += 0.11
    stage.dispatcher.tick()
    pressed = [key for verb, key in stage.keys.strokes if verb == "press"]
    assert pressed == ["a", "Right", "b", "Shift", "c", "d"]


def test_what_still_waits_is_left_out_when_somebody_types() -> None:
    stage = Stage(Binding("wave", Key("a") + Wait(0.2) + Key("b")))
    stage.start("wave")
    stage.dispatcher.typed()
    stage.now += 1
    stage.dispatcher.tick()
    assert ("press", "b") not in stage.keys.strokes


def test_the_first_profile_that_fits_counts() -> None:
    talk = Profile("talk", ("talk",), bindings=(Binding("point_right", Key("PageDown")),))
    mail = Profile("mail", ("mail",), bindings=(Binding("point_right", Key("n")),))
    stage = Stage(NEXT, profiles=(talk, mail))
    for title in ("My Talk", "Mail", "else"):
        stage.window = Window(title)
        stage.make("point_right")
        stage.now += 1
    assert [key for verb, key in stage.keys.strokes if verb == "press"] == ["PageDown", "n", "Right"]
    assert [each.profile for each in stage.decisions] == ["talk", "mail", None]


def test_the_same_binding_inside_and_outside_of_a_profile_fires_once() -> None:
    black = Binding("raise_hand", Key("b"), on=Phase.HOLD, after=0.3)
    stage = Stage(black, profiles=(Profile("p", ("Talk",), bindings=(black,)),))
    assert stage.make("raise_hand", 1.0) == [""]


def test_what_begins_in_one_program_does_nothing_in_another() -> None:
    start = Binding("raise_hand", Key("F5"), on=Phase.HOLD, after=0.4)
    black = Binding("raise_hand", Key("b"), on=Phase.HOLD, after=0.2)
    document = Profile("document", ("Talk",), bindings=(start,))
    show = Profile("show", ("Show",), bindings=(black,))
    stage = Stage(NEXT, profiles=(document, show))
    stage.start("raise_hand")
    stage.go_on("raise_hand", 0.5)
    stage.window = Window("Show")
    stage.go_on("raise_hand", 1.0)
    assert [key for verb, key in stage.keys.strokes if verb == "press"] == ["F5"]
    assert stage.decisions[-1].inhibitor == "another program came to the front during the gesture"
    stage.dispatcher.handle(event("raise_hand", "end", stage.now, stage.number))
    stage.now += 1
    assert stage.make("raise_hand") == [""]


def test_nothing_fires_outside_of_profiles_where_that_is_wanted() -> None:
    stage = Stage(NEXT, options=Options(only_in_profiles=True), profiles=(Profile("p", ("talk",)),))
    assert stage.make("point_right") == [""]
    stage.now += 1
    stage.window = Window("", "mail")
    assert stage.make("point_right") == ["the window 'mail' is in front, and no profile fits it"]
    stage.now += 1
    stage.window = None
    assert stage.make("point_right") == ["no window is in front, and no profile fits it"]


def test_other_bindings_take_over_at_once_and_release_everything() -> None:
    stage = Stage(Binding("stop", Hold("ctrl")))
    stage.start("stop")
    stage.dispatcher.use(Bindings((Binding("stop", Key("x"), on=Phase.HOLD, after=0.3), NEXT)))
    assert stage.keys.down == set()
    stage.go_on("stop", 1.0)  # a gesture from before does nothing more
    stage.make("point_right")
    assert [key for verb, key in stage.keys.strokes if verb == "press"] == ["Ctrl", "Right"]


def test_gestures_can_steer() -> None:
    stage = Stage(
        Binding("wave", Control("pause"), rules=Rules(cooldown=0.0)),
        Binding("fist", Control("arm"), rules=Rules(needs_arming=False)),
        Binding("circle", Control("stop"), rules=Rules(needs_arming=False)),
        NEXT,
        options=Options(arm_key=parse_chord("F9")),
    )
    stage.make("fist")
    assert stage.make("point_right") == [""]
    stage.make("wave")
    assert stage.make("point_right") == ["paused"]
    stage.dispatcher.control("pause")
    stage.make("circle")
    assert stage.make("point_right") == ["stopped: told to stop"]


class Spot:
    """A laser pointer that remembers."""

    def __init__(self) -> None:
        self.places: list[tuple[float, float] | None] = []

    def point(self, x: float, y: float) -> None:
        self.places.append((x, y))

    def off(self) -> None:
        self.places.append(None)


def test_the_laser_follows_the_hand_as_the_user_sees_it() -> None:
    spot = Spot()
    stage = Stage(Binding("stop", Laser()), laser=spot)
    for phase, position in [
        ("start", (0.25, 0.5)),
        ("hold", (0.5, 0.4)),
        ("hold", None),
        ("end", (0.1, 0.1)),
    ]:
        at = event("stop", phase, stage.now, 1)
        stage.dispatcher.handle(type(at)(**{**vars(at), "position": position}))
    assert spot.places == [(0.75, 0.5), (0.5, 0.4), None]
    moved = Stage(Binding("stop", Laser()))
    at = event("stop", "start", moved.now, 1)
    moved.dispatcher.handle(type(at)(**{**vars(at), "position": (0.0, 1.0)}))
    moved.dispatcher.release_all()
    assert moved.keys.other == [("move", 1.0, 1.0)]


def test_a_source_that_begins_again_forgets_times_that_lie_ahead() -> None:
    stage = Stage(NEXT, BACK, options=Options(arm="raise_hand"))
    stage.dispatcher.control("arm")
    stage.make("point_right")
    stage.dispatcher.handle(event("point_left", "start", 1.0, 99))
    assert stage.decisions[-1].inhibitor == "not armed (hold raise_hand 0.5 s)"


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    options = Options(arm="raise_hand")
    stage = Stage(NEXT, BACK, options=options)
    stage.dispatcher.control("arm")
    stage.make("point_right")
    stage.dispatcher.mouse_used()
    other = Stage(NEXT, BACK, options=options)
    other.now = stage.now
    other.dispatcher.restore(stage.dispatcher.snapshot())
    assert other.dispatcher.snapshot() == stage.dispatcher.snapshot()
    assert other.make("point_left") == stage.make("point_left")
    assert Safety().to_dict() == {}


def test_a_function_is_called_beside_the_loop() -> None:
    import threading

    called = threading.Event()
    given = []

    def function(at) -> None:
        given.append(at)
        called.set()

    stage = Stage(Binding("wave", Call(function)))
    stage.start("wave")
    assert called.wait(PATIENCE)
    assert given[0].gesture == "wave"
