"""The last minute is kept, explained, and decided again in the same way."""

import json
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesturelrcn import Phase
from gesturelrcn.actions import (
    Binding,
    Bindings,
    Decision,
    Dispatcher,
    Key,
    Options,
    Profile,
    RecordingInjector,
    Rules,
    Window,
)
from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.model import Thresholds
from gesturelrcn.trace import (
    MomentTracker,
    TraceError,
    TraceFrame,
    TraceSetting,
    TraceWriter,
    explain,
    newest_trace,
    read_lines,
    remove_old_traces,
    replay,
    write_lines,
)
from gesturelrcn.trace.explanation import why_not_recognised

CLASSES = ("none", "point_left", "point_right", "raise_hand", "wave")
THRESHOLDS = {name: Thresholds(0.5, 0.3, 0.1, 0.2) for name in CLASSES[1:]}
SETTING = TraceSetting("camera 0", "test", CLASSES, THRESHOLDS)
BINDINGS = Bindings(
    (
        Binding("point_right", Key("Right"), says="next slide"),
        Binding("point_left", Key("Left"), says="previous slide"),
        Binding("wave", Key("a"), on=Phase.HOLD, after=0.4, rules=Rules(needs_arming=False)),
    ),
    Options(arm="raise_hand", arm_for=5.0),
    (Profile("p", ("Talk",), bindings=(Binding("point_right", Key("n"), says="next page"),)),),
)


@dataclass
class Room:
    """Scores go through decoder and dispatcher, and are traced, on a clock of the test's own."""

    folder: Path
    now: float = 50.0

    def __post_init__(self) -> None:
        self.window: Window | None = None
        self.held = ""
        self.decoder = Decoder(CLASSES, THRESHOLDS)
        self.decisions: list[Decision] = []
        self.dispatcher = Dispatcher(
            BINDINGS,
            RecordingInjector(),
            active_window=lambda: self.window,
            clock=lambda: self.now - 7.0,  # the source's clock is another one
            ticking=False,
            held=lambda: self.held,
        )
        self.writer = TraceWriter(self.folder, SETTING, self.dispatcher)
        self.dispatcher.add_listener(
            lambda news: self.decisions.append(news) if isinstance(news, Decision) else None
        )

    def see(self, scores: dict[str, float] | None, seconds: float = 0.05) -> None:
        """One frame; None for nobody there."""
        self.now += seconds
        if scores is None:
            events = self.decoder.reset(self.now)
            seen = TraceFrame(self.now)
        else:
            vector = np.array([scores.get(name, 0.0) for name in CLASSES], np.float32)
            events = self.decoder.step(Evidence(vector, self.now, self.now + 0.01, "left", (0.1, 0.2)))
            smoothed = self.decoder.smoothed
            assert smoothed is not None
            seen = TraceFrame(
                self.now, tuple(map(float, smoothed)), self.decoder.forgotten, "left", (0.1, 0.2)
            )
        self.writer.saw(seen, self.decoder.active)
        self.dispatcher.see(self.decoder.evident, self.now)
        for event in events:
            self.dispatcher.handle(event)

    def make(self, gesture: str, seconds: float = 0.6, score: float = 0.9) -> None:
        for _ in range(round(seconds / 0.05)):
            self.see({gesture: score})
        self.rest(0.5)

    def rest(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.see({})

    def fall_silent(self) -> None:
        """The source stalls: what goes on ends without a frame."""
        for event in self.decoder.reset(self.now + 0.2):
            self.dispatcher.handle(event)

    def lines(self) -> list:
        self.writer.close()
        return newest_trace(self.folder.parent)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "trace" / "1")


def play(room: Room) -> None:
    room.rest(1.0)
    room.make("point_right")  # not armed
    room.make("raise_hand", 1.0)
    room.make("point_right")
    room.make("point_left", 0.3)  # the way back
    room.rest(0.5)
    room.window = Window("My Talk")
    room.make("point_right", 1.0)
    room.dispatcher.typed()
    room.make("wave")
    room.make("wave", 0.1)
    room.make("point_left", score=0.4)
    room.rest(1.0)
    room.make("wave", 0.3)
    room.make("point_left", 0.3)
    room.see({"wave": 0.9})
    room.see({"wave": 0.9})
    room.see(None)
    room.make("wave", 0.6)
    room.fall_silent()
    room.rest(1.0)


