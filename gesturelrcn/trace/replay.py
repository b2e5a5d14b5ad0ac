"""Decide again from a trace: scores to events, events to decisions; nothing is pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gesturelrcn.actions.bindings.bindings import Bindings
from gesturelrcn.actions.bindings.file import parse_bindings
from gesturelrcn.actions.decisions import ActionNews, Decision, Fact
from gesturelrcn.actions.desktop.window import Window
from gesturelrcn.actions.dispatcher import Dispatcher
from gesturelrcn.actions.injectors.injector import RecordingInjector
from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.thresholds import thresholds_from
from gesturelrcn.trace.ring import (
    VERSION,
    TraceError,
    TraceFrame,
    TraceSetting,
    refused_if_damaged,
)
from gesturelrcn.vocabulary import NONE

_NO_SMOOTHING = 1e-9
"""Seconds. The scores of a trace are smoothed already; frames are further apart than this."""

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Replay:
    """What came of a replay.

    Attributes:
        frames: how many were decided on.
        events: again.
        decisions: again.
        recorded_events: as they were.
        recorded_decisions: as they were.
        version: of the trace.
    """

    frames: int
    events: tuple[GestureEvent, ...]
    decisions: tuple[Decision, ...]
    recorded_events: tuple[GestureEvent, ...]
    recorded_decisions: tuple[Decision, ...]
    version: int = VERSION

    @property
    def same(self) -> bool:
        """Everything was decided as before; when it was decided, on the clock, does not count."""
        return (
            list(map(_timeless, self.events)) == list(map(_timeless, self.recorded_events))
            and self.decisions == self.recorded_decisions
        )

    @property
    def holds_may_differ(self) -> bool:
        """It is not the same, and the trace is of a version in which a fading gesture gave `hold` events."""
        return self.version < VERSION and not self.same


def replay(lines: Sequence[Line]) -> Replay:
    """Decide again.

    Args:
        lines: of a trace, as `newest_trace` and `read_lines` give them.

    Raises:
        TraceError: the trace is empty or damaged.
    """
    if not lines or lines[0].get("kind") != "begin":
        raise TraceError("The trace is empty, so there is nothing to replay.")
    with refused_if_damaged():
        return _Replayer(lines).run()


def bindings_of(line: Line) -> Bindings:
    """The bindings that a `begin` or a `reload` line carries."""
    gestures = [name for name in line["classes"] if name != NONE]
    return parse_bindings(line["bindings"], gestures, "trace", commands_exist=False, may_be_empty=True)


def setting_of(begin: Line) -> TraceSetting:
    """What a `begin` line says of the model."""
    return TraceSetting.from_dict(begin["setting"])


class _Replayer:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        begin = lines[0]
        self._setting = setting_of(begin)
        settings = replace(self._setting.settings, smoothing=_NO_SMOOTHING)
        self._decoder = Decoder(self._setting.classes, self._setting.thresholds, settings)
        self._first_id = int(begin["last_id"])
        self._forgotten: int | None = None
        self._time = 0.0
        self._window: Window | None = None
        self._at_line = 0
        self._decided: list[Decision] = []
        self._dispatcher = Dispatcher(
            self._bindings(begin["bindings"]),
            RecordingInjector(),
            active_window=self._window_then,
            clock=lambda: self._time,
            ticking=False,
            commands=lambda _: None,  # a trace may come from anybody
            held=self._held_then,
        )
        self._dispatcher.restore(begin["state"])
        window = begin["state"]["window"]
        self._window = None if window is None else Window(**window)
        self._held = str(begin["state"].get("held", ""))  # traces of before do not tell
        self._dispatcher.add_listener(self._heard)

    def run(self) -> Replay:
        events: list[GestureEvent] = []
        recorded_events: list[GestureEvent] = []
        recorded_decisions: list[Decision] = []
        frames = 0
        for number, line in enumerate(self._lines):
            self._at_line = number
            if line["kind"] == "frame":
                frames += 1
                events += self._frame(line)
            elif line["kind"] == "thresholds":
                self._decoder.use(thresholds_from(line["thresholds"]))
            elif line["kind"] == "event":
                event = event_of(line)
                if event.phase == Phase.END:
                    events += self._ended_without_frame(event, events)
                recorded_events.append(event)
                self._time = event.captured_at
                self._dispatcher.handle(event)
            elif line["kind"] == "fact":
                self._fact(line)
            elif line["kind"] == "decision":
                recorded_decisions.append(decision_of(line))
        self._dispatcher.close()
        return Replay(
            frames,
            tuple(events),
            tuple(self._decided),
            tuple(recorded_events),
            tuple(recorded_decisions),
            int(self._lines[0]["version"]),
        )

    def _frame(self, line: Line) -> list[GestureEvent]:
        plain = {key: value for key, value in line.items() if key != "kind"}
        frame = TraceFrame(**plain)
        events: list[GestureEvent] = []
        if frame.scores is None or (self._forgotten is not None and frame.forgotten != self._forgotten):
            events += self._reset()
        if frame.scores is not None:
            self._forgotten = frame.forgotten
            position = None if frame.position is None else (frame.position[0], frame.position[1])
            scores: Any = np.asarray(frame.scores, np.float64)
            events += self._decoder.step(
                Evidence(scores, frame.at, self._decided_at(frame.at), frame.hand, position, frame.media)
            )
        self._time = frame.at
        self._dispatcher.see(self._decoder.evident, frame.at)
        return [self._numbered(event) for event in events]

    def _reset(self) -> list[GestureEvent]:
        return self._decoder.reset(self._end_decided_at())

    def _ended_without_frame(
        self, recorded: GestureEvent, events: Sequence[GestureEvent]
    ) -> list[GestureEvent]:
        """The source fell silent or ended: what was going on ended, and no frame says so."""
        if self._decoder.active != recorded.gesture or (events and events[-1].phase == Phase.END):
            return []
        return [self._numbered(event) for event in self._decoder.reset(recorded.decided_at)]

    def _decided_at(self, at: float) -> float:
        """When the events of the frame in hand were decided."""
        return max(at, next((event.decided_at for event in self._events_of_frame()), at))

    def _end_decided_at(self) -> float | None:
        ends = (event.decided_at for event in self._events_of_frame() if event.phase == Phase.END)
        return next(ends, None)

    def _events_of_frame(self) -> list[GestureEvent]:
        events = []
        for line in self._lines[self._at_line + 1 :]:
            if line["kind"] in ("frame", "begin"):
                break
            if line["kind"] == "event":
                events.append(event_of(line))
        return events

    def _window_then(self) -> Window | None:
        """The window in front when the event in hand was handled."""
        told = self._told_at_once("window")
        if told is not None:
            self._window = _window(told)
        return self._window

    def _held_then(self) -> str:
        """What the user held down when the event in hand was handled."""
        told = self._told_at_once("held")
        if told is not None:
            self._held = str(told["detail"]["what"])
        return self._held

    def _told_at_once(self, fact: str) -> Line | None:
        """The fact of this kind that was found out while the event in hand was handled."""
        for line in self._lines[self._at_line + 1 :]:
            if line["kind"] in ("event", "frame", "begin"):
                return None
            if line["kind"] == "fact" and line["fact"] == fact:
                return line
        return None

    def _fact(self, line: Line) -> None:
        fact = Fact(line["at"], line["fact"], line["detail"])
        self._time = max(self._time, fact.at)
        if fact.kind == "window":
            self._window = _window(line)
            self._dispatcher.learn(fact)
        elif fact.kind == "held":
            self._held = str(fact.detail["what"])
            self._dispatcher.learn(fact)
        elif fact.kind == "reload":
            self._dispatcher.use(self._bindings(fact.detail["bindings"]))
        else:
            self._dispatcher.learn(fact)

    def _bindings(self, text: str) -> Bindings:
        return bindings_of({"classes": self._setting.classes, "bindings": text})

    def _heard(self, news: ActionNews) -> None:
        if isinstance(news, Decision):
            self._decided.append(news)

    def _numbered(self, event: GestureEvent) -> GestureEvent:
        return replace(event, id=event.id + self._first_id)


def event_of(line: Line) -> GestureEvent:
    """The event of an `event` line."""
    plain = {key: value for key, value in line.items() if key != "kind"}
    plain["phase"] = Phase(plain["phase"])
    plain["position"] = tuple(plain["position"]) if plain["position"] else None
    return GestureEvent(**plain)


def decision_of(line: Line) -> Decision:
    """The decision of a `decision` line."""
    plain = {key: value for key, value in line.items() if key != "kind"}
    plain["phase"] = Phase(plain["phase"])
    return Decision(**plain)


def _window(line: Line) -> Window | None:
    return Window(**line["detail"]) if line["detail"] else None


def _timeless(event: GestureEvent) -> GestureEvent:
    return replace(event, decided_at=0.0)
