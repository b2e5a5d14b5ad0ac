"""The loop: real capture, a recogniser that goes by colour, and callbacks."""

import itertools
import logging
import os
import signal
import sys
import threading
import time
import types

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError, GestureLrcnError, ModelError
from gesturelrcn.events import QUEUE_LIMIT, GestureEvent, Phase
from gesturelrcn.observation import Observation
from gesturelrcn.stream.callbacks import CallbackThread
from gesturelrcn.stream.stream import GestureStream
from tests.colours import FPS, ColourRecognizer, pictures, without_holds, write_film
from tests.mjpeg_server import MjpegServer
from tests.waiting import wait_until


@pytest.fixture
def clip(tmp_path):
    """Half a second each: nothing, green, nothing, blue to the end."""
    return write_film(tmp_path / "clip.avi", "none", "raise_hand", "none", "point_right")


@pytest.fixture
def camera():
    """A live source that shows green for a second and nothing for half a second, for ever."""
    with MjpegServer(itertools.cycle(pictures("raise_hand", "raise_hand", "none")), FPS) as server:
        yield server


def recorded(clip):
    return GestureStream(clip, recognizer=ColourRecognizer())


def live(camera, **options):
    return GestureStream(camera.url, recognizer=ColourRecognizer(**options))


CLIP_EVENTS = [
    ("raise_hand", "start", 1),
    ("raise_hand", "end", 1),
    ("point_right", "start", 2),
    ("point_right", "end", 2),
]


def test_a_recording_runs_to_its_end_and_ends_what_is_active_there(clip):
    stream = recorded(clip)
    events = []
    stream.add_listener(events.append)
    stream.run()
    assert without_holds(events) == CLIP_EVENTS
    assert [event.captured_at for event in events if event.phase != "hold"] == pytest.approx(
        [0.5, 1, 1.5, 1.95]
    )
    assert sum(event.phase == "hold" for event in events) == 18


def test_a_replay_gives_the_same_events_by_callback_and_by_iteration(clip):
    called = []
    stream = recorded(clip)
    stream.on_any(called.append)
    iterated = list(stream)
    assert iterated == called
    assert list(recorded(clip)) == iterated


def test_callbacks_are_chosen_by_gesture_and_phase(clip):
    stream = recorded(clip)
    seen = []

    @stream.on("raise_hand")
    def start(event):
        seen.append(("start", event.gesture, event.phase))

    @stream.on("raise_hand", phase="end")
    def end(event):
        seen.append(("end", event.gesture, event.phase))

    @stream.on("point_right", phase=Phase.HOLD)
    def hold(event):
        seen.append(("hold", event.gesture, event.phase))

    with stream:
        stream.run()
    assert seen == [
        ("start", "raise_hand", "start"),
        ("end", "raise_hand", "end"),
        *[("hold", "point_right", "hold")] * 9,
    ]
    assert start.__name__ == "start", "the decorator gives the function back"


def test_callbacks_of_a_recording_run_in_step_in_the_loops_thread(clip):
    recognizer = ColourRecognizer()
    stream = GestureStream(clip, recognizer=recognizer)
    seen = []
    stream.on("raise_hand")(lambda event: seen.append((len(recognizer.frames), threading.current_thread())))
    stream.run()
    assert seen == [(11, threading.current_thread())]


def test_a_callback_that_raises_is_logged_and_the_stream_goes_on(clip, caplog):
    stream = recorded(clip)
    events = []

    @stream.on("raise_hand")
    def broken(event):
        raise RuntimeError("no coffee")

    stream.on_any(events.append)
    stream.run()
    assert without_holds(events) == CLIP_EVENTS
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "broken" in record.getMessage()
    assert "no coffee" in caplog.text


def test_an_unknown_gesture_is_refused_with_the_name_that_was_meant():
    with pytest.raises(GestureLrcnError, match='"raise_hnad" is not recognised; did you mean "raise_hand"'):
        GestureStream().on("raise_hnad")
    with pytest.raises(GestureLrcnError, match='"xyzzy" is not recognised; known are '):
        GestureStream().on("xyzzy")


def test_a_gesture_that_the_given_recogniser_lacks_is_refused():
    with pytest.raises(GestureLrcnError, match="known are raise_hand, point_right"):
        GestureStream(recognizer=ColourRecognizer()).on("circle")


def test_an_unknown_phase_is_refused():
    with pytest.raises(GestureLrcnError, match='no phase "begin"'):
        GestureStream().on("raise_hand", phase="begin")


