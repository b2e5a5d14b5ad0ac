"""Region, model and decoding in one object: a frame goes in, events come out."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.frame import Frame
from gesturelrcn.decoding import Decoder, Evidence, acting_hand
from gesturelrcn.errors import CaptureError
from gesturelrcn.events import GestureEvent
from gesturelrcn.model import Engine, EngineName, load_model
from gesturelrcn.model.fovea import Fovea, hand_picture, place_fovea
from gesturelrcn.region import BackgroundFollower, Follower, Region, SteppedFollower, crop
from gesturelrcn.region.motion_gate import MotionGate

logger = logging.getLogger(__name__)

MAX_GAP = 1.0
"""Seconds without a frame after which what was remembered no longer belongs to what is seen."""

_FIRST_DT = 0.05


@dataclass(frozen=True, eq=False)
class View:
    """What the recogniser made of the last frame, for previews and tests.

    Attributes:
        region: where the person is, or None for nobody.
        scores: (C,) smoothed scores in the order of the card's classes, or None.
        keypoints: (J, 3) x, y in shares of the region and visibility, or None.
        active: the gesture that is going on, or None.
        forgotten: how often all evidence was forgotten before this frame; 0 where nobody is seen.
        numbers: by name, what a model with `regression` tells of this frame, or None.
        look: the square of the frame, in pixels, at which the model looked closely: around a hand; or None.
    """

    region: Region | None = None
    scores: NDArray[np.float64] | None = None
    keypoints: NDArray[np.float32] | None = None
    active: str | None = None
    forgotten: int = 0
    numbers: dict[str, float] | None = None
    look: Region | None = None


class Recognizer:
    """Recognises gestures in frames given one by one, in order of time.

    The model's memory is reset when nobody is there, when the region jumps to another place or person,
    after a gap of more than one second between frames, where time goes back, and at a frame that says it
    is discontinuous; a gesture that is going on ends then.

    With `live=False` (recordings) there is no thread, and the same frames give the same events, bit for
    bit. With `live=True` the person is located in a thread beside, and no frame waits for it; and while
    nobody moves and no gesture is near, most frames are passed over (`gesturelrcn.region.motion_gate`).
    OpenCV works in one thread from then on, in the whole process.

    Examples:
        >>> recognizer = Recognizer()                             # doctest: +SKIP
        >>> for frame in open_source("clip.mp4"):                 # doctest: +SKIP
        ...     for event in recognizer.process(frame):
        ...         print(event.gesture, event.phase)
    """

    def __init__(
        self,
        model: str | Path | Engine = "default",
        *,
        engine: EngineName = "onnxruntime",
        live: bool = False,
        follower: Follower | None = None,
        clock: Callable[[], float] = time.monotonic,
        rests: bool | None = None,
    ) -> None:
        """Set up the model and the person locator.

        Args:
            model: name or card of a model, or an engine that is loaded already.
            engine: `onnxruntime` or `torch`.
            live: locate the person beside the loop instead of in step.
            follower: says where the person is; default MediaPipe Pose.
            clock: seconds, for `decided_at` of live events.
            rests: pass over frames in which nobody moves; default as `live`.

        Raises:
            ModelError: the model cannot be loaded.
        """
        self._engine = load_model(model, engine) if isinstance(model, str | Path) else model
        self.card = self._engine.card
        if live:
            # What is cut out of a frame is too small to share: OpenCV's threads would only wake each other.
            cv2.setNumThreads(1)
        self._follower = follower or (BackgroundFollower() if live else SteppedFollower())
        self._decoder = Decoder(self.card.classes, self.card.thresholds)
        self._clock = clock
        self._state = self._engine.initial_state()
        self._fovea: Fovea | None = None
        self._numbers: dict[str, float] | None = None
        self._look_square: Region | None = None
        self._previous_at: float | None = None
        self._shape: tuple[int, ...] | None = None
        self._gate = MotionGate() if (live if rests is None else rests) else None
        limits = self.card.thresholds
        self._near = np.array([limits[c].start / 2 if c in limits else np.inf for c in self.card.classes])
        self._evidence: Evidence | None = None
        self._passed_over_at: float | None = None
        self.view = View()

    @property
    def gestures(self) -> list[str]:
        """Names of the gestures that this model recognises."""
        return self.card.gestures

    def process(self, frame: Frame) -> list[GestureEvent]:
        """Advance by one frame; returns the events that it decides, oldest first.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        _must_be_picture(frame)
        at = frame.captured_at
        region = self._follower.follow(frame.image, at)
        jumped = self._follower.take_jump()
        gap = None if self._previous_at is None else at - self._previous_at
        self._previous_at = at
        events: list[GestureEvent] = []
        broken = frame.discontinuous or frame.image.shape != self._shape
        self._shape = frame.image.shape
        if region is None or jumped or broken or (gap is not None and not 0 <= gap <= MAX_GAP):
            events += self._decoder.reset(self._now(frame))
            self._forget()
            gap = None
        if region is None:
            self.view = View()
            return events
        if self._gate is not None and self._gate.skips(frame.image, region, at, self._is_quiet()):
            self._passed_over_at = at
            self.view = replace(self.view, region=region)
            return events
        self._catch_up()
        keypoints, scores = self._look(frame.image, region, _FIRST_DT if gap is None else gap)
        if not np.isfinite(scores).all():  # a memory that has gone wrong would stay so
            logger.error("the model gave scores that are no numbers; its memory is reset")
            self._forget()
            return events + self._decoder.reset(self._now(frame))
        hand, position = acting_hand(keypoints)
        self._evidence = Evidence(scores, at, self._now(frame), hand, position, frame.media_time)
        events += self._decoder.step(self._evidence)
        self.view = View(
            region,
            self._decoder.smoothed,
            keypoints,
            self._decoder.active,
            self._decoder.forgotten,
            self._numbers,
            self._look_square,
        )
        return events

    def _forget(self) -> None:
        """What was seen so far belongs to somebody or somewhere else."""
        self._state = self._engine.initial_state()
        self._fovea = None
        self._evidence = self._passed_over_at = None
        if self._gate is not None:
            self._gate.reset()

    def _is_quiet(self) -> bool:
        """Whether no gesture goes on, and none has half of what it needs to begin."""
        smoothed = self._decoder.smoothed
        if self._decoder.active is not None or smoothed is None:
            return False
        return bool((smoothed < self._near).all())

    def _catch_up(self) -> None:
        """Frames were passed over that would have told what the last step told: smoothing must know."""
        at, told = self._passed_over_at, self._evidence
        if at is not None and told is not None:
            self._decoder.step(replace(told, captured_at=at, decided_at=max(at, told.decided_at)))
        self._passed_over_at = None

    def _look(
        self, image: NDArray[np.uint8], region: Region, dt: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Advance the model; returns joints in shares of `region`, and scores."""
        body = self.card.body(region)
        hand, side = None, 0
        self._look_square = None
        if self.card.hand_size and self._fovea is not None:
            self._look_square = self._fovea.square(body)
            hand = hand_picture(image, body, self._fovea, self.card.hand_size)
            side = self._fovea.side
        result = self._engine.step(crop(image, body, self.card.size), self._state, dt, hand, side)
        self._state = result.state
        if result.numbers is not None:
            self._numbers = dict(zip(self.card.regression, result.numbers.tolist(), strict=True))
        if self.card.hand_size:
            self._fovea = place_fovea(result.keypoints, self._fovea)
        return self.card.in_region(result.keypoints), result.scores

    def finish(self, at: float | None = None) -> list[GestureEvent]:
        """The source ended or is silent: end what is going on.

        Frames may follow. If they come within a second the model still remembers what it saw.

        Args:
            at: seconds on the source's clock; default the time of the last frame.
        """
        self.view = View()
        self._passed_over_at = None
        return self._decoder.reset(at)

    def choose_person(self, x: float, y: float) -> None:
        """Where there are several people, follow whoever is nearest to this place, in pixels of the frame.

        A follower of your own is asked if it has a method `choose(x, y)`.
        """
        choose = getattr(self._follower, "choose", None)
        if choose is not None:
            choose(x, y)

    def close(self) -> None:
        """Free the person locator."""
        self._follower.close()

    def _now(self, frame: Frame) -> float:
        # A recording has no now: on its clock a decision takes no time, so that a replay is exact.
        return frame.captured_at if frame.media_time is not None else self._clock()


def _must_be_picture(frame: Frame) -> None:
    image = frame.image
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise CaptureError(
            f"Frame {frame.index} of {frame.source} is {image.shape} {image.dtype}; "
            "give pictures as (height, width, 3) uint8 BGR."
        )
