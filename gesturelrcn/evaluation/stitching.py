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

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.capture.opencv import cv2
from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.listing import Clip, Film, Listing, Skipped
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.vocabulary import GESTURES, NONE

logger = logging.getLogger(__name__)

PAUSE = (1.0, 3.0)
"""Seconds of idle before each clip, least and most."""
HEAD_MARGIN = 0.2
"""Seconds before the onset at which the idle head ends; an onset is good to about 0.15 s."""
COMMITTED = (0.3, 1.5)
"""Seconds after the onset between which the stroke ends and holding begins."""
KEPT = 6.0
"""Seconds from the beginning of a clip that are kept for playing back, at most."""
KEPT_BYTES = 2**29
"""The same in bytes of pictures."""
AT_REST = 0.4
"""A clip that goes on this much longer than its gesture returns to rest by itself."""
LARGEST = 1920
"""Longer side in pixels above which pictures are made smaller, so that clips of any size fit into memory."""
PAUSING, GOING_BACK = "idle", "return_stroke"
"""What pauses and ways back are called where activities are counted."""
_THUMBNAIL = (80, 60)

Picture = NDArray[np.uint8]


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


def plan_streams(listing: Listing, minutes: float = 0.0) -> list[StreamPlan]:
    """The streams that a listing makes: clips by person, camera and picture size; a film as it is.

    Clips without a gesture make streams of their own. The order within a stream is by chance, and the same
    every time. Clips that cannot be decoded are moved to `listing.skipped`. Where the person is not named
    each clip is a stream of its own.

    Args:
        listing: what there is.
        minutes: streams shorter than this go on with the same clips in another order; 0 plays each once.
    """
    streams = []
    for key, clips in groupby(sorted(_sized(listing), key=lambda c: c[:2]), key=lambda c: c[0]):
        subject, distance, framing, _, free, alone = key
        words = (subject, f"{distance:g}m" if distance else "", framing, "idle" if free else "", alone)
        name = " ".join(filter(None, words)) or "clips"
        streams.append(_stitched(name, subject, distance, framing, [clip for *_, clip in clips], minutes))
    for film in listing.films:
        streams.append(StreamPlan(film.name, film.subject, film.distance_m, film.framing, film=film))
    return _with_names_of_their_own(streams)


def single_clips(listing: Listing) -> list[StreamPlan]:
    """Every clip as it was recorded, in a stream of its own that bears its name."""
    return [
        StreamPlan(clip.name, clip.subject, clip.distance_m, clip.framing, (clip,), alone=True)
        for *_, clip in _sized(listing)
    ]


_Key = tuple[str, float, str, tuple[int, int], bool, str]


def _sized(listing: Listing) -> Iterator[tuple[_Key, str, Clip]]:
    """Each clip that can be opened, with what it must share with others of its stream."""
    for clip in list(listing.clips):
        try:
            with open_source(clip.path) as source:
                height, width = next(iter(source)).image.shape[:2]
        except (CaptureError, StopIteration) as problem:
            logger.warning("%s: skipped: %s", clip.name, problem)
            listing.skipped.append(Skipped(clip.name, str(problem)))
            listing.clips.remove(clip)
            continue
        alone = "" if clip.subject else clip.name
        free = clip.gesture == NONE
        yield (clip.subject, clip.distance_m, clip.framing, (width, height), free, alone), clip.name, clip


def _stitched(
    name: str, subject: str, distance: float, framing: str, clips: list[Clip], minutes: float
) -> StreamPlan:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    order = tuple(clips[i] for i in rng.permutation(len(clips)))
    return StreamPlan(name, subject, distance, framing, order, seconds=minutes * 60.0)


def _with_names_of_their_own(streams: list[StreamPlan]) -> list[StreamPlan]:
    taken: dict[str, int] = {}
    named = []
    for stream in streams:
        taken[stream.name] = taken.get(stream.name, 0) + 1
        again = taken[stream.name]
        named.append(stream if again == 1 else replace(stream, name=f"{stream.name} ({again})"))
    return named


def _play_film(film: Film, truth: StreamTruth) -> Iterator[Played]:
    truth.gestures += film.gestures
    truth.activities += film.activities
    with open_source(film.path) as source:
        for frame in source:
            truth.seconds = truth.recorded = frame.captured_at
            yield Played(frame, film.name, frame.index, True)


def _play_clips(plan: StreamPlan, truth: StreamTruth) -> Iterator[Played]:
    rng = np.random.default_rng(zlib.crc32(plan.name.encode()))
    heard: set[str] = set()
    at: float | None = None
    number = 0
    for clip in _until_long_enough(plan, truth):
        playing = _ClipPlaying(clip, float(rng.uniform(*PAUSE)), alone=plan.alone)
        began = at
        try:
            for step, image, index, forward in playing.steps():
                at = 0.0 if at is None else at + step
                began = at if began is None else began
                if forward:
                    playing.forward_at(at)
                yield Played(Frame(image, at, number, plan.name, at), clip.name, index, forward)
                number += 1
        except CaptureError as problem:
            truth.skipped.append(Skipped(clip.name, str(problem)))
            continue
        truth.seconds = at or 0.0
        if clip.name not in heard:
            truth.recorded += playing.end - playing.start
            heard.add(clip.name)
        _note(clip, playing, began or 0.0, truth)
        if clip.gesture != NONE:
            truth.activities.append(Activity(PAUSING, began or 0.0, playing.start))
            truth.activities.append(Activity(GOING_BACK, playing.end, truth.seconds))


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