def test_constructing_opens_nothing_and_entering_does(tmp_path):
    stream = GestureStream(tmp_path / "gone.mp4", recognizer=ColourRecognizer())
    with pytest.raises(CaptureError, match=r"gone\.mp4"), stream:
        pass
    with pytest.raises(CaptureError, match=r"gone\.mp4"):
        stream.run()


def test_stop_from_a_callback_ends_the_run_and_the_gesture(clip):
    stream = recorded(clip)
    events = []
    stream.on_any(events.append)
    stream.on("raise_hand", phase="hold")(lambda event: stream.stop())
    stream.run()
    assert [str(event.phase) for event in events] == ["start", "hold", "end"]


def test_stop_before_run_ends_that_run_at_once_and_not_the_next(clip):
    stream = recorded(clip)
    stream.stop()
    assert list(stream) == []
    assert without_holds(stream) == CLIP_EVENTS


def test_breaking_out_of_an_iteration_ends_what_is_active(clip):
    called = []
    with recorded(clip) as stream:
        stream.on_any(called.append)
        for event in stream:
            assert event.phase == "start"
            break
    assert without_holds(called) == CLIP_EVENTS[:2]


def test_an_error_of_the_recogniser_ends_what_is_active_and_closes_the_source(clip):
    def fail(frame):
        if frame.index == 15:
            raise ValueError("bad frame")

    source = open_source(clip)
    stream = GestureStream(source, recognizer=ColourRecognizer(on_frame=fail))
    called = []
    stream.on_any(called.append)
    with pytest.raises(ValueError, match="bad frame"):
        stream.run()
    assert without_holds(called) == CLIP_EVENTS[:2]
    assert list(source) == [], "the source is closed"


@pytest.fixture
def made(monkeypatch):
    """The recognisers that streams make for themselves, with what they were asked for."""
    made = []

    def make(model, *, engine, live, locator, sensitivity):
        if model == "broken":
            raise ModelError("broken")
        recognizer = ColourRecognizer()
        made.append((recognizer, model, engine, live, locator, sensitivity))
        return recognizer

    module = types.ModuleType("gesturelrcn.recognizer")
    module.Recognizer = make
    monkeypatch.setitem(sys.modules, "gesturelrcn.recognizer", module)
    return made


def test_the_stream_makes_and_closes_its_own_recogniser(clip, camera, made):
    asked = {"model": "mine", "engine": "torch", "locator": "people", "sensitivity": "eager"}
    with GestureStream(clip, **asked) as stream:
        assert made[0][1:] == ("mine", "torch", False, "people", "eager")
        assert without_holds(stream) == CLIP_EVENTS
    assert made[0][0].closed
    with GestureStream(camera.url):
        usual = ("default", "onnxruntime", True, "default", "normal")
        assert made[1][1:] == usual, "live: nothing waits for a locator"
        assert not made[1][0].closed
    assert made[1][0].closed


def test_a_gesture_that_the_model_lacks_is_refused_when_the_stream_opens(clip, made):
    stream = GestureStream(clip)
    stream.on("circle")(print)
    with pytest.raises(GestureLrcnError, match='"circle" is not recognised'):
        stream.run()
    assert made[0][0].closed


def test_a_model_that_cannot_be_loaded_leaves_no_source_open(clip, made):
    source = open_source(clip)
    with pytest.raises(ModelError):
        GestureStream(source, model="broken").run()
    assert list(source) == []


def test_a_live_stream_calls_back_in_one_thread_of_its_own(camera):
    stream = live(camera)
    seen = []

    @stream.on_any
    def note(event):
        seen.append((event, threading.current_thread().name))
        if len(without_holds(event for event, _ in seen)) == 4:
            stream.stop()

    stream.run()
    assert {name for _, name in seen} == {"gesture-callbacks"}
    assert without_holds(event for event, _ in seen)[:4] == [
        ("raise_hand", "start", 1),
        ("raise_hand", "end", 1),
        ("raise_hand", "start", 2),
        ("raise_hand", "end", 2),
    ]


def test_a_slow_callback_delays_no_frame():
    ages, called = [], []

    def count(frame):
        ages.append(server.age_of(frame.image))
        if len(ages) == 90:
            stream.stop()

    def slow(event):
        called.append(event)
        time.sleep(0.4)

    with MjpegServer(itertools.cycle(pictures("raise_hand")), 30, numbered=True) as server:
        stream = live(server, on_frame=count)
        stream.on_any(slow)
        begin = time.monotonic()
        stream.run()
        passed = time.monotonic() - begin
    assert len(called) < len(ages) / 2, "frames wait for the callback"
    assert max(ages[-20:]) < passed / 2


