"""What a person does in front of the camera for seconds or minutes.

A stream has several gestures with natural pauses and everyday movements between them; a clip is short and has
one gesture, with idle before and the way back after it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from gesturelrcn.recordings.film_truth import IDLE, RETURN_STROKE
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.motion.tracks import JointTrack
from gesturelrcn.synthesis.motion.vocabulary import Vocabulary, gesture_names
from gesturelrcn.vocabulary import NONE

Posture = Literal["seated", "standing"]

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


@dataclass(frozen=True)
class Script:
    """What one person does in one film: every movement, sitting or standing, from head to foot or not."""

    timeline: MotionTimeline
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


ScriptWriter = Callable[[float], Script]
"""Writes the same script again for another ceiling."""


def stream_script(
    rng: Generator, vocabulary: Vocabulary, seconds: float, ceiling: float = float("inf")
) -> Script:
    """Gestures by chance with pauses and everyday movements between, for about `seconds`.

    `ceiling` is how high hands may go (see `framing.ceiling_of`); it changes no time.
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
        return _track_script(rng, vocabulary, tracks[int(rng.integers(len(tracks)))])
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
    timeline = MotionTimeline(rng, rest, liveliness, vocabulary=vocabulary, ceiling=ceiling)
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