def test_a_replay_decides_the_same(room: Room) -> None:
    play(room)
    again = replay(room.lines())
    assert again.same
    assert list(again.decisions) == room.decisions
    assert [each.inhibitor.partition(" (")[0] for each in again.decisions] == [
        "not armed",
        "",
        "",
        "somebody types",
        "not armed",
        "",
    ]
    assert len(again.events) == len(again.recorded_events) > 12


def test_a_replay_tells_where_it_differs(room: Room) -> None:
    play(room)
    lines = room.lines()
    for line in lines:
        if line["kind"] == "frame" and line.get("scores"):
            line["scores"][2] *= 0.5  # nobody points to the right any more
    assert not replay(lines).same


def test_a_trace_of_an_older_version_may_have_more_holds(room: Room, tmp_path: Path) -> None:
    play(room)
    now = room.lines()
    assert {line["version"] for line in now if line["kind"] == "begin"} == {2}
    ends = [number for number, line in enumerate(now) if line.get("phase") == "end"]
    faded = {**now[ends[0]], "phase": "hold"}
    older = [{**line, "version": 1} if line["kind"] == "begin" else line for line in now]
    with_hold = [*older[: ends[0]], faded, *older[ends[0] :]]
    path = tmp_path / "older.jsonl"
    for lines, same, older_holds in (
        (now, True, False),
        (older, True, False),
        (with_hold, False, True),
        ([now[0], *with_hold[1:]], False, False),
    ):
        write_lines(path, lines)
        again = replay(read_lines(path))
        assert (again.same, again.holds_may_differ) == (same, older_holds)


def test_every_moment_is_explained(room: Room) -> None:
    play(room)
    told = [(each.gesture, each.outcome) for each in explain(room.lines())]
    assert told[:5] == [
        ("point_right", "next slide: held back, not armed (hold raise_hand 0.5 s)"),
        ("raise_hand", "arms"),
        ("point_right", "done: next slide"),
        ("point_left", "not recognised: too soon after the gesture before: 0.4 s more"),
        ("point_right", "done: next page"),
    ]
    texts = dict(told[5:])
    assert "not sure enough: 0.40 at most, and it starts at 0.50" in texts["point_left"] or any(
        "not sure enough" in text for _, text in told
    )
    assert any("held back, somebody types" in text for _, text in told)
    assert any("and its binding takes 0.4 s" in text for _, text in told)
    assert any("too short" in text for _, text in told)


def test_a_gesture_without_binding_and_one_that_is_too_soon(room: Room) -> None:
    room.rest(1.0)
    room.make("raise_hand", 0.4)
    told = [each.outcome for each in explain(room.lines())]
    assert len(told) == 1
    assert told[0].endswith("and it arms after 0.5 s")
    tracker = MomentTracker(CLASSES, THRESHOLDS)
    moments = []
    for at, score in enumerate([0.9, 0.9, 0.0]):
        moments += tracker.frame(float(at), [0.1, 0.0, score, 0.0, 0.9], "wave")
    assert moments[0].rival == "wave"
    assert why_not_recognised(moments[0]) == "wave was stronger or went on"
    assert why_not_recognised(moments[0], rest=0.2) == "too soon after the gesture before: 0.2 s more"


def test_what_is_recognised_and_bound_to_nothing(room: Room) -> None:
    room.dispatcher.use(Bindings((Binding("wave", Key("a"), on=Phase.END, rules=Rules(cooldown=9.0)),)))
    room.rest(1.0)
    room.make("point_right")
    room.make("wave")
    moments = explain(room.lines())
    assert [each.outcome for each in moments] == ["recognised, and nothing is bound to it", "done: key a"]
    assert [each.recognised for each in moments] == [True, True]
    assert [each.fired for each in moments] == [False, True]


def test_a_minute_is_always_there_and_no_more_than_a_few(room: Room) -> None:
    chance = random.Random(1)
    for _ in range(150):
        room.rest(chance.uniform(1.0, 3.0))
        room.make("point_right", 0.3)
    lines = room.lines()
    times = [line["at"] for line in lines if line["kind"] == "frame"]
    assert 60.0 <= room.now - times[0] < 130.0
    assert times == sorted(times)
    assert lines[0]["calm"]
    assert replay(lines).same


def test_a_minute_without_rest_is_kept_too(room: Room) -> None:
    for _ in range(round(150 / 0.05)):
        room.see({"wave": 0.45, "raise_hand": 0.52 if int(room.now) % 2 else 0.1})
    lines = room.lines()
    assert room.now - lines[0]["at"] >= 60.0
    assert not lines[-1].get("calm", False)


