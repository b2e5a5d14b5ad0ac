"""One video through the recogniser, as `gesturelrcn run` would play it, as fast as the machine allows.

Where there is a second core, frames are decoded there, some way ahead of the network.
"""

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from gesturelrcn import __version__
from gesturelrcn.annotation.timeline import Origin, Timeline, spans_of
from gesturelrcn.capture import Frame, Recording, Source, open_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.events import GestureEvent
from gesturelrcn.model import Engine, ModelCard
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.recordings.frames import promised_seconds
from gesturelrcn.stream.stream import GestureStream
from gesturelrcn.system.secrets import without_secrets
from gesturelrcn.thresholds import AS_USUAL, Sensitivities

AHEAD = 25
"""Frames that are decoded in one go; more bring nothing, and cost memory."""
_AHEAD_BYTES = 64 * 2**20
"""Large pictures go in shorter runs."""
_ENDS = 2**20
"""Bytes at the beginning and the end of a video that tell it from others."""

VideoProgress = Callable[[float], None]
"""Is told which share of the video is done, 0 to 1."""


@dataclass(frozen=True)
class Reading:
    """What one video gave.

    Attributes:
        timeline: the gestures.
        events: all events, as `gesturelrcn run --json` prints them.
        seconds: how long it took, by the clock.
        cpu_seconds: processor time of the whole process meanwhile, all threads together.
    """

    timeline: Timeline
    events: tuple[GestureEvent, ...]
    seconds: float
    cpu_seconds: float


class DecodingAhead:
    """A `Source`: a recording that may be decoded some way ahead.

    Attributes:
        times: seconds of all frames that were decoded.
    """

    live = False

    def __init__(self, source: Source, *, beside: bool = False) -> None:
        """Set up.

        Args:
            source: a recording.
            beside: decode ahead, on a thread of its own.
        """
        self.name = source.name
        self.times: list[float] = []
        self._source = source
        self._beside = beside

    def __iter__(self) -> Iterator[Frame]:
        frames = self._noted()
        if not self._beside:
            yield from frames
            return
        with ThreadPoolExecutor(1, "gesturelrcn-ahead") as thread:
            ahead = thread.submit(_run, frames)
            while run := ahead.result():
                ahead = thread.submit(_run, frames)
                yield from run

    def _noted(self) -> Iterator[Frame]:
        for frame in self._source:
            self.times.append(frame.captured_at)
            yield frame

    def close(self) -> None:
        """Close the recording."""
        self._source.close()

    def __enter__(self) -> "DecodingAhead":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _run(frames: Iterator[Frame]) -> list[Frame]:
    """The next frames; empty at the end."""
    first = next(frames, None)
    if first is None:
        return []
    most = max(1, min(AHEAD, _AHEAD_BYTES // first.image.nbytes))
    return [first, *itertools.islice(frames, most - 1)]


def watch_video(
    video: Path,
    engine: Engine,
    *,
    engine_name: str = "onnxruntime",
    mirrored: bool = False,
    beside: bool = False,
    sensitivities: Sensitivities = AS_USUAL,
    progress: VideoProgress = lambda share: None,
) -> Reading:
    """Play one video; the events are those of `gesturelrcn run VIDEO --json`.

    Args:
        video: the file.
        engine: a loaded model.
        engine_name: of that engine, for the record.
        mirrored: the pictures are mirrored.
        beside: use a second core for decoding.
        sensitivities: how readily gestures start; the same for all.
        progress: is told how far it is.

    Raises:
        CaptureError: the video is missing, empty, or no picture in it can be decoded.
    """
    origin = origin_of(video, engine.card, engine_name, mirrored, sensitivities)
    general, turned_on = sensitivities.general, sensitivities.turned_on
    promised = promised_seconds(video)

    def seen(frame: Frame, observation: object) -> None:
        if promised and (frame.index + 1) % AHEAD == 0:
            progress(min(1.0, frame.captured_at / promised))

    began, cpu_began = time.perf_counter(), time.process_time()
    with (
        open_source(video, mirrored=mirrored) as source,
        DecodingAhead(source, beside=beside) as ahead,
        closing(Recognizer(engine, sensitivity=general, turn_on=turned_on)) as recognizer,
    ):
        stream = GestureStream(ahead, recognizer=recognizer)
        stream.add_frame_listener(seen)
        events = tuple(stream)
    took, cpu_took = time.perf_counter() - began, time.process_time() - cpu_began
    progress(1.0)
    breaks_off = source.breaks_off if isinstance(source, Recording) else ""
    timeline = Timeline(
        video.name,
        round(_length(ahead.times), 6),
        len(ahead.times),
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
        origin,
        spans_of(events),
        tuple(note for note in (breaks_off, recognizer.warning) if note),
    )
    return Reading(timeline, events, took, cpu_took)


def _length(times: list[float]) -> float:
    """Seconds from the beginning to the end of the last frame, which is shown as long as most others."""
    return times[-1] + (float(np.median(np.diff(times))) if len(times) > 1 else 0.0)


def origin_of(
    video: Path, card: ModelCard, engine: str, mirrored: bool, sensitivities: Sensitivities = AS_USUAL
) -> Origin:
    """What a timeline of this video is made from, without decoding it.

    Raises:
        CaptureError: the video is missing or cannot be read.
    """
    try:
        size, ends = _ends(video)
    except FileNotFoundError:
        raise CaptureError(
            f"There is no video {without_secrets(str(video))}; check the path (cameras and addresses are for"
            " gesturelrcn run)."
        ) from None
    except OSError as problem:
        raise CaptureError(f"The video {video} cannot be opened: {problem.strerror}.") from None
    card_sum = hashlib.sha256(card.to_json().encode()).hexdigest()
    asked = sensitivities.general, tuple(sorted(sensitivities.turned_on))
    return Origin(size, ends, card.name, card_sum, engine, mirrored, __version__, *asked)


def _ends(video: Path) -> tuple[int, str]:
    with video.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(str(size).encode())
        digest.update(file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return size, digest.hexdigest()
