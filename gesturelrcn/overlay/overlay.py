"""Collects from frame to frame what an overlay tells."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.actions.decisions import ActionNews, ActionState, Decision
from gesturelrcn.capture.frame import Frame
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model import ModelCard
from gesturelrcn.observation import Observation
from gesturelrcn.overlay.drawing import draw_overlay
from gesturelrcn.overlay.known import Known, Note
from gesturelrcn.region import Region
from gesturelrcn.thresholds import AS_USUAL, Thresholds
from gesturelrcn.trace import Moment, MomentTracker

NEAR_MISS_LASTS = 3.0
"""Seconds for which a near miss is shown."""
ACTION_LASTS = 10.0
"""Seconds for which the last action is shown."""
WORTH_TELLING = 0.05
"""Least score of a gesture that does not go on and is shown all the same."""
_RATE_OVER = 1.0
"""Seconds over which the frame rate and the latency are averaged."""
_JOINTS = [
    KEYPOINTS.index(f"{side}_{joint}") for joint in ("wrist", "index_tip") for side in ("left", "right")
]


class Overlay:
    """Knows what to draw while frames come, and draws it.

    Ages are counted on the clock of the frames, so that a recording looks the same however fast it is played.

    Examples:
        >>> recognizer = Recognizer()                             # doctest: +SKIP
        >>> overlay = Overlay(recognizer.card)                    # doctest: +SKIP
        >>> for frame in open_source("clip.mp4"):                 # doctest: +SKIP
        ...     picture = overlay.draw(frame, recognizer.process(frame))
    """

    def __init__(self, card: ModelCard, state: Callable[[], ActionState | None] = lambda: None) -> None:
        """Set up the overlay.

        Args:
            card: of the model that recognises.
            state: whether actions may fire, as `lambda: dispatcher.state`; None where there are none.
        """
        self._classes = tuple(card.classes)
        self._thresholds: Mapping[str, Thresholds] = card.in_force(AS_USUAL)
        self._starts = self._starts_now()
        self._moments = MomentTracker(card.classes, self._thresholds)
        self._state = state
        self._recognised: set[str] = set()
        self._active_at = -math.inf
        self._missed: tuple[str, float] | None = None
        self._decided: Decision | None = None
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._latency: float | None = None

    def _starts_now(self) -> NDArray[np.float64]:
        """(C,) the score at which each class starts; infinite where it does not."""
        limits = self._thresholds
        return np.array([limits[name].start if name in limits else np.inf for name in self._classes])

    def heard(self, news: ActionNews) -> None:
        """A listener for `Dispatcher.add_listener`: what was done or held back is shown. From any thread."""
        if isinstance(news, Decision):
            with self._lock:
                self._decided = news

    def draw(
        self, frame: Frame, observation: Observation, *, latency: float | None = None, mirrored: bool = False
    ) -> NDArray[np.uint8]:
        """The frame as a new (H, W, 3) uint8 BGR picture with everything drawn into it.

        Args:
            frame: each frame once, in order of time.
            observation: what the recogniser made of it.
            latency: seconds from its capture to the decision; default until now, and None for recordings.
            mirrored: show it as a mirror does.
        """
        return draw_overlay(frame.image, self.see(frame, observation, latency=latency), mirrored=mirrored)

    def see(self, frame: Frame, observation: Observation, *, latency: float | None = None) -> Known:
        """Take in a frame as `draw` does, and say what is to be drawn."""
        at = frame.captured_at
        if latency is None and frame.media_time is None:
            latency = time.monotonic() - at
        self._clock(at, latency)
        if observation.thresholds is not None and observation.thresholds is not self._thresholds:
            self._thresholds = observation.thresholds
            self._starts = self._starts_now()
            self._moments.use(self._thresholds)
        self._watch_misses(at, observation)
        known = Known(
            state=self._state(),
            latency=self._latency,
            fps=self._rate(),
            action=self._last_action(at),
            near_miss=self._last_miss(at),
        )
        region, keypoints, scores = observation.region, observation.keypoints, observation.scores
        if region is None or keypoints is None or scores is None:
            return known
        active = observation.active
        strongest = int(np.argmax(scores / self._starts))
        shown = strongest if active is None else self._classes.index(active)
        known = replace(
            known,
            region=region,
            look=observation.look,
            joints=_in_frame(keypoints[_JOINTS], region),
            hand=observation.hand,
        )
        if active is None and scores[shown] < WORTH_TELLING:
            return known
        return replace(
            known,
            gesture=self._classes[shown],
            score=float(scores[shown]),
            start=float(self._starts[shown]),
            active=active is not None,
        )

    def _clock(self, at: float, latency: float | None) -> None:
        if self._times and not 0 < at - self._times[-1] < _RATE_OVER:  # begun again, or silent for long
            self._times.clear()
            self._latency = None
        if latency is not None:
            since = at - self._times[-1] if self._times else math.inf
            share = 1 - math.exp(-since / _RATE_OVER)
            self._latency = (
                latency if self._latency is None else self._latency + share * (latency - self._latency)
            )
        self._times.append(at)
        while self._times[-1] - self._times[0] > _RATE_OVER:
            self._times.popleft()

    def _rate(self) -> float | None:
        if len(self._times) < 2:
            return None
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def _watch_misses(self, at: float, observation: Observation) -> None:
        active = observation.active
        if active is not None:
            self._recognised.add(active)
            self._active_at = at
        scores = None if observation.scores is None else observation.scores.tolist()
        for moment in self._moments.frame(at, scores, active):
            if moment.gesture in self._recognised:
                self._recognised.discard(moment.gesture)
            elif self._active_at < moment.began:  # or it was only the shadow of another gesture
                self._missed = near_miss(moment), at

    def _last_miss(self, at: float) -> Note | None:
        if self._missed is None or not 0 <= at - self._missed[1] < NEAR_MISS_LASTS:
            return None
        return Note(self._missed[0], at - self._missed[1])

    def _last_action(self, at: float) -> Note | None:
        with self._lock:
            decided = self._decided
        if decided is None or at - decided.at >= ACTION_LASTS:
            return None
        return Note(str(decided), max(0.0, at - decided.at), decided.fired)


def near_miss(moment: Moment) -> str:
    """What a gesture lacked, in a few words: "point_right 0.58 of 0.62"."""
    if moment.peak < moment.threshold:
        return f"{moment.gesture} {moment.peak:.2f} of {moment.threshold:.2f}"
    if moment.above < moment.needed:
        return f"{moment.gesture} for {moment.above:.2f} of {moment.needed:.2f} s"
    if moment.rival is not None:
        return f"{moment.gesture}, but {moment.rival} was stronger"
    return f"{moment.gesture}, too soon after the one before"


def _in_frame(joints: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
    """From shares of the region to pixels of the frame."""
    placed: NDArray[np.float32] = joints.copy()
    placed[:, :2] = (joints[:, :2] - 0.5) * region.side + [region.x, region.y]
    return placed
