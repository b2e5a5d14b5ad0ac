"""The work on many videos: in this process, or one video after the other in each of several."""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gesturelrcn.annotation.clips import ClipCutter, clip_name, place_for
from gesturelrcn.annotation.formats import write_timeline
from gesturelrcn.annotation.jobs import Job
from gesturelrcn.annotation.second_look import KeyFrames, Taker, look_again
from gesturelrcn.annotation.timeline import Span, Timeline
from gesturelrcn.annotation.video import watch_video
from gesturelrcn.errors import CaptureError
from gesturelrcn.model import Engine, EngineName, load_model
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.worker_pool import leave_to_parent, worker_pool
from gesturelrcn.thresholds import AS_USUAL, Sensitivities

_LOOK = 0.2
"""Seconds between two looks at how far the workers are."""

JobsProgress = Callable[[float], None]
"""Is told how many videos are done; fractions of videos count."""


@dataclass(frozen=True)
class WatchSettings:
    """What every video is watched with.

    Attributes:
        model: name or card.
        engine: what runs the network.
        mirrored: the pictures are mirrored.
        beside: decode each video on a second core.
        sensitivities: how readily gestures start.
    """

    model: str
    engine: EngineName = "onnxruntime"
    mirrored: bool = False
    beside: bool = False
    sensitivities: Sensitivities = AS_USUAL


@dataclass(frozen=True)
class Outcome:
    """What became of one video.

    Attributes:
        job: what was to be done.
        timeline: the gestures; None where the video could not be read.
        problem: why it could not, in one sentence.
        watched: False where the timeline was there already.
        seconds: that watching took, by the clock.
        cpu_seconds: processor time that it took.
        clips: names of the clips that were cut.
        kept_clips: names of those that were there already.
        key_frames: JPEG of each gesture that was found, by the id of its span.
        warnings: what was wrong with the video though it could be read.
    """

    job: Job
    timeline: Timeline | None = None
    problem: str = ""
    watched: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    clips: tuple[str, ...] = ()
    kept_clips: tuple[str, ...] = ()
    key_frames: dict[int, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def matches(self) -> tuple[Span, ...]:
        """The gestures that were looked for; all where none was named."""
        spans = self.timeline.spans if self.timeline else ()
        return tuple(
            span for span in spans if not self.job.request.find or span.gesture in self.job.request.find
        )


def run_jobs(
    jobs: Sequence[Job],
    settings: WatchSettings,
    workers: int = 1,
    progress: JobsProgress = lambda videos: None,
) -> Iterator[Outcome]:
    """Do all jobs; outcomes come as they are ready, and their files are written by then.

    Raises:
        GestureLrcnError: the model cannot be loaded, a file cannot be written, or a worker was killed.
    """
    engine = load_model(settings.model, settings.engine)
    if workers <= 1 or len(jobs) <= 1:
        for number, job in enumerate(jobs):
            yield do_job(job, engine, settings, partial(_one_of_many, progress, number))
        return
    context = multiprocessing.get_context("spawn")
    shares = context.Array("d", len(jobs), lock=False)
    advice = "give the same command again with fewer --workers, it goes on from there"
    with worker_pool(min(workers, len(jobs)), context, _begin_work, (settings, shares), advice) as pool:
        # The largest first, or the last worker would be alone with one of them.
        order = sorted(range(len(jobs)), key=lambda number: -_size(jobs[number]))
        waiting = {pool.submit(_work, number, jobs[number]) for number in order}
        while waiting:
            finished, waiting = wait(waiting, timeout=_LOOK, return_when=FIRST_COMPLETED)
            progress(sum(shares))
            for future in finished:
                yield future.result()


def _one_of_many(progress: JobsProgress, before: int, share: float) -> None:
    progress(before + share)


def do_job(
    job: Job, engine: Engine, settings: WatchSettings, progress: JobsProgress = lambda videos: None
) -> Outcome:
    """Watch one video, unless that was done before, write what is missing, cut clips, take key frames.

    Raises:
        GestureLrcnError: something cannot be written.
    """
    if job.problem:
        progress(1.0)
        return Outcome(job, problem=job.problem)
    watched: dict[str, Any] = {}
    with _heard_warnings() as warnings:
        try:
            timeline = job.done
            if timeline is None:
                reading = watch_video(
                    job.video,
                    engine,
                    engine_name=settings.engine,
                    mirrored=settings.mirrored,
                    beside=settings.beside,
                    sensitivities=settings.sensitivities,
                    progress=progress,
                )
                timeline = reading.timeline
                watched = {"watched": True, "seconds": reading.seconds, "cpu_seconds": reading.cpu_seconds}
            for form in job.missing:
                write_timeline(timeline, job.video, job.outputs[form], form)
            outcome = Outcome(job, timeline, **watched)
            pictures = _second_look(outcome)
        except CaptureError as problem:
            progress(1.0)
            return Outcome(job, problem=str(problem))
    progress(1.0)
    noted = [f"{job.video} {note}" for note in timeline.notes]  # of an earlier run, too
    return Outcome(job, timeline, **watched, **pictures, warnings=tuple(dict.fromkeys(noted + warnings)))


def _second_look(outcome: Outcome) -> dict[str, Any]:
    """Clips and key frames, as attributes of an `Outcome`."""
    job, request = outcome.job, outcome.job.request
    takers: list[Taker] = []
    clips: dict[str, ClipCutter] = {}
    kept: list[str] = []
    for span in outcome.matches if request.clips is not None else ():
        assert request.clips is not None
        assert outcome.timeline is not None
        video_sum = outcome.timeline.origin.video_sum
        place = place_for(request.clips, clip_name(job.label or job.video.stem, span), video_sum)
        if place.exists() and not request.force:
            kept.append(place.name)
        else:
            clips[place.name] = ClipCutter(span, request.margin, place, video_sum)
    takers += clips.values()
    key_frames = KeyFrames(outcome.matches)
    if request.key_frames and outcome.matches:
        takers.append(key_frames)
    look_again(job.video, takers)
    for clip in clips.values():
        clip.done()
    return {"clips": tuple(clips), "kept_clips": tuple(kept), "key_frames": key_frames.jpegs}


@contextmanager
def _heard_warnings() -> Iterator[list[str]]:
    """What is said about the video; in a worker nobody else would hear it."""
    heard: list[str] = []
    loggers = [logging.getLogger(name) for name in ("gesturelrcn.capture", "gesturelrcn.recognizer")]

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    listener = Listener(logging.WARNING)
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(listener)
        logger.propagate = False
    try:
        yield heard
    finally:
        for logger, propagated in zip(loggers, before, strict=True):
            logger.removeHandler(listener)
            logger.propagate = propagated


def _size(job: Job) -> int:
    """Bytes that are to be watched."""
    try:
        return 0 if job.done or job.problem else job.video.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True)
class _Place:
    """What a worker holds."""

    engine: Engine
    settings: WatchSettings
    shares: Any


_places: list[_Place] = []
"""One in every worker, none in the parent."""


def _begin_work(settings: WatchSettings, shares: Any) -> None:
    """First thing in every worker: it leaves Ctrl-C to the parent, and never outlives it."""
    leave_to_parent()
    cv2.setNumThreads(1)
    _places.append(_Place(load_model(settings.model, settings.engine), settings, shares))


def _work(number: int, job: Job) -> Outcome:
    (place,) = _places

    def progress(share: float) -> None:
        place.shares[number] = share

    return do_job(job, place.engine, place.settings, progress)
