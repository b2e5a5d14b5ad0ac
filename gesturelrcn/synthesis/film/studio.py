"""What a person does in front of the camera for seconds or minutes, and the film of it with its truth.

A stream has several gestures with natural pauses and everyday movements between them; a clip is short and has
one gesture, with idle before and the way back after it. Both are filmed in the square that the live program
would cut out of the camera's picture, a little wider (`VIEW_MARGIN`), but no wider than that picture; what
lies above and below it is black.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.film_truth import IDLE, RETURN_STROKE, FilmFacts, Truth
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.film.crop_view import in_camera_too, square_shot, within
from gesturelrcn.synthesis.film.filming import Actor, film, seen, set_up
from gesturelrcn.synthesis.film.staging import Chances, furnish
from gesturelrcn.synthesis.motion.timeline import Timeline, ceiling_of
from gesturelrcn.synthesis.motion.tracks import JointTrack
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary
from gesturelrcn.synthesis.rendering.camera import Camera
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.framing import (
    body_camera,
    body_square,
    person_square,
    random_camera,
    reach_of,
)
from gesturelrcn.synthesis.scene.webcam import frame_times, rolling_times
from gesturelrcn.vocabulary import NONE

Posture = Literal["seated", "standing"]

VIEW_MARGIN = 1.25
"""How much wider than the live program's square the pictures are, so that training can move and zoom."""
DISTANCES: dict[Posture, tuple[float, float]] = {"seated": (0.6, 1.8), "standing": (0.9, 6.0)}
"""Metres from the camera, least and most."""
STANDING_REST = "hanging"
"""Where the arms of people who stand are between gestures; those who sit may have them anywhere else."""
EVERYDAY_SHARE = 0.4
"""How often people do something everyday in a pause of a stream."""
LONGEST_GESTURE = 5.0
"""Seconds that are left free at the end of a stream, so that no gesture is cut off."""
TRACK_SHARE = 0.5
"""Of the clips of a gesture, those that follow a track where there are any."""
TRACK_STRETCH = (0.85, 1.2)
"""Least and most factor on the length of a track."""
BODY_EVERY = 0.2
"""Seconds between two looks at where a whole body goes."""
PATIENCE = 12
"""How many cameras are tried until one sees the gesturing hands."""
CARELESS = 0.04
"""Share of the films whose camera does not care whether it sees the hands."""


@dataclass(frozen=True)
class Script:
    """What one person does in one film: every movement, sitting or standing, from head to foot or not."""

    timeline: Timeline
    posture: Posture
    whole_body: bool = False

    def gestures(self) -> list[TrueGesture]:
        """The gestures in order of time."""
        return [
            TrueGesture(g.gesture, g.onset, g.offset, g.stroke_end, g.rested, g.hand)
            for g in self.timeline.performed
            if g.gesture != NONE
        ]

    def stretches(self) -> list[Activity]:
        """Everything that is no gesture: return strokes, everyday movements, idle between, without a gap."""
        end_of_film = self.timeline.length
        known: list[tuple[float, float, str]] = [(end_of_film, end_of_film, "")]
        for done in self.timeline.performed:
            if done.gesture == NONE:
                known.append((done.onset, done.rested, done.movement))
            else:
                known += [(done.onset, done.offset, ""), (done.offset, done.rested, RETURN_STROKE)]
        filled: list[Activity] = []
        at = 0.0
        for start, end, name in sorted(known):
            if start > at:
                filled.append(Activity(IDLE, at, start))
            if name:
                filled.append(Activity(name, max(at, start), end))
            at = max(at, end)
        return filled


def gesture_names(vocabulary: Vocabulary) -> list[str]:
    """Every gesture of a vocabulary but `none`, sorted."""
    return sorted(name for name in vocabulary.gestures if name != NONE)


def stream_script(
    rng: Generator, vocabulary: Vocabulary, seconds: float, ceiling: float = float("inf")
) -> Script:
    """Gestures by chance with pauses and everyday movements between, for about `seconds`.

    `ceiling` is how high hands may go (see `motion.ceiling_of`); it changes no time.
    """
    script, rest = _beginning(rng, vocabulary, _rests(vocabulary), ceiling)
    timeline = script.timeline
    gestures = [name for name in gesture_names(vocabulary) if rest in _starts(vocabulary, name)]
    while timeline.length < seconds - LONGEST_GESTURE:
        timeline.pause(min(_pause(rng), seconds - timeline.length))
        if rng.random() < EVERYDAY_SHARE:
            timeline.everyday(min(rng.uniform(2, 15), max(1.0, seconds - timeline.length)))
            timeline.pause(rng.uniform(0.5, 1.5))
        if gestures and timeline.length < seconds - LONGEST_GESTURE:
            timeline.perform(gestures[rng.integers(len(gestures))])
    timeline.pause(max(0.0, seconds - timeline.length))
    return script


