"""What a data set is made of, and which films that makes: decided by the seed alone."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from gesturelrcn import __version__
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.backdrops import picture_files
from gesturelrcn.synthesis.film.script import Script, ScriptWriter, clip_script, stream_script
from gesturelrcn.synthesis.motion.shipped import SHIPPED_FILE, vocabulary_of
from gesturelrcn.synthesis.motion.track_files import Tracks, load_tracks
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary, gesture_names
from gesturelrcn.vocabulary import NONE

STREAM_SECONDS = 180.0
"""Streams are at most about this long."""
NONE_SHARE = 0.2
"""Share of the clips without a gesture."""


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
        backgrounds: a folder of pictures to put behind half of the people, or None for drawn rooms only.
        rates: least and most frames a second of cameras with rates of their own and unsteady clocks; None
            for `fps` exactly.
        tracks: a folder of joint tracks (see `track_files`) that some of the clips follow, or None.
    """

    people: int
    hours: float
    size: int = 192
    fps: int = 15
    seed: int = 0
    clips: float = 0.5
    gestures: Path | None = None
    backgrounds: Path | None = None
    rates: tuple[int, int] | None = None
    tracks: Path | None = None

    def check(self) -> None:
        """Raises SynthesisError: something makes no sense; the message says what, and what would."""
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
            (
                self.rates is not None and not 5 <= self.rates[0] <= self.rates[1] <= 60,
                f"Frame rates from {' to '.join(map(str, self.rates or ()))} cannot be made: ask for a range"
                " between 5 and 60, the lower one first.",
            ),
            (not 0 <= self.clips <= 1, f"{self.clips:g} is no share of clips: ask for 0 to 1."),
            (self.seed < 0, f"{self.seed} cannot be a seed: ask for 0 or more."),
        ):
            if wrong:
                raise SynthesisError(sentence)
        if not gesture_names(self.vocabulary):
            raise SynthesisError(f"{self.gestures} describes no gesture: add a [[movement]] with one.")
        self.pictures()
        unknown = sorted(set(self.known_tracks()) - set(self.vocabulary.gestures))
        if unknown:
            raise SynthesisError(
                f"{self.tracks} has tracks of {', '.join(unknown)}, which no vocabulary describes:"
                " remove them from its index.csv, or describe them with --gestures."
            )

    @property
    def vocabulary(self) -> Vocabulary:
        """What the people can do."""
        return vocabulary_of(self.gestures)

    def pictures(self) -> list[Path]:
        """The pictures in the folder of backgrounds."""
        return picture_files(self.backgrounds) if self.backgrounds is not None else []

    def known_tracks(self) -> Tracks:
        """The tracks in the folder of tracks, by gesture."""
        return load_tracks(self.tracks) if self.tracks is not None else {}

    def identity(self) -> str:
        """JSON that differs where the films would differ."""
        described = hashlib.sha256(SHIPPED_FILE.read_bytes())
        if self.gestures is not None:
            described.update(self.gestures.read_bytes())
        options = asdict(self) | {
            "gestures": described.hexdigest(),
            "backgrounds": [path.name for path in self.pictures()],
            "tracks": {gesture: len(tracks) for gesture, tracks in sorted(self.known_tracks().items())},
        }
        return json.dumps({"gesturelrcn": __version__, **options}, indent=1)


@dataclass(frozen=True)
class Take:
    """One film to be made.

    Attributes:
        name: path of its files without an ending, relative to the folder.
        subject: who is filmed.
        gesture: what a clip shows, or None for a stream.
        seed: decides about everything in it but the person.
        seconds: about how long it is.
    """

    name: str
    subject: str
    gesture: str | None
    seed: tuple[int, ...]
    seconds: float

    def writer(self, vocabulary: Vocabulary, tracks: Tracks | None = None) -> ScriptWriter:
        """Writes what is done, for the ceiling that it is given."""

        def write(ceiling: float) -> Script:
            rng = np.random.default_rng((*self.seed, 0))
            if self.gesture is None:
                return stream_script(rng, vocabulary, self.seconds, ceiling)
            return clip_script(rng, vocabulary, self.gesture, ceiling, (tracks or {}).get(self.gesture, ()))

        return write

    def chance(self) -> np.random.Generator:
        """Decides about camera, light, room and noise."""
        return np.random.default_rng((*self.seed, 1))


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
    filled, number = 0.0, 0
    waiting: list[str] = []
    while filled < seconds * recipe.clips:
        waiting = waiting or _shuffled(order, gesture_names(recipe.vocabulary))
        gesture = waiting.pop()
        name, seed = f"{subject}/clip-{number:03d}-{gesture}", (recipe.seed, person, 2, number)
        take = Take(name, subject, gesture, seed, 0.0)
        length = take.writer(recipe.vocabulary, recipe.known_tracks())(float("inf")).timeline.length
        takes.append(replace(take, seconds=length))
        filled, number = filled + length, number + 1
    return takes


def _shuffled(rng: np.random.Generator, gestures: list[str]) -> list[str]:
    """Every gesture once, and `none` as often as its share wants."""
    free = max(1, round(len(gestures) * NONE_SHARE / (1 - NONE_SHARE)))
    return [str(name) for name in rng.permutation([*gestures, *[NONE] * free])]
