"""What is noted of each frame: for the trace, and for whoever wants to see near misses."""

import os
from collections.abc import Callable

from gesturelrcn import GestureEvent
from gesturelrcn.actions import Dispatcher
from gesturelrcn.actions.decisions import ActionNews
from gesturelrcn.capture import Frame
from gesturelrcn.model import ModelCard
from gesturelrcn.observation import Observation
from gesturelrcn.thresholds import AS_USUAL
from gesturelrcn.trace import (
    Moment,
    MomentTracker,
    TraceFrame,
    TraceSetting,
    TraceWriter,
    remove_old_traces,
    trace_folder,
)
from gesturelrcn.trace.explanation import why_not_recognised


def trace_of(card: ModelCard, source: str, dispatcher: Dispatcher) -> TraceWriter:
    """A trace of this process, beside those of others that run."""
    remove_old_traces(trace_folder())
    off = {name: card.thresholds[name] for name in card.off}
    setting = TraceSetting(source, card.name, tuple(card.classes), card.in_force(AS_USUAL), off=off)
    return TraceWriter(trace_folder() / str(os.getpid()), setting, dispatcher)


def nearly(moment: Moment) -> str:
    """A near miss in one line."""
    return f"nearly {moment.gesture}: {why_not_recognised(moment)}"


class FrameWatch:
    """A frame listener of the stream, and a listener of the dispatcher."""

    def __init__(self, card: ModelCard, writer: TraceWriter) -> None:
        """Args: card: of the model; writer: of the trace."""
        self._writer = writer
        self._moments = MomentTracker(card.classes, card.in_force(AS_USUAL))
        self._listeners: list[Callable[[Moment], object]] = []

    def on_moment(self, listener: Callable[[Moment], object]) -> None:
        """Tell `listener` each moment that is over."""
        self._listeners.append(listener)

    def see(self, frame: Frame, observation: Observation) -> None:
        """Take in one frame."""
        kept = TraceFrame.of(frame, observation)
        self._writer.saw(kept, observation.active, observation.thresholds)
        if observation.thresholds is not None:
            self._moments.use(observation.thresholds)
        for moment in self._moments.frame(frame.captured_at, kept.scores, observation.active):
            for listener in self._listeners:
                listener(moment)

    def heard(self, news: ActionNews) -> None:
        """Take in what the dispatcher is given."""
        if isinstance(news, GestureEvent):
            self._moments.event(news)