def test_other_bindings_are_part_of_the_trace(room: Room) -> None:
    room.rest(1.0)
    room.make("point_right")
    room.dispatcher.use(Bindings((Binding("point_right", Key("x")), Binding("wave", Key("y")))))
    room.make("point_right")
    room.rest(0.5)
    room.make("wave")
    lines = room.lines()
    again = replay(lines)
    assert again.same
    assert [each.action for each in again.decisions] == ["key Right", "key x", "key y"]
    assert explain(lines)[-1].outcome == "done: key y"


_FRAMES = st.lists(
    st.tuples(
        st.sampled_from([*CLASSES[1:], None]),
        st.sampled_from([0.1, 0.35, 0.55, 0.95]),
        st.integers(1, 14),
        st.sampled_from([0.02, 0.05, 0.11]),
        st.sampled_from(["", "", "", "typed", "mouse", "window", "held", "pause", "silent", "arm"]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_FRAMES, st.integers(0, 10**9))
def test_any_stream_is_decided_again_bit_for_bit(tmp_path: Path, parts: list, number: int) -> None:
    room = Room(tmp_path / str(number) / "1")
    for gesture, score, frames, seconds, extra in parts:
        for _ in range(frames):
            room.see(None if gesture is None else {gesture: score}, seconds)
        if extra == "window":
            room.window = None if room.window else Window("Talk")
        elif extra == "held":
            room.held = "" if room.held else "Shift"
        elif extra == "silent":
            room.fall_silent()
        elif extra == "arm":
            room.dispatcher.toggle_arm()
        elif extra == "pause":
            room.dispatcher.control("pause")
        elif extra == "typed":
            room.dispatcher.typed()
        elif extra == "mouse":
            room.dispatcher.mouse_used()
    if parts:
        again = replay(room.lines())
        assert again.events == again.recorded_events or again.same
        assert list(again.decisions) == room.decisions
        assert again.same
    room.writer.close()


def write(path: Path, lines: Iterable[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json\n", r":1: this is no trace"),
        ("[]\n", r":1: this is no trace"),
        ('{"kind": "frame"}\n', r":1: this is no trace of this version"),
        ('{"kind": "begin", "version": 99}\n', r":1: this is no trace of this version"),
    ],
)
def test_what_is_no_trace_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(TraceError, match=said):
        read_lines(path)


def test_other_mistakes_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for call, said in [
        (lambda: read_lines(tmp_path / "gone"), "the trace cannot be read: No such file"),
        (lambda: read_lines(tmp_path / "binary"), "not UTF-8 text"),
        (lambda: newest_trace(tmp_path / "nothing"), "There is no trace yet"),
        (lambda: replay([]), "The trace is empty"),
        (lambda: replay([{"kind": "begin", "version": 1}]), "The trace is damaged: KeyError"),
        (lambda: write_lines(tmp_path / "no" / "folder", []), "the trace cannot be written"),
    ]:
        with pytest.raises(TraceError, match=said) as error:
            call()
        assert "\n" not in str(error.value)


def test_a_line_that_is_being_written_is_left_out(room: Room) -> None:
    room.rest(1.0)
    room.lines()
    path = room.folder / "a.jsonl"
    whole = read_lines(path)
    with path.open("a") as file:
        file.write('{"kind": "fra')
    assert read_lines(path) == whole


def test_a_folder_that_cannot_be_written_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    room = Room(tmp_path / "file" / "1")
    room.make("wave")
    assert "there will be no answer to 'gesturelrcn why'" in caplog.text
    room.writer.close()


def test_traces_are_private_and_old_ones_go(room: Room) -> None:
    room.rest(1.0)
    room.lines()
    path = room.folder / "a.jsonl"
    assert path.stat().st_mode & 0o077 == 0
    assert room.folder.stat().st_mode & 0o077 == 0
    remove_old_traces(room.folder.parent)
    assert path.exists()
    long_ago = time.time() - 100_000
    os.utime(path, (long_ago, long_ago))
    remove_old_traces(room.folder.parent)
    assert not room.folder.exists()


def test_a_replay_runs_no_command(room: Room, tmp_path: Path) -> None:
    play(room)
    lines = room.lines()
    made = tmp_path / "made"
    lines[0]["state"]["last_fired"] = {}
    lines[0]["bindings"] = (
        f'[options]\ncommands = true\n[[bind]]\ngesture = "point_right"\ndo = "run touch {made}"\n'
    )
    again = replay(lines)
    assert any(each.fired and each.meaning.startswith("run touch") for each in again.decisions)
    time.sleep(0.5)
    assert not made.exists()
