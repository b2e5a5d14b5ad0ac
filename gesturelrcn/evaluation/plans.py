"""Which streams the clips and films of a listing make."""

import logging
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np

from gesturelrcn.errors import CaptureError
from gesturelrcn.evaluation.stitching import StreamPlan
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.recordings.listing import Listing, Skipped
from gesturelrcn.vocabulary import NONE

logger = logging.getLogger(__name__)


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
            height, width = next(frames_of(clip.path)).image.shape[:2]
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
