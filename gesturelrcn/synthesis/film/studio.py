"""The film of a script with its truth.

It is filmed in the square that the live program would cut out of the camera's picture, a little wider
(`FILM_MARGIN`), but no wider than that picture; what lies above and below it is black.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.film_truth import FilmFacts, Truth
from gesturelrcn.recordings.frames import FILM_MARGIN
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.film.crop_view import in_camera_too, square_shot, within
from gesturelrcn.synthesis.film.filming import Actor, film, seen, set_up
from gesturelrcn.synthesis.film.script import Posture, Script, ScriptWriter
from gesturelrcn.synthesis.film.staging import Chances, furnish
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.rendering.camera import PinholeCamera
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.framing import (
    body_camera,
    body_square,
    ceiling_of,
    person_square,
    random_camera,
    reach_of,
)
from gesturelrcn.synthesis.scene.webcam import frame_times, rolling_times

DISTANCES: dict[Posture, tuple[float, float]] = {"seated": (0.6, 1.8), "standing": (0.9, 6.0)}
"""Metres from the camera, least and most."""
BODY_EVERY = 0.2
"""Seconds between two looks at where a whole body goes."""
PATIENCE = 12
"""How many cameras are tried until one sees the gesturing hands."""
CARELESS = 0.04
"""Share of the films whose camera does not care whether it sees the hands."""


class Studio:
    """One person and the means to film him or her; a context manager.

    Args:
        seed: decides who the person is.
        size: width and height of the pictures in pixels.
        backgrounds: pictures to put behind the person now and then.

    Raises:
        SynthesisError: there is no EGL here, or no body data.
    """

    def __init__(self, seed: tuple[int, ...], size: int, backgrounds: Sequence[Path] = ()) -> None:
        self._person = random_person(np.random.default_rng(seed))
        self._renderer = Renderer(size, size)
        self._backgrounds = backgrounds
        self._actors: dict[Posture, Actor] = {}

    def __enter__(self) -> "Studio":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for actor in self._actors.values():
            actor.release()
        self._renderer.close()

    def film(
        self, write: ScriptWriter, rng: Generator, fps: int, rates: tuple[int, int] | None = None
    ) -> "FilmedStream":
        """Set up camera, light and room for a script, by chance from `rng`; film them one after the other.

        With `rates` the camera has a rate of its own between these two, and an unsteady clock.
        """
        posture = write(float("inf")).posture
        if posture not in self._actors:
            self._actors[posture] = Actor(self._renderer, self._person, seated=posture == "seated")
        actor = self._actors[posture]
        return FilmedStream(self._renderer, actor, write, rng, fps, self._backgrounds, rates)


class FilmedStream:
    """The film of a script: iterate once over its pictures, then ask for the truth. Made by `Studio.film`.

    Attributes:
        times: seconds of the pictures; `frames`: how many there are.
        in_picture: (J,) for each picture taken: which joints the camera has in its picture, hidden or not.
        head_heights: of each picture taken of a whole body, see `Actor.head_height`; else empty.
    """

    def __init__(
        self,
        renderer: Renderer,
        actor: Actor,
        write: ScriptWriter,
        rng: Generator,
        fps: int,
        backgrounds: Sequence[Path],
        rates: tuple[int, int] | None = None,
    ) -> None:
        self._actor, self._rng, self._fps, self._size = actor, rng, fps, renderer.width
        whole, self._script, square = _camera_and_square(rng, actor, write)
        timeline = self._script.timeline
        shot = square_shot(rng, whole, within(whole, square), self._size)
        # Next to somebody who falls there is no room for others.
        chances = Chances(bystander=0.0) if self._script.whole_body else Chances()
        self._shot = furnish(rng, renderer, shot, actor, timeline.length, backgrounds, chances)
        self._keypoints: list[Image] = []
        self.in_picture: list[NDArray[np.bool_]] = []
        self.head_heights: list[float] = []
        if rates is None:
            self.times = frame_times(rng, timeline.length, fps, jitter=0.0)
        else:
            self.times = rolling_times(rng, timeline.length, *rates)
            self._fps = max(1, round(len(self.times) / timeline.length))
        self.frames = len(self.times)
        set_up(renderer, self._shot)

    def __iter__(self) -> Iterator[Pixels]:
        try:
            for frame in film(self._actor, self._script.timeline, self._shot, self._rng, times=self.times):
                inside = in_camera_too(self._shot.camera, frame.keypoints)
                self.in_picture.append(inside[:, 2] > 0)
                self._keypoints.append(inside * np.c_[np.ones((len(inside), 2)), frame.unhidden])
                if self._script.whole_body:
                    self.head_heights.append(self._actor.head_height(self._script.timeline.pose(frame.time)))
                yield frame.image
        finally:
            self._shot.release()

    def table(self) -> str:
        """Numbers of each picture taken, as a table in CSV: t, seconds, and head_height."""
        rows = zip(self.times, self.head_heights, strict=False)
        return "".join(["t,head_height\n", *(f"{time:.4f},{height:.4f}\n" for time, height in rows)])

    def truth(self, video: str, subject: str) -> Truth:
        """The truth about the pictures that were taken; `video` is the name of the film's file."""
        camera = self._shot.camera
        facts = FilmFacts(
            video=video,
            subject=subject,
            fps=self._fps,
            frames=len(self._keypoints),
            size=self._size,
            posture=self._script.posture,
            distance_m=round(float(np.linalg.norm(camera.eye - self._actor.focus)), 2),
            framing="full" if _feet_in_picture(camera) else "upper",
        )
        return Truth(
            facts,
            self._script.gestures(),
            self._script.stretches(),
            np.array(self.times[: len(self._keypoints)]),
            np.array(self._keypoints, np.float32).reshape(-1, len(KEYPOINTS), 3),
        )


