"""What is open while a stream runs, and what a stream asks of a recogniser."""

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gesturelrcn.capture import Frame, LiveSource, Source
from gesturelrcn.events import GestureEvent
from gesturelrcn.observation import Observation
from gesturelrcn.stream.callbacks import CallbackThread


class GestureRecognizer(Protocol):
    """What the stream asks of a recogniser; `gesturelrcn.Recognizer` is one."""

    @property
    def gestures(self) -> Sequence[str]:
        """Names of the gestures that it recognises."""

    @property
    def view(self) -> Observation:
        """What it made of the last frame; asked for only where `process` gives nothing but the events."""

    def process(self, frame: Frame) -> Iterable[GestureEvent]:
        """The events that this frame decides: an `Observation`, or nothing but them, as a list."""

    def finish(self, at: float) -> list[GestureEvent]:
        """End what is active: the source has ended or is lost at `at` seconds. Frames may follow."""

    def close(self) -> None:
        """Free what it holds."""


@runtime_checkable
class FollowsPeople(Protocol):
    """What a recogniser may offer besides: to follow another one of several people."""

    def choose_person(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame."""


@dataclass
class StreamSession:
    """What is open while a stream runs.

    Attributes:
        source: of the frames.
        recognizer: of the gestures in them.
        callbacks: run beside the loop; None where they run in it.
        closing: closes all of it.
        last_at: seconds on the source's clock, when the last frame was captured.
        silences: how often a live source had stalled or was lost when this was looked at last.
    """

    source: Source
    recognizer: GestureRecognizer
    callbacks: CallbackThread | None
    closing: ExitStack
    last_at: float = 0.0
    silences: int = 0

    def fell_silent(self) -> bool:
        """Whether a live source stalled or was lost since this was asked before."""
        before = self.silences
        if isinstance(self.source, LiveSource):
            self.silences = self.source.silences
        return self.silences > before

    def observation(self, events: Iterable[GestureEvent]) -> Observation:
        """What was made of the frame for which the recogniser has just given these events."""
        return events if isinstance(events, Observation) else self.recognizer.view

    def choose_person(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame, if the recogniser can."""
        if isinstance(self.recognizer, FollowsPeople):
            self.recognizer.choose_person(x, y)

    def finish(self) -> list[GestureEvent]:
        """End what is active, now or where the recording ended."""
        return self.recognizer.finish(time.monotonic() if self.source.live else self.last_at)
