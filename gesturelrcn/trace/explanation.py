"""Moments at which a gesture was recognised, or nearly, and what came of each."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gesturelrcn.actions.bindings.bindings import Bindings
from gesturelrcn.actions.decisions import Decision
from gesturelrcn.decoding import DecoderSettings
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.thresholds import Thresholds, thresholds_from
from gesturelrcn.trace.replay import Line, bindings_of, decision_of, event_of, setting_of
from gesturelrcn.trace.ring import TraceError, refused_if_damaged
from gesturelrcn.vocabulary import mirrored

NEAR = 0.6
"""Share of its threshold at which a gesture counts as nearly recognised."""


@dataclass(frozen=True)
class Moment:
    """A gesture was there, or something like it.

    Attributes:
        gesture: its name.
        began: seconds, when its score came near the threshold.
        ended: when it no longer was.
        peak: its highest score.
        threshold: where it starts.
        above: the longest stretch above the threshold, seconds.
        needed: how long it has to stay above it, seconds.
        rival: another gesture that was stronger or going on while this one was above its threshold.
        event_id: of its events, or None if it was not recognised.
        lasted: seconds from start to end, where recognised.
        decisions: what its bindings did.
        outcome: what came of it, as half a sentence.
        off: the model has the gesture off, and nobody turned it on.
    """

    gesture: str
    began: float
    ended: float
    peak: float
    threshold: float
    above: float
    needed: float
    rival: str | None = None
    event_id: int | None = None
    lasted: float = 0.0
    decisions: tuple[Decision, ...] = ()
    outcome: str = ""
    off: bool = False

    @property
    def recognised(self) -> bool:
        """It became an event."""
        return self.event_id is not None

    @property
    def fired(self) -> bool:
        """Something was done."""
        return any(decision.fired for decision in self.decisions)


@dataclass
class _Rise:
    """A gesture's score is near its threshold."""

    began: float
    last: float
    limits: Thresholds
    off: bool = False
    peak: float = 0.0
    above_since: float | None = None
    above: float = 0.0
    rival: str | None = None
    started: list[GestureEvent] = field(default_factory=list)


class MomentTracker:
    """Finds moments in a stream of frames and events, each when it is over."""

    def __init__(
        self,
        classes: Sequence[str],
        thresholds: Mapping[str, Thresholds],
        off: Mapping[str, Thresholds] | None = None,
    ) -> None:
        """Set up.

        Args:
            classes: names of the scores.
            thresholds: per gesture that may start.
            off: where gestures would start that are off. Of those, moments count that would have started.
        """
        self._classes = tuple(classes)
        self._thresholds = thresholds
        self._off = off or {}
        self._rises: dict[str, _Rise] = {}

    def use(self, thresholds: Mapping[str, Thresholds]) -> None:
        """Other thresholds hold from the next frame on."""
        self._thresholds = thresholds

    def frame(self, at: float, scores: Sequence[float] | None, active: str | None) -> list[Moment]:
        """Take in one frame; returns the moments that are over with it.

        Args:
            at: seconds.
            scores: smoothed; None for nobody there.
            active: the gesture that goes on.
        """
        over = []
        for index, name in enumerate(self._classes):
            off = name not in self._thresholds
            limits = self._off.get(name) if off else self._thresholds[name]
            score = 0.0 if scores is None else float(scores[index])
            near = limits is not None and score >= NEAR * limits.start
            going_on = name == active and name in self._rises
            if limits is not None and (near or going_on):
                rise = self._rises.setdefault(name, _Rise(at, at, limits))
                rise.limits, rise.off = limits, off
                self._rise(rise, at, score, self._rival(name, scores, active))
            elif name in self._rises:
                over.append(self._moment(name, at))
        return [moment for moment in over if _counts(moment)]

    def event(self, event: GestureEvent) -> None:
        """Take in an event of the frame before."""
        if event.phase == Phase.START and event.gesture in self._rises:
            self._rises[event.gesture].started.append(event)

    def finish(self) -> list[Moment]:
        """The moments that are not over yet."""
        left = [self._moment(name, rise.last) for name, rise in list(self._rises.items())]
        return [moment for moment in left if _counts(moment)]

    def _rise(self, rise: _Rise, at: float, score: float, rival: str | None) -> None:
        rise.last = at
        rise.peak = max(rise.peak, score)
        if score < rise.limits.start:
            rise.above_since = None
            return
        rise.above_since = at if rise.above_since is None else rise.above_since
        rise.above = max(rise.above, at - rise.above_since)
        rise.rival = rise.rival or rival

    def _rival(self, name: str, scores: Sequence[float] | None, active: str | None) -> str | None:
        if active is not None and active != name:
            return active
        if scores is None:
            return None
        gestures = [index for index, other in enumerate(self._classes) if other in self._thresholds]
        best = max(gestures, key=lambda index: scores[index], default=None)
        return None if best is None or self._classes[best] == name else self._classes[best]

    def _moment(self, name: str, at: float) -> Moment:
        rise = self._rises.pop(name)
        limits = rise.limits
        return Moment(
            gesture=name,
            began=rise.began,
            ended=at,
            peak=rise.peak,
            threshold=limits.start,
            above=rise.above,
            needed=limits.start_after,
            rival=rise.rival,
            event_id=rise.started[-1].id if rise.started else None,
            off=rise.off,
        )


