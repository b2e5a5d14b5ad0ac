"""Other cameras for the same stream: frame rate, jitter, lost frames, stalls, light, mirror, a second person.

Frames are chosen or left out and never made up: a rate above that of the recording repeats pictures, and the
result says how many. A frame of a slower or jittering camera is the last one that the recording had by then.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.evaluation.stitching import Played, StreamPlan, StreamTruth
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.system.opencv import cv2
from gesturelrcn.vocabulary import mirrored

_EXPOSURE_EVERY = 4.0
_LOSS_EVERY = 3.0
_STALL_EVERY = 15.0


@dataclass(frozen=True)
class Condition:
    """What is different from the recording; the default is nothing.

    Attributes:
        name: for the table.
        fps: frames a second, or None for those of the recording.
        jitter: each frame comes up to this share of a period early or late; needs `fps`.
        lost: every three seconds or so, between 1 and this many frames in a row are lost.
        stall: every fifteen seconds or so, nothing comes for up to this many seconds, at least 0.2.
        exposure: every four seconds the picture becomes this much darker, then bright again; 1 for not.
        mirrored: the picture is flipped; left and right of gestures change places, and so do the hands.
        companions: videos of people of whom one stands beside: the first who is somebody else, at the same
            distance if there is one.
    """

    name: str = "as recorded"
    fps: float | None = None
    jitter: float = 0.0
    lost: int = 0
    stall: float = 0.0
    exposure: float = 1.0
    mirrored: bool = False
    companions: tuple[Clip, ...] = ()

    def play(self, plan: StreamPlan, truth: StreamTruth) -> Iterator[Played]:
        """The frames as this camera would have delivered them; the same every time.

        `truth` is filled on the way, in the words of this condition.
        """
        yield from self._frames(plan, plan.play(truth))
        truth.gestures = [self._gesture(made) for made in truth.gestures]

    def _frames(self, plan: StreamPlan, played: Iterator[Played]) -> Iterator[Played]:
        rng = np.random.default_rng(zlib.crc32(plan.name.encode()))
        if self.fps is not None:
            played = _resampled(played, self.fps, self.jitter, rng)
        if self.lost:
            played = _with_losses(played, self.lost, rng)
        if self.stall:
            played = _with_stalls(played, self.stall, rng)
        if self.exposure != 1.0 or self.mirrored or self.companions:
            played = self._with_other_pictures(plan, played)
        return played

    def _gesture(self, made: TrueGesture) -> TrueGesture:
        if not self.mirrored:
            return made
        hands = {"left": "right", "right": "left"}
        hand = made.hand if made.hand is None else hands.get(made.hand, made.hand)
        return replace(made, gesture=mirrored(made.gesture), hand=hand)  # type: ignore[arg-type]

    def _with_other_pictures(self, plan: StreamPlan, played: Iterator[Played]) -> Iterator[Played]:
        others = [clip for clip in self.companions if clip.subject != plan.subject]
        others.sort(key=lambda clip: abs(clip.distance_m - plan.distance_m))
        beside = _first_picture(others[0].path) if others else None
        for one in played:
            image = one.frame.image
            if self.exposure != 1.0 and int(one.frame.captured_at / _EXPOSURE_EVERY) % 2:
                image = np.asarray(cv2.convertScaleAbs(image, alpha=self.exposure), np.uint8)
            if self.mirrored:
                image = np.asarray(cv2.flip(image, 1), np.uint8)
            if beside is not None:
                image = _side_by_side(image, beside)
            yield replace(one, frame=replace(one.frame, image=image))


def _resampled(
    played: Iterator[Played], fps: float, jitter: float, rng: np.random.Generator
) -> Iterator[Played]:
    """At each tick of the other camera the newest frame that the recording has by then."""
    newest: Played | None = None
    began = due = 0.0
    ticks = 0
    for one in played:
        at = one.frame.captured_at
        if newest is None:
            began = due = at
        while newest is not None and due < at:
            yield replace(newest, frame=replace(newest.frame, captured_at=due, media_time=due))
            ticks += 1
            early_or_late = jitter * float(rng.uniform(-1, 1)) if jitter else 0.0
            due = max(due + 1e-3, began + (ticks + early_or_late) / fps)
        newest = one


def _with_losses(played: Iterator[Played], most: int, rng: np.random.Generator) -> Iterator[Played]:
    losing, due = 0, float(rng.uniform(0, 2 * _LOSS_EVERY))
    for one in played:
        if one.frame.captured_at >= due:
            losing = int(rng.integers(1, most + 1))
            due = one.frame.captured_at + float(rng.uniform(0.5, 1.5)) * _LOSS_EVERY
        if losing:
            losing -= 1
            continue
        yield one


def _with_stalls(played: Iterator[Played], longest: float, rng: np.random.Generator) -> Iterator[Played]:
    until, due = 0.0, float(rng.uniform(0, 2 * _STALL_EVERY))
    for one in played:
        at = one.frame.captured_at
        if at >= due:
            until = at + float(rng.uniform(min(0.2, longest), longest))
            due = until + float(rng.uniform(0.5, 1.5)) * _STALL_EVERY
        if at >= until:
            yield one


def _first_picture(path: Path) -> NDArray[np.uint8]:
    return next(frames_of(path)).image


def _side_by_side(image: NDArray[np.uint8], beside: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One picture of two: the other person on the right, at the same height."""
    height = image.shape[0]
    width = max(1, round(beside.shape[1] * height / beside.shape[0]))
    return np.hstack([image, np.asarray(cv2.resize(beside, (width, height)), np.uint8)])


GRID = (
    Condition(),
    *(Condition(f"{fps} frames a second", fps=float(fps)) for fps in (10, 15, 20, 24, 30, 60)),
    Condition("20 frames a second, jitter 30 %", fps=20.0, jitter=0.3),
    Condition("1 to 10 frames lost every 3 s", lost=10),
    Condition("stalls of 0.2 to 2 s every 15 s", stall=2.0),
    Condition("exposure halved every 4 s", exposure=0.5),
    Condition("mirrored: left hand for right", mirrored=True),
)
"""The robustness grid, but for the second person, who depends on the data."""