def _note(clip: Clip, playing: "_ClipPlaying", began: float, truth: StreamTruth) -> None:
    """Write down what the clip that was just played has shown, in the stream's time."""
    truth.places.append(ClipPlace(clip, playing.start, playing.end))
    if clip.gesture == NONE:
        return
    length = playing.end - playing.start
    onset = clip.onset
    offset = playing.end if clip.offset is None else playing.start + min(clip.offset, length)
    if onset is None:
        # Nobody knows when it begins: it may be there from the first picture, in the pause too.
        truth.gestures.append(TrueGesture(clip.gesture, began, offset, timed=False))
        return
    if onset >= length:
        truth.skipped.append(Skipped(clip.name, f"it ends after {length:.2f} s, before its gesture begins"))
        return
    made = TrueGesture(clip.gesture, playing.start + onset, max(offset, playing.start + onset))
    if clip.stroke_end is not None and clip.stroke_end >= onset:
        made = replace(made, stroke_end=playing.start + clip.stroke_end)
    truth.gestures.append(made)


_Step = tuple[float, Picture, int, bool]
"""Seconds since the frame before, picture, its number in the clip, whether played forward as recorded."""


class _ClipPlaying:
    """One clip on its way through a stream: pause, forward, return.

    Attributes:
        start, end: stream times of its first and last frame when played forward.
    """

    def __init__(self, clip: Clip, pause: float, *, alone: bool) -> None:
        self._clip = clip
        self._pause = pause
        self._alone = alone
        self._kept: list[Picture] = []
        self._times: list[float] = []
        self.start = self.end = -1.0

    def forward_at(self, at: float) -> None:
        """A frame was played forward at this time of the stream."""
        self.start = at if self.start < 0 else self.start
        self.end = at

    def steps(self) -> Iterator[_Step]:
        with open_source(self._clip.path) as source:
            frames = iter(source)
            ahead = self._read_ahead(frames)
            period = self._period()
            at = 0
            for index in self._pausing(period):
                yield self._apart(at, index, period), self._kept[index], index, False
                at = index
            for index, image in enumerate(self._kept):
                yield self._apart(at, index, period), image, index, True
                at = index
            last, length = self._kept[-1], self._times[-1]
            at_time = length
            for number, frame in enumerate(chain(ahead, frames), start=len(self._kept)):
                last = _bounded(frame.image)
                length = frame.captured_at - self._first
                yield max(length - at_time, 1e-3), last, number, True
                at_time = length
        yield from self._returning(last, length, period)

    def _read_ahead(self, frames: Iterator[Frame]) -> list[Frame]:
        """Keep the beginning; returns the frame that was read beyond it, if there is more."""
        room = KEPT_BYTES
        for frame in frames:
            if not self._kept:
                self._first = frame.captured_at
            if frame.captured_at - self._first > KEPT or room < frame.image.nbytes:
                return [frame]
            self._kept.append(_bounded(frame.image))
            room -= self._kept[-1].nbytes
            self._times.append(frame.captured_at - self._first)
        return []

    def _period(self) -> float:
        return float(np.median(np.diff(self._times))) if len(self._times) > 1 else 0.1

    def _apart(self, one: int, other: int, period: float) -> float:
        return abs(self._times[other] - self._times[one]) or period

    def _head(self) -> int:
        """Number of the last picture of the idle head."""
        if self._clip.gesture == NONE:
            until = KEPT
        elif self._clip.onset is None:
            until = 0.0
        else:
            until = self._clip.onset - HEAD_MARGIN
        return max(0, int(np.searchsorted(self._times, until, side="right")) - 1)

    def _pausing(self, period: float) -> Iterator[int]:
        """Numbers of pictures: the head forth and back until the pause is over and it is at its first."""
        head = self._head()
        if self._alone or self._clip.gesture == NONE:
            return  # the latter is idle itself
        passed, at, way = 0.0, 0, 1
        while passed < self._pause or at != 0:
            yield at
            if head == 0:
                passed += period
                continue
            way = 1 if at == 0 else -1 if at == head else way
            passed += self._apart(at, at + way, period)
            at += way

    def _returning(self, last: Picture, length: float, period: float) -> Iterator[_Step]:
        clip = self._clip
        if self._alone or (clip.offset is not None and clip.offset < length - AT_REST):
            return
        start = self._way_back_from(last)
        step = period
        for index in range(start, -1, -1):
            if index < start:
                step = self._apart(index, index + 1, period)
            elif index == len(self._times) - 1 and length == self._times[-1]:
                continue  # the last picture itself was just shown
            yield step, self._kept[index], index, False

    def _way_back_from(self, last: Picture) -> int:
        """The kept picture from which the stream goes back to rest."""
        wanted = _thumbnail(last)
        return min(
            self._ways_back(), key=lambda i: float(np.square(_thumbnail(self._kept[i]) - wanted).mean())
        )

    def _ways_back(self) -> list[int]:
        """Pictures of the idle head, for a clip that is at rest again, and, but for strokes, held ones."""
        clip = self._clip
        head = list(range(self._head() + 1))
        if clip.gesture == NONE or _is_stroke(clip.gesture):
            return head
        if clip.onset is None:
            return list(range(len(self._times)))
        low, high = clip.onset + COMMITTED[0], clip.onset + COMMITTED[1]
        held = [i for i, at in enumerate(self._times) if low <= at <= high]
        return head + (held or [len(self._times) - 1])


def _is_stroke(gesture: str) -> bool:
    """Whether the gesture is a movement that is another gesture when it is played backwards."""
    return gesture in GESTURES and GESTURES[gesture].kind == "stroke"


def _bounded(image: Picture) -> Picture:
    longer = max(image.shape[:2])
    if longer <= LARGEST:
        return image
    scale = LARGEST / longer
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _thumbnail(image: Picture) -> NDArray[np.float32]:
    return cv2.resize(image, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
