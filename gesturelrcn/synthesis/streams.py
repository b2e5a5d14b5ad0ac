"""What a person does in front of the camera for seconds or minutes, and the film of it with its truth.

A stream has several gestures with natural pauses and everyday movements between them; a clip is short and has
one gesture, with idle before and the way back after it. Both are filmed in the square that the live program
would cut out of the camera's picture, a little wider (`VIEW_MARGIN`), but no wider than that picture; what
lies above and below it is black.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal

import numpy as np
from numpy.random import Generator

from gesturelrcn.events import Hand
from gesturelrcn.model.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body import random_person
from gesturelrcn.synthesis.filming import Actor, film, seen, set_up
from gesturelrcn.synthesis.framing import person_square, random_camera
from gesturelrcn.synthesis.gestures import GESTURES, RESTS
from gesturelrcn.synthesis.motion import Timeline
from gesturelrcn.synthesis.pose import ArmPose
from gesturelrcn.synthesis.render import Renderer
from gesturelrcn.synthesis.rig import Rig
from gesturelrcn.synthesis.scene import Camera
from gesturelrcn.synthesis.square_view import in_camera_too, square_shot, within
from gesturelrcn.synthesis.truth import IDLE, RETURN_STROKE, Activity, FilmFacts, TrueGesture, Truth
from gesturelrcn.vocabulary import NONE

Posture = Literal["seated", "standing"]

VIEW_MARGIN = 1.25
"""How much wider than the live program's square the pictures are, so that training can move and zoom."""
DISTANCES: dict[Posture, tuple[float, float]] = {"seated": (0.6, 1.6), "standing": (0.8, 6.0)}
"""Metres from the camera, least and most."""
RIGHT_HANDED = 0.7
"""Share of the gestures done by the right hand where either may."""
PATIENCE = 16
"""How many cameras are tried until one sees the gesturing hands."""
LONGEST_GESTURE = 4.0
"""Seconds that are left free at the end of a stream, so that no gesture is cut off."""
CARELESS = 0.04
"""Share of the films whose camera does not care whether it sees the hands."""


@dataclass
class Script:
    """What one person does in one film, before anybody has a body.

    Attributes:
        timeline: every movement.
        posture: how the person sits or stands.
        activities: everyday movements between the gestures; what is neither is idle.
    """

    timeline: Timeline
    posture: Posture
    activities: list[Activity]

    def gestures(self) -> list[TrueGesture]:
        """The gestures in order of time."""
        return [
            TrueGesture(g.gesture, g.hand, g.onset, g.stroke_end, g.offset, g.rested)
            for g in self.timeline.performed
        ]

    def stretches(self) -> list[Activity]:
        """Everything that is no gesture: return strokes, activities, and idle in between, without a gap."""
        end_of_film = self.timeline.length
        known: list[tuple[float, float, str]] = [(end_of_film, end_of_film, "")]
        for done in self.gestures():
            known += [(done.onset, done.offset, ""), (done.offset, done.rested, RETURN_STROKE)]
        known += [(stretch.start, stretch.end, stretch.activity) for stretch in self.activities]
        filled: list[Activity] = []
        at = 0.0
        for start, end, name in sorted(known):
            if start > at:
                filled.append(Activity(IDLE, at, start))
            if name:
                filled.append(Activity(name, max(at, start), end))
            at = max(at, end)
        return filled


def stream_script(rng: Generator, gestures: list[str], seconds: float) -> Script:
    """Gestures of `gestures` by chance with pauses and everyday movements between, for about `seconds`."""
    script = _beginning(rng)
    timeline = script.timeline
    while timeline.length < seconds:
        timeline.pause(min(_pause(rng), seconds - timeline.length))
        if timeline.length > seconds - LONGEST_GESTURE:
            timeline.pause(max(0.0, seconds - timeline.length))
            break
        _perform(rng, timeline, str(rng.choice(gestures)))
    return script


def clip_script(rng: Generator, gesture: str) -> Script:
    """One gesture (or everyday movements, for "none"): idle first, then the gesture, the way back, idle."""
    script = _beginning(rng)
    script.timeline.pause(rng.uniform(0.4, 1.4))
    if gesture != NONE:
        _perform(rng, script.timeline, gesture)
    else:
        script.timeline.pause(rng.uniform(1.5, 3.0))
    script.timeline.pause(rng.uniform(0.3, 0.9))
    return script


def _beginning(rng: Generator) -> Script:
    posture: Posture = "seated" if rng.random() < 0.5 else "standing"
    names = ["lap", "desk"] if posture == "seated" else ["hanging"]
    rest: dict[Hand, ArmPose] = {"left": _rest(rng, names), "right": _rest(rng, names)}
    return Script(Timeline(rng, rest, liveliness=float(rng.uniform(0.6, 1.8))), posture, [])


def _rest(rng: Generator, names: list[str]) -> ArmPose:
    pose = RESTS[names[rng.integers(len(names))]]
    return replace(pose, wrist=pose.wrist + rng.normal(0, 0.02, 3))