@pytest.mark.parametrize("way", ["another thread", "a signal handler"])
def test_stop_may_come_from(camera, way):
    stream = live(camera)
    called = []
    stream.on_any(called.append)
    previous = signal.signal(signal.SIGUSR1, lambda *_: stream.stop())

    def stop():
        if way == "another thread":
            stream.stop()
        else:
            os.kill(os.getpid(), signal.SIGUSR1)

    stream.on("raise_hand")(lambda event: threading.Timer(0.1, stop).start())
    try:
        stream.run()
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert called[-1].phase == "end"


def test_stop_is_heard_while_a_camera_is_silent(camera):
    stream = live(camera)

    @stream.on("raise_hand")
    def silence(event):
        camera.stall()
        threading.Timer(0.5, stream.stop).start()

    stream.run()


def test_ctrl_c_ends_active_gestures_and_is_raised_again(camera):
    recognizer = ColourRecognizer()
    stream = GestureStream(camera.url, recognizer=recognizer)
    called = []
    stream.on_any(called.append)
    stream.on("raise_hand")(lambda event: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), stream:
        stream.run()
    assert without_holds(called)[-1][1] == "end"
    assert not [t for t in threading.enumerate() if t.name == "gesture-callbacks"], "everything is closed"


def test_ctrl_c_in_a_recordings_callback_ends_active_gestures_and_is_raised_again(clip):
    stream = recorded(clip)
    called = []
    stream.on_any(called.append)

    @stream.on("raise_hand")
    def interrupt(event):
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        stream.run()
    assert without_holds(called) == CLIP_EVENTS[:2]


def test_sys_exit_in_a_live_callback_ends_the_program_and_not_only_its_thread(camera):
    stream = live(camera)
    called = []
    stream.on_any(called.append)
    stream.on("raise_hand")(lambda event: sys.exit(3))
    with pytest.raises(SystemExit) as leaving:
        stream.run()
    assert leaving.value.code == 3
    assert without_holds(called)[-1][1] == "end"


def test_a_camera_that_is_lost_ends_the_gesture_and_one_that_is_back_goes_on():
    with MjpegServer(itertools.cycle(pictures("raise_hand")), FPS) as server:
        stream = live(server)
        ended = []

        @stream.on("raise_hand")
        def lose(event):
            if event.id == 1:
                server.stop()
            else:
                stream.stop()

        @stream.on("raise_hand", phase="end")
        def come_back(event):
            ended.append(event.id)
            if event.id == 1:
                server.start()

        stream.run()
    assert ended == [1, 2]


def test_a_callback_that_hangs_does_not_hang_the_end(camera, caplog):
    stream = live(camera)
    released = threading.Event()

    @stream.on("raise_hand")
    def hang(event):
        stream.stop()
        released.wait()

    stream.run()
    assert "left behind" in caplog.text
    released.set()


def test_a_full_queue_drops_holds_and_never_starts_or_ends():
    go = threading.Event()
    called = []

    def slow(event):
        go.wait()
        called.append(event)

    def event(phase, number):
        return GestureEvent("raise_hand", phase, number, 1.0, 0.0, 0.0)

    thread = CallbackThread(slow)
    for number in range(QUEUE_LIMIT):
        for phase in (Phase.START, Phase.HOLD, Phase.HOLD, Phase.END):
            thread.put(event(phase, number))
    assert not called
    go.set()
    wait_until(lambda: len(without_holds(called)) >= 2 * QUEUE_LIMIT)
    thread.close()
    expected = [("raise_hand", phase, n) for n in range(QUEUE_LIMIT) for phase in ("start", "end")]
    assert without_holds(called) == expected, "all of them, in order"
    assert len(called) - len(expected) < 5, "hold events made room"


def test_waiting_holds_are_skipped_at_the_end_and_starts_and_ends_delivered():
    go = threading.Event()
    called = []

    def slow(event):
        go.wait()
        called.append(event.phase)

    thread = CallbackThread(slow)
    for phase in [Phase.START, *[Phase.HOLD] * 10, Phase.END]:
        thread.put(GestureEvent("raise_hand", phase, 1, 1.0, 0.0, 0.0))
    threading.Timer(0.2, go.set).start()
    thread.close()
    assert called == ["start", "end"]


