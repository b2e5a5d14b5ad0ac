"""How readily gestures start is steered by the bindings, from frame to frame, and traced."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.actions import Dispatcher, RecordingInjector, parse_bindings
from gesturelrcn.capture import Frame
from gesturelrcn.cli.frame_trace import FrameWatch, trace_of
from gesturelrcn.errors import BindingError, GestureLrcnError, ModelError
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.model import KEYPOINTS, ModelCard, StepResult, Thresholds
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.stream.stream import GestureStream
from gesturelrcn.thresholds import Sensitivities
from gesturelrcn.trace import explain, newest_trace, replay

FPS = 20
CLASSES = ("none", "point_right", "raise_hand", "wave")
NORMAL, EAGER = Thresholds(0.7, 0.5, 0.1, 0.2), Thresholds(0.4, 0.25, 0.05, 0.2)
CARD = ModelCard(
    *("colours", "", CLASSES, 32, 4, KEYPOINTS, 8, 60),
    thresholds=dict.fromkeys(CLASSES[1:], NORMAL),
    operating_points={"eager": dict.fromkeys(CLASSES[1:], EAGER)},
    off={"wave": "found 2 of 12"},
)
TEXT = """
[options]
arm = "raise_hand"
arm_for = 2.0
armed_sensitivity = "eager"
return_stroke = 0.0
[[bind]]
gesture = "point_right"
key = "Right"
cooldown = 0.0
"""


class ColourEngine:
    """Blue is point_right, green raise_hand, red wave, each as sure as it is bright."""

    card = CARD

    def initial_state(self):
        return np.zeros((2, 1, 4), np.float32)

    def step(self, crop, state, dt, hand=None, side=0):
        sure = crop[16, 16].astype(np.float32) / 255
        scores = np.r_[1 - sure.sum(), sure].astype(np.float32)
        return StepResult(scores, np.full((len(KEYPOINTS), 3), 0.5, np.float32), state)


class Still:
    def follow(self, image, at):
        return Region(50, 50, 80, 1.0, 0.0)

    def take_jump(self):
        return False

    def close(self):
        pass


class Script:
    """A recording in which somebody is so sure of a gesture for so many seconds."""

    name, live = "script", False

    def __init__(self, *stretches: tuple[str, float, float]) -> None:
        self.stretches = stretches

    def __iter__(self) -> Iterator[Frame]:
        number = 0
        for gesture, seconds, sure in self.stretches:
            image = np.zeros((100, 100, 3), np.uint8)
            if gesture != "none":
                image[..., CLASSES.index(gesture) - 1] = round(255 * sure)
            for _ in range(round(seconds * FPS)):
                yield Frame(image, number / FPS, number, self.name, number / FPS)
                number += 1

    def close(self) -> None:
        pass


REST = ("none", 1.0, 0.0)
WEAK = ("point_right", 0.5, 0.55)
ARM = ("raise_hand", 0.8, 0.95)


def recogniser(**options) -> Recognizer:
    return Recognizer(ColourEngine(), follower=Still(), **options)


def starts(events: Sequence[GestureEvent]) -> list[str]:
    return [event.gesture for event in events if event.phase is Phase.START]


def played(text: str, *stretches: tuple[str, float, float], trace: Path | None = None, **options):
    """Events and keys of a loop around a stream."""
    keys, events = RecordingInjector(), []
    stream = GestureStream(Script(*stretches), recognizer=recogniser(**options))
    with stream, ExitStack() as open_things:
        bindings = parse_bindings(text, stream.gestures, off=stream.off)
        dispatcher = open_things.enter_context(Dispatcher(bindings, keys, ticking=False))
        if trace is not None:
            watch = FrameWatch(CARD, open_things.enter_context(trace_of(CARD, "script", dispatcher)))
            stream.add_frame_listener(watch.see)
            dispatcher.add_listener(watch.heard)
        dispatcher.attach(stream)
        for event in stream:
            events.append(event)
            dispatcher.handle(event)
    return events, [key for stroke, key in keys.strokes if stroke == "press"]


def test_while_armed_other_thresholds_hold_and_the_old_ones_after() -> None:
    events, pressed = played(TEXT, WEAK, REST, ARM, REST, WEAK, REST, REST, REST, WEAK, REST)
    assert starts(events) == ["raise_hand", "point_right"]
    assert pressed == ["Right"]
    plain, pressed = played(TEXT.replace("eager", "normal"), WEAK, REST, ARM, REST, WEAK, REST)
    assert starts(plain) == ["raise_hand"]
    assert pressed == []


def test_what_is_held_when_it_disarms_goes_on_and_has_one_end() -> None:
    held = ("point_right", 5.0, 0.55)
    events, pressed = played(TEXT, REST, ARM, REST, held, REST)
    ends = [(e.gesture, e.phase.value) for e in events if e.phase is not Phase.HOLD]
    assert ends[2:] == [("point_right", "start"), ("point_right", "end")]
    start, end = (e.captured_at for e in events if e.gesture == "point_right" and e.phase is not Phase.HOLD)
    assert end - start > 5.0
    assert pressed == ["Right"]


@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.0])
def test_arming_by_key_starts_nothing_that_was_held_before(seconds: float) -> None:
    keys = RecordingInjector()
    held = ("point_right", 4.0, 0.55)
    stream = GestureStream(Script(REST, held, REST, WEAK, REST), recognizer=recogniser())
    bindings = parse_bindings(TEXT.replace("arm_for = 2.0", "arm_for = 60.0"), CLASSES[1:])
    with stream, Dispatcher(bindings, keys, ticking=False) as dispatcher:
        dispatcher.attach(stream)

        def arm(frame: Frame, observation: object) -> None:
            if frame.index == round((1.0 + seconds) * FPS):
                dispatcher.control("arm")

        stream.add_frame_listener(arm)
        events = []
        for event in stream:
            events.append(event)
            dispatcher.handle(event)
    assert [e.captured_at > 6.0 for e in events if e.phase is Phase.START] == [True]


def test_what_a_binding_says_holds_armed_or_not() -> None:
    own = TEXT + 'sensitivity = "normal"\n'
    events, _ = played(own, REST, ARM, REST, WEAK, REST)
    assert starts(events) == ["raise_hand"]
    eager = TEXT.replace('armed_sensitivity = "eager"\n', "") + 'sensitivity = "eager"\n'
    events, _ = played(eager, WEAK, REST, ("raise_hand", 1.0, 0.55), REST)
    assert starts(events) == ["point_right"]


def test_the_options_go_before_what_the_stream_was_made_with() -> None:
    events, _ = played(TEXT, WEAK, REST, sensitivity="eager")
    assert starts(events) == ["point_right"]
    said = TEXT.replace("[options]", '[options]\nsensitivity = "normal"')
    events, _ = played(said, WEAK, REST, sensitivity="eager")
    assert starts(events) == []


WAVE = ("wave", 0.5, 0.95)
OF_WAVE = '[[bind]]\ngesture = "wave"\nkey = "a"\n'


def test_what_the_model_has_off_starts_where_its_binding_says_so() -> None:
    events, pressed = played(OF_WAVE + "turn_on = true\n", WAVE, REST)
    assert (starts(events), pressed) == (["wave"], ["a"])
    events, pressed = played(TEXT, WAVE, REST)
    assert starts(events) == []
    with pytest.raises(BindingError, match="2:11: 'wave' is off in this model"):
        played(OF_WAVE, WAVE)


def test_a_program_that_did_not_say_what_is_off_is_told_by_the_stream() -> None:
    stream = GestureStream(Script(REST), recognizer=recogniser())
    with Dispatcher(parse_bindings(OF_WAVE, CLASSES[1:]), RecordingInjector(), ticking=False) as dispatcher:
        dispatcher.attach(stream)
        with pytest.raises(BindingError, match="'wave' is off in this model"):
            stream.run()
        assert stream.off == {}
        with pytest.raises(BindingError):
            list(stream)  # what was opened is closed again, and can be opened anew


def test_a_trace_tells_what_was_in_force_and_replays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturelrcn.cli.frame_trace.trace_folder", lambda: tmp_path)
    played(TEXT, WEAK, REST, ARM, REST, WEAK, REST, WAVE, REST, REST, WEAK, REST, trace=tmp_path)
    lines = newest_trace(tmp_path)
    assert [line["kind"] for line in lines].count("thresholds") == 2
    again = replay(lines)
    assert again.same
    assert starts(again.events) == ["raise_hand", "point_right"]
    told = [(moment.gesture, moment.outcome) for moment in explain(lines)]
    assert told[0][1] == "not recognised: not sure enough: 0.55 at most, and it starts at 0.70"
    assert ("point_right", "done: key Right") in told
    (wave,) = [outcome for gesture, outcome in told if gesture == "wave"]
    assert wave == "not recognised: off in this model unless it is turned on (gesturelrcn models says why)"


class TestCallbacks:
    def stream(self, recognizer: Recognizer | None = None) -> GestureStream:
        return GestureStream(Script(WAVE, REST), recognizer=recognizer or recogniser())

    def test_a_callback_for_a_gesture_that_is_off_has_to_say_so(self) -> None:
        stream = self.stream()
        stream.on("wave")(print)
        with pytest.raises(GestureLrcnError, match="say turn_on=True where the callback is registered"):
            stream.run()
        with self.stream() as opened, pytest.raises(GestureLrcnError, match="'wave' is off in this model"):
            opened.on("wave")

    def test_one_for_every_event_turns_nothing_on(self) -> None:
        stream, told = self.stream(), []
        stream.on_any(told.append)
        stream.run()
        assert told == []

    @pytest.mark.parametrize("open_before", [True, False])
    def test_one_that_says_so_is_called_and_the_recogniser_is_as_before_then(self, open_before: bool) -> None:
        own, told = recogniser(), []
        stream = self.stream(own)
        if open_before:
            with stream:
                stream.on("wave", turn_on=True)(told.append)
                assert stream.off == {}
                stream.run()
        else:
            stream.on("wave", turn_on=True)(told.append)
            stream.run()
        assert starts(told) == ["wave"]
        assert own.off == CARD.off
        assert own.sensitivities == Sensitivities()


def test_a_recogniser_takes_what_the_model_has_and_refuses_the_rest() -> None:
    assert starts(list(GestureStream(Script(WEAK, REST), recognizer=recogniser(sensitivity="eager")))) == [
        "point_right"
    ]
    assert starts(list(GestureStream(Script(WAVE, REST), recognizer=recogniser(turn_on=["wave"])))) == [
        "wave"
    ]
    with pytest.raises(ModelError, match="colours has no sensitivity 'careful'; it has normal, eager"):
        recogniser(sensitivity="careful")
    with pytest.raises(ModelError, match="does not recognise the gesture 'wove'; did you mean 'wave'"):
        recogniser(turn_on=["wove"])
    kept = recogniser()
    with pytest.raises(ModelError):
        kept.use(Sensitivities("careful"))
    assert kept.sensitivities == Sensitivities()
