"""Streams with truth and events made of numbers only."""

from pathlib import Path

from gesturelrcn.evaluation.metrics import figures
from gesturelrcn.evaluation.runner import StreamResult
from gesturelrcn.evaluation.stitching import ClipPlace, StreamPlan, StreamTruth
from gesturelrcn.evaluation.tally import judge
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import TrueGesture


def start(gesture, at, confidence=0.9):
    return GestureEvent(gesture, Phase.START, 1, confidence, at, at, media_time=at)


def stream(
    truth=(), events=(), subject="A", seconds=60.0, distance=1.0, name=None, trace=None, recorded=None
):
    """Gestures as (name, onset, offset) or TrueGesture, starts as (name, time)."""
    gestures = [g if isinstance(g, TrueGesture) else TrueGesture(*g) for g in truth]
    clips = tuple(clip(g.gesture) for g in gestures) or (clip("none"),)
    places = [ClipPlace(clip(g.gesture), g.onset, g.offset) for g in gestures]
    plan = StreamPlan(name or f"{subject} {distance:g}m", subject, distance, "upper", clips)
    held = StreamTruth(gestures, [], places, seconds, seconds if recorded is None else recorded)
    made = [e if isinstance(e, GestureEvent) else start(*e) for e in events]
    return StreamResult(plan, held, made, trace)


def clip(gesture, name="x.avi", **more):
    return Clip(Path(name), name, "A", gesture, **more)


def figures_of(*streams, classes=None):
    return figures(judge(streams), classes)
