"""What a dispatcher tells about itself: what it decided, what it learned, in which state it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from gesturelrcn.events import GestureEvent, Phase

FactKind = Literal["window", "held", "typed", "mouse", "arm", "disarm", "pause", "resume", "stop", "reload"]


@dataclass(frozen=True)
class Decision:
    """A binding was due, and fired or did not.

    Attributes:
        at: seconds on the source's clock.
        gesture: whose binding it is.
        phase: the phase that made it due.
        id: of the gesture's events.
        action: in the notation of binding files.
        meaning: in the user's words.
        profile: that was in force, or None.
        inhibitor: why it did not fire, as half a sentence; empty if it fired.
    """

    at: float
    gesture: str
    phase: Phase
    id: int
    action: str
    meaning: str
    profile: str | None = None
    inhibitor: str = ""

    @property
    def fired(self) -> bool:
        """It was done."""
        return not self.inhibitor

    def __str__(self) -> str:
        return self.meaning if self.fired else f"no {self.meaning}: {self.inhibitor}"


@dataclass(frozen=True)
class Fact:
    """Something that decisions depend on beside the gestures.

    Attributes:
        at: seconds on the source's clock.
        kind: the real keyboard was `typed` on, the real `mouse` moved, another `window` is in front;
            the user `held` other modifiers or buttons when something was due; something arms, disarms,
            pauses, resumes, stops; other bindings were loaded (`reload`).
        detail: plain values: title, program and full_screen of a window; what is held; why it stopped.
    """

    at: float
    kind: FactKind
    detail: dict[str, Any] = field(default_factory=dict)


ActionNews = GestureEvent | Decision | Fact
"""What a dispatcher tells its listeners: events before it handles them, decisions and facts as they come."""

ActionListener = Callable[[ActionNews], object]


@dataclass(frozen=True)
class ActionState:
    """What everybody in the room may see.

    Attributes:
        armed_for: seconds that it stays armed; None where nothing has to be armed, 0 for not armed.
        inhibitor: why nothing fires at the moment; empty if something may.
    """

    armed_for: float | None
    inhibitor: str

    def __str__(self) -> str:
        if self.inhibitor:
            return self.inhibitor
        return "ready" if self.armed_for is None else f"armed for {self.armed_for:.0f} s"