def _pause(rng: Generator) -> float:
    """Seconds between two gestures: mostly a few, now and then a long while."""
    return float(np.clip(rng.lognormal(np.log(2.5), 0.7), 0.5, 20.0))


def _perform(rng: Generator, timeline: Timeline, gesture: str) -> None:
    hands = sorted(GESTURES[gesture])
    preferred = np.array([RIGHT_HANDED if hand == "right" else 1 - RIGHT_HANDED for hand in hands])
    hand = hands[int(rng.choice(len(hands), p=preferred / preferred.sum()))]
    timeline.perform(gesture, hand, tempo=float(np.exp(rng.normal(0, 0.15))))


class Studio:
    """One person and the means to film him or her; a context manager.

    Args:
        seed: decides who the person is.
        size: width and height of the pictures in pixels.

    Raises:
        SynthesisError: there is no EGL here, or no body data.
    """

    def __init__(self, seed: tuple[int, ...], size: int) -> None:
        person = random_person(np.random.default_rng(seed))
        self._renderer = Renderer(size, size)
        self._actor = Actor(self._renderer, person)

    def __enter__(self) -> "Studio":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._actor.release()
        self._renderer.close()

    def film(self, script: Script, rng: Generator, fps: int) -> "FilmedStream":
        """Set up camera, light and room for a script, by chance from `rng`."""
        return FilmedStream(self._renderer, self._actor, script, rng, fps)


class FilmedStream:
    """The film of a script: iterate once over its pictures, then ask for the truth.

    Args:
        renderer: draws square pictures.
        actor: who does it.
        script: what is done.
        rng: camera, room, light, noise.
        fps: frames a second.
    """

    def __init__(self, renderer: Renderer, actor: Actor, script: Script, rng: Generator, fps: int) -> None:
        self._actor, self._script, self._rng, self._fps = actor, script, rng, fps
        self._size = renderer.width
        whole = suitable_camera(rng, actor, script)
        x, y, side = person_square(whole, actor.pose(script.timeline.pose(0.0)))
        square = within(whole, (x, y, VIEW_MARGIN * side))
        self._shot = square_shot(rng, whole, square, self._size)
        self._keypoints: list[Image] = []
        self._times: list[float] = []
        self.frames = round(script.timeline.length * fps)
        set_up(renderer, self._shot)

    def __iter__(self) -> Iterator[Pixels]:
        for frame in film(self._actor, self._script.timeline, self._shot, self._rng, self._fps):
            self._times.append(frame.time)
            self._keypoints.append(in_camera_too(self._shot.camera, frame.keypoints))
            yield frame.image

    def truth(self, video: str, subject: str) -> Truth:
        """The truth about the pictures that were taken; `video` is the name of the film's file."""
        camera = self._shot.camera
        facts = FilmFacts(
            video=video,
            subject=subject,
            fps=self._fps,
            frames=len(self._times),
            size=self._size,
            posture=self._script.posture,
            distance_m=round(float(np.linalg.norm(camera.eye - self._actor.focus)), 2),
            framing="full" if _feet_in_picture(camera) else "upper",
        )
        return Truth(
            facts,
            self._script.gestures(),
            self._script.stretches(),
            np.array(self._times),
            np.array(self._keypoints, np.float32).reshape(-1, len(KEYPOINTS), 3),
        )


def suitable_camera(rng: Generator, actor: Actor, script: Script) -> Camera:
    """A camera that sees the gesturing hands when they are there, as people see to it; now and then any."""
    chest, rig = actor.focus + np.array([0.0, 0.2, 0.0]), Rig(actor.person)
    shown = [chest[None], *(_hands(rig, script.timeline, done) for done in script.gestures())]
    places = np.concatenate(shown)
    careless = rng.random() < CARELESS
    best = random_camera(rng, chest, *DISTANCES[script.posture])
    for _ in range(0 if careless else PATIENCE):
        if seen(best, places)[:, 2].all():
            break
        other = random_camera(rng, chest, *DISTANCES[script.posture])
        best = max(best, other, key=lambda camera: seen(camera, places)[:, 2].sum())
    return best


def _hands(rig: Rig, timeline: Timeline, done: TrueGesture) -> Floats:
    """World places of wrist and index tip of the gesturing hand at the end of its stroke."""
    sides = ["left", "right"] if done.hand == "both" else [done.hand]
    joints = [KEYPOINTS.index(f"{side}_{part}") for side in sides for part in ("wrist", "index_tip")]
    return np.asarray(rig.landmarks(rig.transforms(timeline.pose(done.stroke_end)))[joints])


def _feet_in_picture(camera: Camera) -> bool:
    whole = replace(camera, window=(0.0, 0.0, 1.0, 1.0))
    return bool(0 <= whole.project(np.array([[0.0, 0.05, 0.0]]))[0, 1] <= 1)