def _counts(moment: Moment) -> bool:
    """Of a gesture that is off it says nothing that it was near."""
    return moment.recognised or not moment.off or (moment.above > 0 and moment.above >= moment.needed)


def why_not_recognised(moment: Moment, rest: float = 0.0) -> str:
    """Why a moment became no event, as half a sentence; `rest` is what the time after a gesture had left."""
    if moment.off:
        return "off in this model unless it is turned on (gesturelrcn models says why)"
    if moment.peak < moment.threshold:
        return f"not sure enough: {moment.peak:.2f} at most, and it starts at {moment.threshold:.2f}"
    if rest > 0:
        return f"too soon after the gesture before: {rest:.1f} s more"
    if moment.rival is not None:
        return f"{moment.rival} was stronger or went on"
    return f"too short: {moment.above:.2f} s above {moment.threshold:.2f}, and it takes {moment.needed:.2f} s"


@refused_if_damaged()
def explain(lines: Sequence[Line]) -> list[Moment]:
    """All moments of a trace, in the order in which they began.

    Args:
        lines: of a trace, as `newest_trace` and `read_lines` give them.

    Raises:
        TraceError: the trace is empty or damaged.
    """
    if not lines:
        raise TraceError("The trace is empty, so there is nothing to explain.")
    setting = setting_of(lines[0])
    tracker = MomentTracker(setting.classes, setting.thresholds, setting.off)
    moments: list[Moment] = []
    events: list[GestureEvent] = []
    decisions: list[Decision] = []
    active: str | None = None
    for line in lines:
        if line["kind"] == "frame":
            moments += tracker.frame(line["at"], line.get("scores"), active)
        elif line["kind"] == "thresholds":
            tracker.use(thresholds_from(line["thresholds"]))
        elif line["kind"] == "event":
            event = event_of(line)
            events.append(event)
            tracker.event(event)
            active = None if event.phase == Phase.END else event.gesture
        elif line["kind"] == "decision":
            decisions.append(decision_of(line))
    moments += tracker.finish()
    outcomes = _Outcomes(events, decisions, bindings_in_force(lines), setting.settings)
    return sorted(map(outcomes.added_to, moments), key=lambda moment: moment.began)


def bindings_in_force(lines: Sequence[Line]) -> Bindings:
    """Those at the end of a trace."""
    texts = [
        line["bindings"] if line["kind"] == "begin" else line["detail"]["bindings"]
        for line in lines
        if line["kind"] == "begin" or (line["kind"] == "fact" and line["fact"] == "reload")
    ]
    return bindings_of({"classes": lines[0]["setting"]["classes"], "bindings": texts[-1]})


class _Outcomes:
    """Adds to a moment what became of it."""

    def __init__(
        self,
        events: Sequence[GestureEvent],
        decisions: Sequence[Decision],
        bindings: Bindings,
        settings: DecoderSettings,
    ) -> None:
        self._events = events
        self._decisions = decisions
        self._bindings = bindings
        self._settings = settings

    def added_to(self, moment: Moment) -> Moment:
        if moment.event_id is None:
            rest = self._rest(moment)
            return replace(moment, outcome=f"not recognised: {why_not_recognised(moment, rest)}")
        times = [event.captured_at for event in self._events if event.id == moment.event_id]
        decisions = tuple(each for each in self._decisions if each.id == moment.event_id)
        lasted = max(times) - min(times)
        return replace(
            moment,
            lasted=lasted,
            decisions=decisions,
            outcome=self._outcome(moment.gesture, lasted, decisions),
        )

    def _rest(self, moment: Moment) -> float:
        """How long after `moment` began to be above its threshold it was still blocked by one before."""
        left = 0.0
        for event in self._events:
            if event.phase != Phase.END or not moment.began - 2.0 <= event.captured_at <= moment.ended:
                continue
            if event.gesture == moment.gesture:
                left = max(left, event.captured_at + self._settings.refractory - moment.began)
            elif event.gesture == mirrored(moment.gesture):
                left = max(left, event.captured_at + self._settings.mirror_refractory - moment.began)
        return left

    def _outcome(self, gesture: str, lasted: float, decisions: Iterable[Decision]) -> str:
        outcomes = [
            f"done: {each.meaning}" if each.fired else f"{each.meaning}: held back, {each.inhibitor}"
            for each in _once_each(decisions)
        ]
        if outcomes:
            return "; ".join(outcomes)
        options = self._bindings.options
        takes = {options.pause: options.pause_after, options.arm: options.arm_after}.get(gesture)
        if takes is not None:
            what = "arms" if gesture == options.arm else "pauses or goes on"
            return what if lasted >= takes else f"held {lasted:.1f} s, and it {what} after {takes:g} s"
        bound = [binding for binding in self._bindings if binding.gesture == gesture]
        if not bound:
            return "recognised, and nothing is bound to it"
        nearest = min((each.after for each in bound if each.on == Phase.HOLD), default=math.inf)
        if lasted < nearest < math.inf:
            return f"held {lasted:.1f} s, and its binding takes {nearest:g} s"
        return "recognised, and its bindings wait for another phase or program"


def _once_each(decisions: Iterable[Decision]) -> list[Decision]:
    """The first of each firing that was repeated."""
    first: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        first.setdefault((decision.meaning, decision.inhibitor), decision)
    return list(first.values())
