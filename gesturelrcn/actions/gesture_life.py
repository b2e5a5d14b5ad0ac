"""The gestures that go on: what each of them has decided, and when it was seen last."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gesturelrcn.actions.bindings.bindings import Binding, Profile
from gesturelrcn.actions.safety import TIME_TOLERANCE
from gesturelrcn.events import GestureEvent

EVIDENCE_LASTS = 0.2
"""Seconds after the last sign of a gesture in which what lasts as long as it stays pressed."""


@dataclass(eq=False)
class GestureLife:
    """A gesture between its start and its end.

    Attributes:
        id: of its events.
        since: when it started, on the source's clock.
        seen_at: its last sign on our own clock.
        returning: it is the way back from its mirror picture.
        spent: it armed or paused, or bindings were reloaded meanwhile; it does nothing more.
        decided: bindings that fired or were held back; each is decided once.
        repeats: when bindings fire again.
        asked: `profile` is known.
        profile: in force when something was due first. What begins in one program does nothing in another:
            a hand that is held up to start a show shall not blacken it.
    """

    id: int
    since: float
    seen_at: float
    returning: bool = False
    spent: bool = False
    decided: set[Binding] = field(default_factory=set)
    repeats: dict[Binding, float] = field(default_factory=dict)
    asked: bool = False
    profile: Profile | None = None

    def lasted(self, at: float, seconds: float) -> bool:
        """Has it lasted so many seconds at this time on the source's clock?"""
        return at - self.since + TIME_TOLERANCE >= seconds

    def is_due(self, binding: Binding, event: GestureEvent) -> bool:
        """Has this event to decide whether this binding fires? The first time, or at its repeat."""
        if self.spent or (binding.gesture, binding.on) != (event.gesture, event.phase):
            return False
        if binding in self.decided:
            return event.captured_at + TIME_TOLERANCE >= self.repeats.get(binding, math.inf)
        return self.lasted(event.captured_at, binding.after)

    def fired(self, binding: Binding, at: float) -> None:
        """A binding fired: when it fires again, if it does."""
        self.decided.add(binding)
        if binding.repeat is not None:
            # At most one firing is owed: nothing comes in bursts after a stall.
            due = self.repeats.get(binding, at)
            self.repeats[binding] = max(due, at - binding.repeat) + binding.repeat

    def held_back(self, binding: Binding) -> None:
        """A binding was due and did not fire; it does not do so later."""
        self.decided.add(binding)
        self.repeats.pop(binding, None)


class GestureLives:
    """The gestures that go on, by name. Not for several threads at once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Args: clock: seconds, for evidence that fails to come."""
        self._clock = clock
        self._lives: dict[str, GestureLife] = {}
        self._evident: tuple[str | None, float] = None, -math.inf

    def __contains__(self, gesture: str) -> bool:
        return gesture in self._lives

    def __iter__(self) -> Iterator[GestureLife]:
        return iter(self._lives.values())

    def get(self, gesture: str) -> GestureLife | None:
        """The life of this gesture, if it goes on."""
        return self._lives.get(gesture)

    def begin(self, event: GestureEvent, *, returning: bool) -> GestureLife:
        """A gesture starts; one of the same name whose end was lost is forgotten."""
        # Its start may have waited, while newer frames spoke for it.
        gesture, at = self._evident
        life = GestureLife(
            event.id, event.captured_at, at if gesture == event.gesture else -math.inf, returning
        )
        self._lives[event.gesture] = life
        return life

    def end(self, gesture: str) -> None:
        """A gesture is over."""
        del self._lives[gesture]

    def see_frame(self, gesture: str | None) -> None:
        """A frame that is taken now speaks for this gesture, or for none."""
        self._evident = gesture, self._clock()
        if gesture in self._lives:
            self._lives[gesture].seen_at = self._clock()

    def see_event(self, life: GestureLife, age: float) -> None:
        """An event of this gesture has come; the frame that gave it was taken `age` seconds ago."""
        now = self._clock()
        # A clock that was set back makes what was seen before lie ahead: then only this counts.
        life.seen_at = now - age if life.seen_at > now else max(life.seen_at, now - age)

    def lost(self) -> list[GestureLife]:
        """Those of which there was no sign for too long."""
        now = self._clock()
        # A clock that was set back says nothing about how long ago that was.
        return [life for life in self if not 0 <= now - life.seen_at <= EVIDENCE_LASTS]

    def spend(self) -> None:
        """Those that go on now do nothing more."""
        for life in self:
            life.spent = True
