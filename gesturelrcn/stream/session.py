"""What is open while a stream runs, and what a stream asks of a recogniser."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from gesturelrcn.capture import Frame, LiveSource, Source
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.events import GestureEvent
from gesturelrcn.observation import Observation
from gesturelrcn.stream.callbacks import CallbackThread
from gesturelrcn.thresholds import Sensitivities, is_off


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


@runtime_checkable
class IsSensitive(Protocol):
    """What a recogniser may offer besides: other thresholds while it works, and gestures that are off."""

    @property
    def sensitivities(self) -> Sensitivities:
        """How readily gestures start now."""

    @property
    def off(self) -> Mapping[str, str]:
        """Gestures that start nothing unless they are turned on -> why."""

    def use(self, sensitivities: Sensitivities) -> None:
        """From the next frame on gestures start as readily as this says."""


def must_be_on(gesture: str, off: Mapping[str, str]) -> None:
    """Look whether a callback for this gesture may ever be called.

    Raises:
        GestureLrcnError: the model has it off.
    """
    if gesture in off:
        remedy = "if you want it all the same, say turn_on=True where the callback is registered."
        raise GestureLrcnError(is_off(gesture, off[gesture], remedy))


@dataclass
class StreamSession:
    """What is open while a stream runs.

    Attributes:
        source: of the frames.
        recognizer: of the gestures in them.
        callbacks: run beside the loop; None where they run in it.
        closing: closes all of it.
        sensitivities: what was asked of the recogniser when the stream was opened.
        off: the gestures that it had off by then -> why.
        last_at: seconds on the source's clock, when the last frame was captured.
        silences: how often a live source had stalled or was lost when this was looked at last.
    """

    source: Source
    recognizer: GestureRecognizer
    callbacks: CallbackThread | None
    closing: ExitStack
    sensitivities: Sensitivities = field(default_factory=Sensitivities)
    off: Mapping[str, str] = field(default_factory=dict)
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

    def add_callback(self, gesture: str, *, turn_on: bool) -> None:
        """There is a callback for this gesture now.

        Raises:
            GestureLrcnError: the model has it off, and it is not turned on.
        """
        if turn_on and gesture in self.off:
            self.off = {name: why for name, why in self.off.items() if name != gesture}
            turned_on = self.sensitivities.turned_on | {gesture}
            self.sensitivities = replace(self.sensitivities, turned_on=turned_on)
            self.use(self.sensitivities)
        must_be_on(gesture, self.off)

    def use(self, sensitivities: Sensitivities) -> None:
        """From the next frame on gestures start as readily as this says, if the recogniser can."""
        if isinstance(self.recognizer, IsSensitive):
            self.recognizer.use(sensitivities)

    def choose_person(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame, if the recogniser can."""
        if isinstance(self.recognizer, FollowsPeople):
            self.recognizer.choose_person(x, y)

    def finish(self) -> list[GestureEvent]:
        """End what is active, now or where the recording ended."""
        return self.recognizer.finish(time.monotonic() if self.source.live else self.last_at)