def _camera_and_square(
    rng: Generator, actor: Actor, write: ScriptWriter
) -> tuple[PinholeCamera, Script, tuple[float, float, float]]:
    """A camera, the script, and the square of the camera's picture that is filmed."""
    if write(float("inf")).whole_body:
        return _whole_body_camera(rng, actor, write(float("inf")))
    whole, script = suitable_camera(rng, actor, write)
    x, y, side = person_square(whole, actor.joints(script.timeline.pose(0.0)))
    return whole, script, (x, y, FILM_MARGIN * side)


def _whole_body_camera(
    rng: Generator, actor: Actor, script: Script
) -> tuple[PinholeCamera, Script, tuple[float, float, float]]:
    """The camera that sees most of everything that the person does from head to foot."""
    moments = np.arange(0.0, script.timeline.length, BODY_EVERY)
    places = np.concatenate([actor.body(script.timeline.pose(float(at))) for at in moments])
    cameras = [body_camera(rng, places) for _ in range(PATIENCE)]
    whole = max(cameras, key=lambda camera: float(seen(camera, places)[:, 2].mean()))
    return whole, script, body_square(whole, places)


def suitable_camera(rng: Generator, actor: Actor, write: ScriptWriter) -> tuple[PinholeCamera, Script]:
    """A camera that sees the gesturing hands when they are there, as people see to it; now and then any.

    Returns:
        The camera, and the script with hands that are raised no higher than it sees.
    """
    chest, reach = actor.focus + np.array([0.0, 0.2, 0.0]), reach_of(actor.person, actor.lowered)
    posture = write(float("inf")).posture
    tries = 1 if rng.random() < CARELESS else PATIENCE
    best: tuple[float, PinholeCamera, Script] | None = None
    for _ in range(tries):
        camera = random_camera(rng, chest, *DISTANCES[posture], reach=reach)
        at_rest = actor.joints(write(float("inf")).timeline.pose(0.0))
        script = write(ceiling_of(camera, at_rest))
        hands = [_hands(actor, script.timeline, done) for done in script.gestures()]
        share = float(seen(camera, np.concatenate(hands))[:, 2].mean()) if hands else 1.0
        if best is None or share > best[0]:
            best = share, camera, script
        if share == 1.0:
            break
    assert best is not None
    return best[1:]


def _hands(actor: Actor, timeline: MotionTimeline, done: TrueGesture) -> Floats:
    """World places of wrist and index tip of the gesturing hand at the end of its stroke."""
    sides = ["left", "right"] if done.hand == "both" else [done.hand]
    joints = [KEYPOINTS.index(f"{side}_{part}") for side in sides for part in ("wrist", "index_tip")]
    return np.asarray(actor.joints(timeline.pose(done.stroke_end))[joints])


def _feet_in_picture(camera: PinholeCamera) -> bool:
    whole = replace(camera, window=(0.0, 0.0, 1.0, 1.0))
    return bool(0 <= whole.project(np.array([[0.0, 0.05, 0.0]]))[0, 1] <= 1)