def clip_script(
    rng: Generator,
    vocabulary: Vocabulary,
    gesture: str,
    ceiling: float = float("inf"),
    tracks: Sequence[JointTrack] = (),
) -> Script:
    """One gesture (or something everyday, for "none"): idle first, then the gesture, the way back, idle.

    Where there are tracks of it, TRACK_SHARE of the clips follow one of them, somewhat faster or slower.
    """
    if tracks and rng.random() < TRACK_SHARE:
        return _track_script(rng, vocabulary, tracks[rng.integers(len(tracks))])
    script, _ = _beginning(rng, vocabulary, _starts(vocabulary, gesture), ceiling)
    timeline = script.timeline
    timeline.pause(rng.uniform(0.4, 1.4))
    kind = rng.random()
    if gesture != NONE or kind < 0.75:
        timeline.perform(gesture)
    elif kind < 0.9:
        names = gesture_names(vocabulary)
        timeline.abandon(names[rng.integers(len(names))])
    else:
        timeline.pause(rng.uniform(1.5, 3.0))
    timeline.pause(rng.uniform(0.3, 0.9))
    return script


def _track_script(rng: Generator, vocabulary: Vocabulary, track: JointTrack) -> Script:
    """Whoever was tracked stood; so do those who do it again."""
    script, _ = _beginning(rng, vocabulary, [STANDING_REST], float("inf"))
    script.timeline.pause(rng.uniform(0.2, 0.8))
    script.timeline.play(track.stretched(rng.uniform(*TRACK_STRETCH)))
    script.timeline.pause(rng.uniform(0.3, 0.9))
    return script


def _beginning(
    rng: Generator, vocabulary: Vocabulary, rests: list[str], ceiling: float
) -> tuple[Script, str]:
    if vocabulary.whole_body:
        rests = [STANDING_REST]
    # Half of all people sit, however many ways there are to rest the arms then.
    sitting = [name for name in rests if name != STANDING_REST]
    posture: Posture = (
        "seated" if sitting and (len(sitting) == len(rests) or rng.random() < 0.5) else "standing"
    )
    rest = sitting[rng.integers(len(sitting))] if posture == "seated" else STANDING_REST
    liveliness = float(rng.uniform(0.6, 1.6))
    timeline = Timeline(rng, rest, liveliness, vocabulary=vocabulary, ceiling=ceiling)
    return Script(timeline, posture, vocabulary.whole_body), rest


def _rests(vocabulary: Vocabulary) -> list[str]:
    return sorted(vocabulary.rests)


def _starts(vocabulary: Vocabulary, gesture: str) -> list[str]:
    """Names of the rests from which a gesture can be done."""
    names = {name for hands in vocabulary.gestures.get(gesture, {}).values() for name in hands}
    starts = [vocabulary.movements[name].starts for name in names]
    return [rest for rest in _rests(vocabulary) if not starts or any(not s or rest in s for s in starts)]


def _pause(rng: Generator) -> float:
    """Seconds between two gestures: mostly a few, now and then a long while."""
    return float(np.clip(rng.lognormal(np.log(2.5), 0.7), 0.5, 20.0))


ScriptWriter = Callable[[float], Script]
"""Writes the same script again for another ceiling."""


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
) -> tuple[Camera, Script, tuple[float, float, float]]:
    """A camera, the script, and the square of the camera's picture that is filmed."""
    if write(float("inf")).whole_body:
        return _whole_body_camera(rng, actor, write(float("inf")))
    whole, script = suitable_camera(rng, actor, write)
    x, y, side = person_square(whole, actor.joints(script.timeline.pose(0.0)))
    return whole, script, (x, y, VIEW_MARGIN * side)


def _whole_body_camera(
    rng: Generator, actor: Actor, script: Script
) -> tuple[Camera, Script, tuple[float, float, float]]:
    """The camera that sees most of everything that the person does from head to foot."""
    moments = np.arange(0.0, script.timeline.length, BODY_EVERY)
    places = np.concatenate([actor.body(script.timeline.pose(float(at))) for at in moments])
    cameras = [body_camera(rng, places) for _ in range(PATIENCE)]
    whole = max(cameras, key=lambda camera: float(seen(camera, places)[:, 2].mean()))
    return whole, script, body_square(whole, places)


def suitable_camera(rng: Generator, actor: Actor, write: ScriptWriter) -> tuple[Camera, Script]:
    """A camera that sees the gesturing hands when they are there, as people see to it; now and then any.

    Returns:
        The camera, and the script with hands that are raised no higher than it sees.
    """
    chest, reach = actor.focus + np.array([0.0, 0.2, 0.0]), reach_of(actor.person, actor.lowered)
    posture = write(float("inf")).posture
    tries = 1 if rng.random() < CARELESS else PATIENCE
    best: tuple[float, Camera, Script] | None = None
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


def _hands(actor: Actor, timeline: Timeline, done: TrueGesture) -> Floats:
    """World places of wrist and index tip of the gesturing hand at the end of its stroke."""
    sides = ["left", "right"] if done.hand == "both" else [done.hand]
    joints = [KEYPOINTS.index(f"{side}_{part}") for side in sides for part in ("wrist", "index_tip")]
    return np.asarray(actor.joints(timeline.pose(done.stroke_end))[joints])


def _feet_in_picture(camera: Camera) -> bool:
    whole = replace(camera, window=(0.0, 0.0, 1.0, 1.0))
    return bool(0 <= whole.project(np.array([[0.0, 0.05, 0.0]]))[0, 1] <= 1)
