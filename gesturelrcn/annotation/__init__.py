"""Recorded video in, timelines of gestures out: what `gesturelrcn run` would see, written down.

`watch_video` is the work on one video, `formats` writes a timeline, `jobs` and `workers` do many videos.
"""

from gesturelrcn.annotation.formats import FORMATS, write_timeline
from gesturelrcn.annotation.jobs import AnnotationRequest, Job, plan_jobs
from gesturelrcn.annotation.timeline import Origin, Span, Timeline, read_timeline, spans_of
from gesturelrcn.annotation.video import Reading, origin_of, watch_video
from gesturelrcn.annotation.workers import Outcome, run_jobs

__all__ = [
    "FORMATS",
    "AnnotationRequest",
    "Job",
    "Origin",
    "Outcome",
    "Reading",
    "Span",
    "Timeline",
    "origin_of",
    "plan_jobs",
    "read_timeline",
    "run_jobs",
    "spans_of",
    "watch_video",
    "write_timeline",
]
