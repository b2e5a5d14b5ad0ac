"""Scores -> events: start above a threshold held for a time, end below a lower one held for a time.

The scheme is that of silero-vad's `VADIterator`, for many classes of which one is active at a time.
Nothing counts frames: every limit is in seconds, so 10 and 60 frames a second decide alike.

A gesture is quiet; rising, once its score has reached `start`; active, when it has stayed there for
`start_after`; and fading while its score is below `end`: after `end_after` of that it is quiet again. While
one is active or fading, another may rise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.events import GestureEvent, Hand, Phase
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.vocabulary import NONE, mirrored


@dataclass(frozen=True)
class DecoderSettings:
    """What is the same for all gestures, in seconds.

    Attributes:
        smoothing: time constant of the average over the scores.
        hold_every: least time between two `hold` events; none comes while the score is below `end`.
        refractory: after its end the same gesture does not start again for this long.
        mirror_refractory: after its end the opposite gesture does not start for this long: the hand
            on its way back looks like it.
    """

    smoothing: float = 0.08
    hold_every: float = 0.1
    refractory: float = 0.3
    mirror_refractory: float = 0.6


@dataclass(frozen=True)
class Evidence:
    """One frame's share in a decision.

    Attributes:
        scores: (C,) softmax in the order of the decoder's classes.
        captured_at: seconds, when the frame was captured.
        decided_at: seconds, now.
        hand: which hand acts, where known.
        position: (x, y) of that hand in the person region, 0 to 1, where known.
        media_time: seconds from the beginning of a recording; None for live sources.
    """

    scores: NDArray[np.float32]
    captured_at: float
    decided_at: float
    hand: Hand | None = None
    position: tuple[float, float] | None = None
    media_time: float | None = None


@dataclass(frozen=True)
class _Rising:
    """A gesture that is strong enough to start, and since when in seconds."""

    gesture: str
    since: float


@dataclass
class _Active:
    """The gesture that has started and not ended.

    Attributes:
        gesture: its name.
        limits: when it ends.
        told_at: seconds, its start or its last `hold`.
        fading_since: seconds, when its score fell below `end`; None while it is strong.
    """

    gesture: str
    limits: Thresholds
    told_at: float
    fading_since: float | None = None


class Decoder:
    """Turns the scores of a stream into gesture events. At most one gesture is active at a time.

    Attributes:
        settings: what is the same for all gestures.
        smoothed: (C,) the average over the scores up to the last frame; None before the first one and
            after a reset.
        forgotten: how often all evidence was forgotten.
        thresholds: per gesture, those in force; a gesture that has none starts nothing, as `none`.
    """

    def __init__(
        self,
        classes: Sequence[str],
        thresholds: Mapping[str, Thresholds],
        settings: DecoderSettings | None = None,
    ) -> None:
        """Args: classes: names of the scores, `none` included. thresholds: per gesture that may start."""
        self.settings = settings or DecoderSettings()
        self.smoothed: NDArray[np.float64] | None = None
        self.forgotten = 0
        self._classes = tuple(classes)
        self.thresholds: Mapping[str, Thresholds] = {}
        self._gestures: list[int] = []
        self._waiting: dict[str, float] = {}
        self._last: Evidence | None = None
        self._rising: _Rising | None = None
        self._active: _Active | None = None
        self._free_at: dict[str, float] = {}
        self._stepped_at = -math.inf
        self._ids = 0
        self.use(thresholds)

    @property
    def active(self) -> str | None:
        """The gesture that goes on: it has started and not ended."""
        return None if self._active is None else self._active.gesture

    @property
    def evident(self) -> str | None:
        """The gesture that goes on, if the last frame spoke for it: None too while it fades."""
        fades = self._active is None or self._active.fading_since is not None
        return None if fades else self.active

    def step(self, evidence: Evidence) -> list[GestureEvent]:
        """Take in one frame, in order of time; returns the events that it decides, oldest first.

        After a `reset` time may begin anew, as where a recording is shown again.
        """
        if evidence.captured_at < self._stepped_at:
            self._free_at.clear()
        self._stepped_at = evidence.captured_at
        self._smooth(evidence)
        self._watch_rising(evidence.captured_at)
        events = []
        if self._active is not None:
            events += self._go_on(self._active, evidence)
        if self._active is None and self._rising is not None and self._is_due(evidence.captured_at):
            events.append(self._start(self._rising.gesture, evidence))
        return events

    def use(self, thresholds: Mapping[str, Thresholds]) -> None:
        """Put other thresholds in force from the next frame on; a gesture that has none does not start.

        Nothing starts or ends by that alone: the gesture that goes on ends below the lower one of its old and
        its new `end`, and one whose score only the new `start` would let begin keeps the old one until it has
        been below the new `end`.
        """
        before = self._start_of
        waiting = {
            name: before(name)
            for name, limits in thresholds.items()
            if self.smoothed is not None and limits.start <= self._score(name) < before(name)
        }
        rising, active = self._rising, self._active
        if rising is not None:
            limits = thresholds.get(rising.gesture)
            if limits is None or limits.start > before(rising.gesture):
                self._rising = None  # it may not have been above the new one for as long
        if active is not None and active.gesture in thresholds:
            new, old = thresholds[active.gesture], active.limits
            lasting = min(new.end, old.end), max(new.end_after, old.end_after)
            active.limits = replace(old, end=lasting[0], end_after=lasting[1])
        self.thresholds, self._waiting = dict(thresholds), waiting
        self._gestures = [i for i, name in enumerate(self._classes) if name in thresholds and name != NONE]

    def reset(self, at: float | None = None) -> list[GestureEvent]:
        """Forget all evidence: the person, the source or the camera is gone. Ends what is active.

        Args:
            at: seconds, when this is decided; default the time of the last frame.
        """
        self.forgotten += 1
        events = []
        if self._active is not None and self._last is not None:
            now = self._last.decided_at if at is None else at
            last = replace(self._last, decided_at=max(now, self._last.decided_at))
            events.append(self._end(self._active.gesture, last, max(now, last.captured_at)))
        self.smoothed = self._last = self._rising = None
        self._waiting.clear()
        return events

    def begin_anew(self) -> list[GestureEvent]:
        """As `reset`, where what comes next is of another clock: no time of the old one counts any more."""
        events = self.reset()
        self._free_at.clear()
        return events

    def _smooth(self, evidence: Evidence) -> None:
        fresh = np.asarray(evidence.scores, np.float64)
        if self.smoothed is None or self._last is None:
            self.smoothed = fresh
        else:
            passed = max(0.0, evidence.captured_at - self._last.captured_at)
            keep = math.exp(-passed / self.settings.smoothing)
            self.smoothed = keep * self.smoothed + (1.0 - keep) * fresh
        self._last = evidence

    def _score(self, gesture: str) -> float:
        assert self.smoothed is not None
        return float(self.smoothed[self._classes.index(gesture)])

    def _start_of(self, gesture: str) -> float:
        """The score at which it starts now; none is as high where it does not start."""
        if gesture not in self.thresholds:
            return math.inf
        return self._waiting.get(gesture, self.thresholds[gesture].start)

    def _watch_rising(self, now: float) -> None:
        """Which gesture is strong enough to start, and since when."""
        assert self.smoothed is not None
        for name in [each for each in self._waiting if self._score(each) < self.thresholds[each].end]:
            del self._waiting[name]
        best = max(self._gestures, key=self.smoothed.__getitem__, default=0)
        name = self._classes[best]
        strong = self.smoothed[best] >= self._start_of(name) and name != self.active
        if not strong or now < self._free_at.get(name, -math.inf):
            self._rising = None
        elif self._rising is None or self._rising.gesture != name:
            self._rising = _Rising(name, now)

    def _is_due(self, now: float) -> bool:
        """Has what rises been strong for long enough?"""
        rising = self._rising
        return rising is not None and now - rising.since >= self.thresholds[rising.gesture].start_after

    def _go_on(self, active: _Active, evidence: Evidence) -> list[GestureEvent]:
        """The active gesture holds, fades or ends."""
        now, limits = evidence.captured_at, active.limits
        if self._score(active.gesture) >= limits.end:
            active.fading_since = None
            if now - active.told_at < self.settings.hold_every - 1e-6:  # 0.1 s apart, not 0.0999
                return []
            active.told_at = now
            return [self._event(active.gesture, Phase.HOLD, evidence)]
        # No `hold` while it fades: whoever gets one may take it for a sign of the gesture.
        active.fading_since = now if active.fading_since is None else min(active.fading_since, now)
        # Another gesture that is due need not wait until the old one has faded for its full time.
        if self._is_due(now) or now - active.fading_since >= limits.end_after:
            return [self._end(active.gesture, evidence, now)]
        return []

    def _start(self, gesture: str, evidence: Evidence) -> GestureEvent:
        self._ids += 1
        limits = self.thresholds[gesture]
        self._active, self._rising = _Active(gesture, limits, told_at=evidence.captured_at), None
        return self._event(gesture, Phase.START, evidence)

    def _end(self, gesture: str, evidence: Evidence, now: float) -> GestureEvent:
        """Also: neither it nor its opposite starts again too soon."""
        opposite = mirrored(gesture)
        self._free_at[gesture] = now + self.settings.refractory
        if opposite != gesture:
            self._free_at[opposite] = now + self.settings.mirror_refractory
        self._active = None
        return self._event(gesture, Phase.END, evidence)

    def _event(self, gesture: str, phase: Phase, evidence: Evidence) -> GestureEvent:
        return GestureEvent(
            gesture=gesture,
            phase=phase,
            id=self._ids,
            confidence=self._score(gesture),
            captured_at=evidence.captured_at,
            decided_at=evidence.decided_at,
            hand=evidence.hand,
            position=evidence.position,
            media_time=evidence.media_time,
        )
