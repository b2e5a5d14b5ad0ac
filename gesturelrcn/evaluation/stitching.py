"""Streams out of clips: one person, one camera, gesture after gesture, with idle between (docs/metrics.md).

A clip begins idle and ends while its gesture is held, so clips put end to end would show a hand that jumps
from there to rest: motion that nobody made, and no time between two gestures. Instead each clip is played so:

    pause      its idle head (before onset) forth and back, for one to three seconds
    forward    the whole clip as it was recorded
    return     from a held picture near the end of the stroke (or an idle one, if the clip has come to rest),
               the one most like the last picture, backwards to the first: the way into a gesture is,
               backwards, the way out of it

so a cut falls only between two idle pictures of one person, or between two pictures of one held gesture.
A stroke (a swipe) is not played backwards, or it would be the opposite stroke: from its end the stream goes
on at the most similar picture of its idle head. A clip that returns to rest by itself is played forward only,
and one without a gesture has no pause. No picture is mixed from others, and none is repeated but for a clip
whose head is a single picture. Times within a clip are those of the recording.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from gesturelrcn.capture import Frame
from gesturelrcn.errors import CaptureError
from gesturelrcn.evaluation.playback import ClipPlayback
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.recordings.listing import Film, Skipped
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.vocabulary import NONE

PAUSE = (1.0, 3.0)
"""Seconds of idle before each clip, least and most."""
PAUSING, GOING_BACK = "idle", "return_stroke"
"""What pauses and ways back are called where activities are counted."""


@dataclass(frozen=True, eq=False)
class Played:
    """One frame of a stream and where it came from.

    Attributes:
        frame: with the stream's own time.
        clip: name of the clip or film.
        index: number of the frame in it.
        forward: False in pauses and on the way back.
    """

    frame: Frame
    clip: str
    index: int
    forward: bool


@dataclass(frozen=True)
class ClipPlace:
    """Where in a stream a clip was played forward, in seconds."""

    clip: Clip
    start: float
    end: float


@dataclass
class StreamTruth:
    """What really happens in a stream; whole once its last frame has been delivered.

    Attributes:
        gestures: in order of time.
        activities: named stretches without a gesture, where the recording names them.
        places: where each clip was played.
        seconds: length of the stream.
        recorded: seconds of it that were played for the first time, as recorded.
        skipped: clips that turned out not to be playable.
    """

    gestures: list[TrueGesture] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    places: list[ClipPlace] = field(default_factory=list)
    seconds: float = 0.0
    recorded: float = 0.0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class StreamPlan:
    """A stream to be played: clips in their order, or one film.

    Attributes:
        name: for results and predictions.
        subject: who; "" where nobody has said.
        distance_m: 0 where nobody has said.
        framing: "" where nobody has said.
        clips: in order, each once; empty for a film.
        film: or None.
        alone: the one clip is played as it was recorded, without pause and way back.
        seconds: at least so long: after the last clip all are played again, in another order each time.
    """

    name: str
    subject: str
    distance_m: float
    framing: str
    clips: tuple[Clip, ...] = ()
    film: Film | None = None
    alone: bool = False
    seconds: float = 0.0

    @property
    def gesture_free(self) -> bool:
        """Whether nothing in it is a gesture."""
        if self.film is not None:
            return not self.film.gestures
        return all(clip.gesture == NONE for clip in self.clips)

    def play(self, truth: StreamTruth) -> Iterator[Played]:
        """The frames, in order of time; `truth` is filled on the way."""
        return _play_film(self.film, truth) if self.film is not None else _play_clips(self, truth)


def _play_film(film: Film, truth: StreamTruth) -> Iterator[Played]:
    truth.gestures += film.gestures
    truth.activities += film.activities
    for frame in frames_of(film.path):
        truth.seconds = truth.recorded = frame.captured_at
        yield Played(frame, film.name, frame.index, True)


def _play_clips(plan: StreamPlan, truth: StreamTruth) -> Iterator[Played]:
    rng = np.random.default_rng(zlib.crc32(plan.name.encode()))
    heard: set[str] = set()
    at: float | None = None
    number = 0
    for clip in _until_long_enough(plan, truth):
        playback = ClipPlayback(clip, float(rng.uniform(*PAUSE)), alone=plan.alone)
        began = at
        try:
            for step, image, index, forward in playback.steps():
                at = 0.0 if at is None else at + step
                began = at if began is None else began
                if forward:
                    playback.forward_at(at)
                yield Played(Frame(image, at, number, plan.name, at), clip.name, index, forward)
                number += 1
        except CaptureError as problem:
            truth.skipped.append(Skipped(clip.name, str(problem)))
            continue
        truth.seconds = at or 0.0
        if clip.name not in heard:
            truth.recorded += playback.end - playback.start
            heard.add(clip.name)
        _note(clip, playback, began or 0.0, truth)
        if clip.gesture != NONE:
            truth.activities.append(Activity(PAUSING, began or 0.0, playback.start))
            truth.activities.append(Activity(GOING_BACK, playback.end, truth.seconds))
        elif clip.activity:
            truth.activities.append(Activity(clip.activity, began or 0.0, truth.seconds))


def _until_long_enough(plan: StreamPlan, truth: StreamTruth) -> Iterator[Clip]:
    """Each clip once; then, until the stream has its length, all in other orders."""
    yield from plan.clips
    rng = np.random.default_rng((zlib.crc32(plan.name.encode()), 1))
    before = -1.0
    while before < truth.seconds < plan.seconds:  # a round that adds nothing is the last: none can be played
        before = truth.seconds
        for place in rng.permutation(len(plan.clips)):
            if truth.seconds < plan.seconds:
                yield plan.clips[place]


def _note(clip: Clip, playback: ClipPlayback, began: float, truth: StreamTruth) -> None:
    """Write down what the clip that was just played has shown, in the stream's time."""
    truth.places.append(ClipPlace(clip, playback.start, playback.end))
    if clip.gesture == NONE:
        return
    length = playback.end - playback.start
    onset = clip.onset
    offset = playback.end if clip.offset is None else playback.start + min(clip.offset, length)
    if onset is None:
        # Nobody knows when it begins: it may be there from the first picture, in the pause too.
        truth.gestures.append(TrueGesture(clip.gesture, began, offset, timed=False))
        return
    if onset >= length:
        truth.skipped.append(Skipped(clip.name, f"it ends after {length:.2f} s, before its gesture begins"))
        return
    made = TrueGesture(clip.gesture, playback.start + onset, max(offset, playback.start + onset))
    if clip.stroke_end is not None and clip.stroke_end >= onset:
        made = replace(made, stroke_end=playback.start + clip.stroke_end)
    truth.gestures.append(made)
