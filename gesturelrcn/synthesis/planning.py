"""What a data set is made of, and which films that makes: decided by the seed alone."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from gesturelrcn import __version__
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.gestures import GESTURES
from gesturelrcn.synthesis.streams import Script, clip_script, stream_script
from gesturelrcn.vocabulary import NONE

STREAM_SECONDS = 180.0
"""Streams are at most this long."""
NONE_SHARE = 0.2
"""Share of the clips without a gesture."""


def gesture_names() -> list[str]:
    """Every gesture that people perform, sorted."""
    return sorted(GESTURES)


@dataclass(frozen=True)
class Recipe:
    """What a data set is made of; the same recipe gives the same files.

    Attributes:
        people: how many persons.
        hours: length of all films together.
        size: width and height of the pictures in pixels, even.
        fps: frames a second.
        seed: another seed gives other people who do other things.
        clips: share of the hours in clips of one gesture; the rest is streams of minutes.
        gestures: a vocabulary file, or None for the gestures that ship with gesturelrcn.
    """

    people: int
    hours: float
    size: int = 192
    fps: int = 15
    seed: int = 0
    clips: float = 0.5
    gestures: Path | None = None

    def check(self) -> None:
        """Raises SynthesisError: a number makes no sense; the message says which and what would."""
        for wrong, sentence in (
            (self.people < 1, f"{self.people} people cannot be filmed: ask for at least 1."),
            (
                not 0 < self.hours < 1e5,
                f"{self.hours:g} hours cannot be filmed: ask for more than 0, for example 0.1.",
            ),
            (
                not 64 <= self.size <= 1024 or self.size % 2,
                f"Pictures {self.size} pixels wide cannot be made: ask for an even number from 64 to 1024.",
            ),
            (not 5 <= self.fps <= 60, f"{self.fps} frames a second cannot be made: ask for 5 to 60."),
            (not 0 <= self.clips <= 1, f"{self.clips:g} is no share of clips: ask for 0 to 1."),
            (self.seed < 0, f"{self.seed} cannot be a seed: ask for 0 or more."),
        ):
            if wrong:
                raise SynthesisError(sentence)

    def identity(self) -> str:
        """JSON that differs where the files would differ."""
        return json.dumps({"gesturelrcn": __version__, **asdict(self), "gestures": gesture_names()}, indent=1)


@dataclass(frozen=True)
class Take:
    """One film to be made: `name` without an ending, relative to the folder, and what decides about it."""

    name: str
    subject: str
    gesture: str | None
    seed: tuple[int, ...]
    seconds: float

    def script(self) -> tuple[Script, np.random.Generator]:
        """What is done, and the generator that decides about everything else."""
        rng = np.random.default_rng(self.seed)
        if self.gesture is None:
            return stream_script(rng, gesture_names(), self.seconds), rng
        return clip_script(rng, self.gesture), rng


def plan(recipe: Recipe, person: int) -> list[Take]:
    """The films of one person: streams first, then as many clips as fill the time."""
    seconds = recipe.hours * 3600 / recipe.people
    subject = f"P{recipe.seed}-{person:04d}"
    streams = seconds * (1 - recipe.clips)
    count = math.ceil(streams / STREAM_SECONDS)
    takes = [
        Take(f"{subject}/stream-{i:02d}", subject, None, (recipe.seed, person, 0, i), streams / count)
        for i in range(count)
    ]
    order = np.random.default_rng((recipe.seed, person, 1))
    filled, number, waiting = 0.0, 0, list[str]()
    while filled < seconds * recipe.clips:
        waiting = waiting or _shuffled(order)
        gesture = waiting.pop()
        name = f"{subject}/clip-{number:03d}-{gesture}"
        take = Take(name, subject, gesture, (recipe.seed, person, 2, number), 0.0)
        length = take.script()[0].timeline.length
        takes.append(Take(name, subject, gesture, take.seed, length))
        filled, number = filled + length, number + 1
    return takes


def _shuffled(rng: np.random.Generator) -> list[str]:
    """Every gesture once, and `none` as often as its share wants."""
    named = gesture_names()
    free = max(1, round(len(named) * NONE_SHARE / (1 - NONE_SHARE)))
    return [str(name) for name in rng.permutation([*named, *[NONE] * free])]
