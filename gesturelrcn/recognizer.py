"""Region, model and decoding in one object: a frame goes in, events and what was seen come out."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.frame import Frame, must_be_time
from gesturelrcn.decoding import Decoder, Evidence, acting_hand
from gesturelrcn.events import GestureEvent
from gesturelrcn.model import Engine, EngineName
from gesturelrcn.model.frame_rate import FrameRate
from gesturelrcn.model.streaming import FIRST_DT, StreamingModel
from gesturelrcn.observation import Observation
from gesturelrcn.region import (
    Follower,
    FollowsJoints,
    Forgets,
    LocatorName,
    PersonChooser,
    person_follower,
)
from gesturelrcn.region.joints import region_from_joints
from gesturelrcn.region.look_rate import LookRate
from gesturelrcn.region.motion_gate import MotionGate
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.system.opencv import cv2
from gesturelrcn.thresholds import NORMAL, Sensitivities, Sensitivity

logger = logging.getLogger(__name__)

MAX_GAP = 1.0
"""Seconds without a frame after which what was remembered no longer belongs to what is seen."""


class Recognizer:
    """Recognises gestures in frames given one by one, in order of time.

    The model's memory is reset when nobody is there, when the region jumps to another place or person,
    after a gap of more than one second between frames, and at a frame that says it is discontinuous; a
    gesture that is going on ends then. Where time goes back, or frames come of another source, everything
    is forgotten: a second recording gives the events that it would give alone.

    Frames that come faster than the model was trained for are thinned out; if they come more slowly, a
    warning says so once.

    With `live=False` (recordings) there is no thread, and the same frames give the same events, bit for
    bit. With `live=True` a locator that takes long works in a thread beside, and no frame waits for it; and
    while nobody moves and no gesture is near, most frames are passed over (`gesturelrcn.region.motion_gate`),
    and some of a quick camera while nobody moves fast (`gesturelrcn.region.look_rate`).
    OpenCV works in one thread from then on, in the whole process.

    Attributes:
        card: of the model.
        view: what `process` returned last; empty before the first frame and after `finish`.
        sensitivities: how readily gestures start now; `use` changes it.
        warning: that the source is too slow for the model, in words that follow its name; "" if it is not.

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
        locator: LocatorName = "default",
        follower: Follower | None = None,
        clock: Callable[[], float] = time.monotonic,
        rests: bool | None = None,
        sensitivity: Sensitivity = NORMAL,
        turn_on: Iterable[str] = (),
    ) -> None:
        """Set up the model and the person locator.

        Args:
            model: name or card of a model, or an engine that is loaded already.
            engine: `onnxruntime` or `torch`.
            live: no frame waits for a person locator that is slow.
            locator: name of what finds people, `people` or `mediapipe` (extra `mediapipe`).
            follower: says where the person is; default one with that locator.
            clock: seconds, for `decided_at` of live events.
            rests: pass over frames in which nobody moves, or nobody fast; default as `live`.
            sensitivity: how readily gestures start: `careful`, `normal` or `eager`, if the model has it.
            turn_on: gestures that shall start although the model has them off.

        Raises:
            ModelError: the model or the locator's network cannot be loaded, or has no such sensitivity or
                gesture.
            GestureLrcnError: what the locator or the engine needs is not installed.
        """
        self._model = StreamingModel(model, engine)
        self.card = self._model.card
        if live:
            # What is cut out of a frame is too small to share: OpenCV's threads would only wake each other.
            cv2.setNumThreads(1)
        self._follower = follower or person_follower(locator, live=live)
        self._by_joints = self._follower if isinstance(self._follower, FollowsJoints) else None
        self.sensitivities = Sensitivities(sensitivity, turned_on=frozenset(turn_on))
        self._decoder = Decoder(self.card.classes, self.card.in_force(self.sensitivities))
        self._clock = clock
        self._rate = FrameRate(self.card.min_fps, self.card.max_fps)
        self.warning = ""
        self._previous_at: float | None = None
        self._shape: tuple[int, ...] | None = None
        self._source: str | None = None
        rests = live if rests is None else rests
        self._gate = MotionGate() if rests else None
        self._looks = LookRate() if rests else None
        self._near = self._half_of_starts()
        self._passed_over_at: float | None = None
        self.view = Observation()

    @property
    def gestures(self) -> list[str]:
        """Names of the gestures that this model recognises, those that are off included."""
        return self.card.gestures

    @property
    def hand(self) -> NDArray[np.float32] | None:
        """What the model saw of the hand when it looked last; see `StreamingModel.hand`."""
        return self._model.hand

    @property
    def off(self) -> dict[str, str]:
        """The gestures that start nothing, since the model has them off and nobody turned them on -> why."""
        return self.card.still_off(self.sensitivities.turned_on)

    def use(self, sensitivities: Sensitivities) -> None:
        """From the next frame on gestures start as readily as this says; none starts or ends by that alone.

        From the thread that calls `process`.

        Raises:
            ModelError: the model has no such sensitivity or gesture; nothing has changed.
        """
        if sensitivities != self.sensitivities:
            self._decoder.use(self.card.in_force(sensitivities))
            self.sensitivities = sensitivities
            self._near = self._half_of_starts()

    def _half_of_starts(self) -> NDArray[np.float64]:
        """(C,) the score of each class from which on it may begin soon; infinite where it never does."""
        limits = self._decoder.thresholds
        return np.array([limits[c].start / 2 if c in limits else np.inf for c in self.card.classes])

    def process(self, frame: Frame) -> Observation:
        """Advance by one frame; returns the events that it decides, oldest first, and what was seen.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8, in a frame that is looked at; or the time of the
                frame is no number.
        """
        must_be_time(frame)
        if not self._rate.takes(frame.captured_at) and not frame.discontinuous:
            self.view = replace(self.view, events=())  # more frames a second than the model knows
        elif self._needs_no_look(frame):
            self.view = self._go_on(frame)
        else:
            self.view = self._look(frame)
        self._look_at_rate(frame.source)
        return self.view

    def _look(self, frame: Frame) -> Observation:
        """Only now the picture is needed, which may have to be decoded."""
        must_be_picture(frame.image, f"Frame {frame.index} of {frame.source}")
        observation = self._observe(frame)
        if self._looks is not None:
            self._looks.looked(frame.captured_at, observation.keypoints)
        return observation

    def _look_at_rate(self, source: str) -> None:
        rate = None if self.warning else self._rate.too_slow
        if rate is not None:
            card = self.card
            self.warning = (
                f"shows {rate:.1f} pictures a second; {card.name} was trained for {card.min_fps:g} to"
                f" {card.max_fps:g}, so gestures may be missed or come late"
            )
            logger.warning("%s %s", source, self.warning)

    def _needs_no_look(self, frame: Frame) -> bool:
        """Whether nothing moves fast, begins or ends, and the last look was a moment ago."""
        going_on = self._decoder.active is not None
        if self._looks is None or not self._looks.passes(frame.captured_at, active=going_on):
            return False
        if frame.discontinuous or frame.source != self._source:
            return False
        smoothed, active = self._decoder.smoothed, self._decoder.active
        if smoothed is None:
            return self.view.region is None
        near = smoothed >= self._near
        if active is not None:
            near[self.card.classes.index(active)] = False
        return active == self._decoder.evident and not near.any()

    def _go_on(self, frame: Frame) -> Observation:
        """What was seen last is taken to go on: a gesture that is held is told of in time."""
        evidence = self.view.evidence
        if evidence is None or self._decoder.active is None:
            return replace(self.view, events=())
        held = replace(evidence, captured_at=frame.captured_at, decided_at=self._now(frame))
        events = self._decoder.step(held)
        return replace(
            self.view,
            events=tuple(events),
            evidence=held,
            scores=self._decoder.smoothed,
            active=self._decoder.active,
            evident=self._decoder.evident,
            thresholds=self._decoder.thresholds,
        )

    def _observe(self, frame: Frame) -> Observation:
        at = frame.captured_at
        gap = None if self._previous_at is None else at - self._previous_at
        events: list[GestureEvent] = []
        if (gap is not None and gap < 0) or frame.source != self._source:
            events += self._begin_anew(frame)
            gap = None
        self._previous_at = at
        region = self._follower.follow(frame.image, at)
        jumped = self._follower.take_jump()
        broken = frame.discontinuous or frame.image.shape != self._shape
        self._shape = frame.image.shape
        if region is None or jumped or broken or (gap is not None and gap > MAX_GAP):
            events += self._decoder.reset(self._now(frame))
            self._reset()
            gap = None
        if region is None:
            return Observation(tuple(events))
        if self._gate is not None and self._gate.skips(frame.image, region, at, self._is_quiet()):
            self._passed_over_at = at
            return replace(self.view, events=tuple(events), region=region)
        self._catch_up()
        output = self._model.step(frame.image, region, FIRST_DT if gap is None else gap)
        if not np.isfinite(output.scores).all():  # a memory that has gone wrong would stay so
            logger.error("the model gave scores that are no numbers; its memory is reset")
            self._reset()
            events += self._decoder.reset(self._now(frame))
            return Observation(tuple(events), region)
        if self._by_joints is not None:
            self._by_joints.see_joints(region_from_joints(output.keypoints, region, at))
        hand, position = acting_hand(output.keypoints)
        evidence = Evidence(output.scores, at, self._now(frame), hand, position, frame.media_time)
        events += self._decoder.step(evidence)
        return Observation(
            events=tuple(events),
            region=region,
            look=output.look,
            keypoints=output.keypoints,
            evidence=evidence,
            scores=self._decoder.smoothed,
            active=self._decoder.active,
            evident=self._decoder.evident,
            forgotten=self._decoder.forgotten,
            numbers=output.numbers,
            thresholds=self._decoder.thresholds,
        )

    def _begin_anew(self, frame: Frame) -> list[GestureEvent]:
        """The first frame of all, or of another clock: what was before has nothing to do with it."""
        if isinstance(self._follower, Forgets):
            self._follower.forget()
        ends = self._decoder.begin_anew()
        self._reset()
        self._source, self._shape = frame.source, frame.image.shape
        return ends

    def _reset(self) -> None:
        """What was seen so far belongs to somebody or somewhere else."""
        self._model.reset()
        self._passed_over_at = None
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
        at, evidence = self._passed_over_at, self.view.evidence
        if at is not None and evidence is not None:
            self._decoder.step(replace(evidence, captured_at=at, decided_at=max(at, evidence.decided_at)))
        self._passed_over_at = None

    def finish(self, at: float | None = None) -> list[GestureEvent]:
        """The source ended or is silent: end what is going on.

        Frames may follow. If they come within a second the model still remembers what it saw.

        Args:
            at: seconds on the source's clock; default the time of the last frame.
        """
        self.view = Observation()
        self._passed_over_at = None
        if self._looks is not None:
            self._looks.reset()
        return self._decoder.reset(at)

    def choose_person(self, x: float, y: float) -> None:
        """Where there are several people, follow whoever is nearest to this place, in pixels of the frame.

        A follower of your own is asked if it is a `gesturelrcn.region.PersonChooser`: has `choose(x, y)`.
        """
        if isinstance(self._follower, PersonChooser):
            self._follower.choose(x, y)

    def close(self) -> None:
        """Free the person locator."""
        self._follower.close()

    def _now(self, frame: Frame) -> float:
        # A recording has no now: on its clock a decision takes no time, so that a replay is exact.
        return frame.captured_at if frame.media_time is not None else self._clock()