def test_changes_of_the_source_are_told_in_the_callbacks_thread(camera):
    stream = live(camera)
    told = []

    @stream.on_source()
    def note(change):
        told.append((str(change.state), threading.current_thread().name))

    @stream.on_source("lost")
    def lost(change):
        assert change.source == camera.url

    @stream.on_source("back")
    def back(change):
        stream.stop()

    @stream.on_source("live")
    def break_it(change):
        threading.Timer(0.5, camera.drop_connections).start()

    assert stream.state is None
    with stream:
        assert stream.state == "live"
        stream.run()
    assert stream.state is None
    assert [state for state, _ in told if state != "stalled"] == ["live", "lost", "back"]
    assert {thread for _, thread in told} == {"gesture-callbacks"}


def test_a_listener_to_the_source_that_raises_is_logged_and_the_next_is_told(camera, caplog):
    stream = live(camera)

    @stream.on_source("live")
    def broken(change):
        raise RuntimeError("no coffee")

    stream.on_source("live")(lambda change: stream.stop())
    stream.run()
    assert "no coffee" in caplog.text
    assert "broken failed on" in caplog.text


def test_an_unknown_state_of_a_source_is_refused():
    with pytest.raises(GestureLrcnError, match='no state "gone"'):
        GestureStream().on_source("gone")


def test_a_slow_source_keeps_its_gesture_between_two_frames():
    noise = np.random.default_rng(0)

    def slow():
        while True:
            [picture] = pictures("raise_hand", each=1)
            picture[:40] = noise.integers(0, 255, (5, 22, 3), np.uint8).repeat(8, 0).repeat(8, 1)
            yield picture

    with MjpegServer(slow(), 20) as server:
        stream = live(server)
        events = []
        stream.on_any(events.append)
        stream.on("raise_hand")(lambda event: setattr(server, "fps", 2.5))
        threading.Timer(9, stream.stop).start()
        stream.run()
    last = without_holds(events)[-2:]
    assert [phase for _, phase, _ in last] == ["start", "end"]
    held = [event for event in events if event.phase == "hold" and event.id == last[-1][2]]
    assert held[-1].captured_at - held[0].captured_at > 2, "0.4 s between two frames are no silence"


def test_a_silence_that_is_over_when_it_is_noticed_ends_the_gesture_all_the_same(camera):
    busy = threading.Event()

    def slow(frame):
        if busy.is_set():
            busy.clear()
            camera.drop_connections()
            time.sleep(2.5)

    recognizer = ColourRecognizer(on_frame=slow)
    stream = GestureStream(camera.url, recognizer=recognizer)
    called = []
    stream.on_any(called.append)

    @stream.on("raise_hand")
    def once(event):
        if event.id == 1:
            busy.set()
        else:
            stream.stop()

    stream.run()
    assert without_holds(called)[:3] == [
        ("raise_hand", "start", 1),
        ("raise_hand", "end", 1),
        ("raise_hand", "start", 2),
    ]


def test_choosing_a_person_reaches_the_recogniser(clip):
    recognizer = ColourRecognizer()
    chosen = []
    recognizer.choose_person = lambda x, y: chosen.append((x, y))
    with GestureStream(clip, recognizer=recognizer) as stream:
        stream.choose_person(3.0, 4.0)
    stream.choose_person(5.0, 6.0)
    assert chosen == [(3.0, 4.0)]


class Observing(ColourRecognizer):
    """Says of each frame more than its events."""

    def process(self, frame):
        return Observation(tuple(super().process(frame)), active=f"frame {frame.index}")


class Viewing(ColourRecognizer):
    """Returns events only, and says the rest when asked, as recognisers of before did."""

    def process(self, frame):
        self.view = Observation(active=f"frame {frame.index}")
        return super().process(frame)


@pytest.mark.parametrize("kind", [Observing, Viewing])
def test_frame_listeners_get_what_was_made_of_their_frame(clip, kind):
    stream = GestureStream(clip, recognizer=kind())
    heard = []
    stream.add_frame_listener(lambda frame, observation: heard.append((frame.index, observation.active)))
    events = list(stream)
    assert heard == [(index, f"frame {index}") for index in range(len(heard))]
    assert heard
    assert without_holds(events) == without_holds(list(GestureStream(clip, recognizer=ColourRecognizer())))
