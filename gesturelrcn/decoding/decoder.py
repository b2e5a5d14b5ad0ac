"""Scores -> events: start above a threshold held for a time, end below a lower one held for a time.

The scheme is that of silero-vad's `VADIterator`, for many classes of which one is active at a time.
Nothing counts frames: every limit is in seconds, so 10 and 60 frames a second decide alike.
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


class Decoder:
    """Turns the scores of a stream into gesture events. At most one gesture is active at a time."""

    def __init__(
        self,
        classes: Sequence[str],
        thresholds: Mapping[str, Thresholds],
        settings: DecoderSettings | None = None,
    ) -> None:
        """Args: classes: names of the scores, `none` included. thresholds: per gesture."""
        self.settings = settings or DecoderSettings()
        self._classes = tuple(classes)
        self._gestures = [i for i, name in enumerate(classes) if name != NONE]
        self._thresholds = dict(thresholds)
        self._ids = 0
        self._free_at: dict[str, float] = {}
        self._last: Evidence | None = None
        self.active: str | None = None
        self.forgotten = 0
        self._forget_scores()

    def _forget_scores(self) -> None:
        self.smoothed: NDArray[np.float64] | None = None
        self._candidate: str | None = None
        self._candidate_since = math.inf
        self._weak_since = math.inf
        self._held_at = -math.inf

    def step(self, evidence: Evidence) -> list[GestureEvent]:
        """Take in one frame, in order of time; returns the events that it decides, oldest first."""
        now = evidence.captured_at
        smoothed = self._smooth(evidence)
        self._last = evidence
        self._watch_candidate(smoothed, now)
        events = []
        if self.active is not None:
            score = float(smoothed[self._classes.index(self.active)])
            if self._is_over(score, now):
                events.append(self._event(Phase.END, evidence, score))
                self._release(now)
            # A gesture that fades is not reported as held: each `hold` counts as a sign of it.
            elif self.evident and now - self._held_at >= self.settings.hold_every - 1e-6:  # not 0.0999
                self._held_at = now
                events.append(self._event(Phase.HOLD, evidence, score))
        if self.active is None and self._candidate is not None:
            limits = self._thresholds[self._candidate]
            if now - self._candidate_since >= limits.start_after:
                events.append(self._start(self._candidate, smoothed, evidence))
        return events

    def finish(self, at: float | None = None) -> list[GestureEvent]:
        """Forget all evidence: the person, the source or the camera is gone. Ends what is active.

        Args:
            at: seconds, when this is decided; default the time of the last frame.
        """
        self.forgotten += 1
        events = []
        if self.active is not None and self._last is not None and self.smoothed is not None:
            score = float(self.smoothed[self._classes.index(self.active)])
            now = self._last.decided_at if at is None else at
            last = replace(self._last, decided_at=max(now, self._last.decided_at))
            events.append(self._event(Phase.END, last, score))
            self._release(max(now, self._last.captured_at))
        self._forget_scores()
        return events

    @property
    def evident(self) -> str | None:
        """The gesture that goes on, if the last frame spoke for it: its score is not below `end`."""
        return self.active if self._weak_since == math.inf else None

    def _smooth(self, evidence: Evidence) -> NDArray[np.float64]:
        fresh = np.asarray(evidence.scores, np.float64)
        if self.smoothed is None or self._last is None:
            self.smoothed = fresh
        else:
            passed = max(0.0, evidence.captured_at - self._last.captured_at)
            keep = math.exp(-passed / self.settings.smoothing)
            self.smoothed = keep * self.smoothed + (1.0 - keep) * fresh
        return self.smoothed

    def _watch_candidate(self, smoothed: NDArray[np.float64], now: float) -> None:
        """Which gesture is strong enough to start, and since when."""
        best = max(self._gestures, key=lambda i: smoothed[i])
        name = self._classes[best]
        strong = smoothed[best] >= self._thresholds[name].start and name != self.active
        if not strong or now < self._free_at.get(name, -math.inf):
            self._candidate, self._candidate_since = None, math.inf
        elif name != self._candidate:
            self._candidate, self._candidate_since = name, now

    def _is_over(self, score: float, now: float) -> bool:
        assert self.active is not None
        limits = self._thresholds[self.active]
        if score >= limits.end:
            self._weak_since = math.inf
            return False
        self._weak_since = min(self._weak_since, now)
        # Another gesture that is due need not wait until the old one has faded for its full time.
        replaced = (
            self._candidate is not None
            and now - self._candidate_since >= self._thresholds[self._candidate].start_after
        )
        return replaced or now - self._weak_since >= limits.end_after

    def _start(self, name: str, smoothed: NDArray[np.float64], evidence: Evidence) -> GestureEvent:
        self._ids += 1
        self.active = name
        self._candidate, self._candidate_since = None, math.inf
        self._weak_since = math.inf
        self._held_at = evidence.captured_at
        return self._event(Phase.START, evidence, float(smoothed[self._classes.index(name)]))

    def _release(self, now: float) -> None:
        assert self.active is not None
        opposite = mirrored(self.active)
        self._free_at[self.active] = now + self.settings.refractory
        if opposite != self.active:
            self._free_at[opposite] = now + self.settings.mirror_refractory
        self.active = None

    def _event(self, phase: Phase, evidence: Evidence, score: float) -> GestureEvent:
        assert self.active is not None
        return GestureEvent(
            gesture=self.active,
            phase=phase,
            id=self._ids,
            confidence=score,
            captured_at=evidence.captured_at,
            decided_at=evidence.decided_at,
            hand=evidence.hand,
            position=evidence.position,
            media_time=evidence.media_time,
        )
