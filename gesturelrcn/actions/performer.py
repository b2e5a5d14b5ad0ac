"""Does what actions say: at once as far as possible, the rest when its time has come."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from gesturelrcn.actions.action import (
    Action,
    Call,
    Click,
    Control,
    ControlWord,
    Hold,
    Key,
    Laser,
    Run,
    Scroll,
    Text,
    Wait,
)
from gesturelrcn.actions.background import Background
from gesturelrcn.actions.injectors.injector import Injector
from gesturelrcn.actions.keys import Chord
from gesturelrcn.actions.release_guard import ReleaseGuard
from gesturelrcn.events import GestureEvent


class LaserPointer(Protocol):
    """Shows where a hand points; write one for your own presentation program."""

    def point(self, x: float, y: float) -> None:
        """Point at shares of the screen, 0 to 1 from the top left, as the user sees it."""

    def off(self) -> None:
        """Stop pointing."""


class MouseLaser:
    """The mouse pointer as a laser pointer: every presentation program shows it when it moves."""

    def __init__(self, injector: Injector) -> None:
        """Args: injector: moves the mouse."""
        self._injector = injector

    def point(self, x: float, y: float) -> None:
        """Put the pointer there."""
        self._injector.move(x, y)

    def off(self) -> None:
        """Leave it where it is; presentation programs hide a pointer that rests."""


@dataclass
class _Pending:
    """The rest of a sequence behind a wait."""

    due: float
    steps: tuple[Action, ...]
    event: GestureEvent
    owner: Hashable


class Performer:
    """Performs actions through a release guard. Not for several threads at once.

    What lasts as long as a gesture belongs to an `owner`, any hashable value that stands for the gesture.
    """

    def __init__(
        self,
        guard: ReleaseGuard,
        injector: Injector,
        control: Callable[[ControlWord], None],
        laser: LaserPointer,
        clock: Callable[[], float],
        commands: Callable[[Run], object] | None = None,
    ) -> None:
        """Set up.

        Args:
            guard: presses and releases.
            injector: scrolls.
            control: told of `arm`, `disarm`, `pause` and `stop`.
            laser: shows where the hand points.
            clock: seconds, for waits.
            commands: is told of a command instead of its being run.
        """
        self.command_limit = 5.0
        self._guard = guard
        self._injector = injector
        self._control = control
        self._laser = laser
        self._clock = clock
        self._commands = commands
        self._background = Background()
        self._pending: list[_Pending] = []
        self._held_chords: list[tuple[Hashable, Chord]] = []
        self._pointing: Hashable | None = None
        self._alive: set[Hashable] = set()

    @property
    def waits(self) -> bool:
        """Something is to be done later."""
        return bool(self._pending)

    @property
    def is_due(self) -> bool:
        """Something that waited is to be done now."""
        return any(each.due <= self._clock() for each in self._pending)

    @property
    def holds(self) -> bool:
        """Something lasts until its gesture ends."""
        return bool(self._held_chords) or self._pointing is not None

    def begin(self, owner: Hashable) -> None:
        """A gesture has begun: from now to `end` something may last as long as it."""
        self._alive.add(owner)

    def perform(self, action: Action, event: GestureEvent, owner: Hashable) -> None:
        """Do an action up to its first wait.

        Raises:
            InjectionError: something cannot be pressed; everything is released, and the rest is left out.
        """
        self._do(action.steps, event, owner)

    def tick(self) -> None:
        """Do what is due now.

        Raises:
            InjectionError: as `perform`.
        """
        now = self._clock()
        due = [each for each in self._pending if each.due <= now]
        self._pending = [each for each in self._pending if each.due > now]
        for each in due:
            self._do(each.steps, each.event, each.owner)

    def follow(self, event: GestureEvent, owner: Hashable) -> None:
        """Let the laser pointer follow the hand of a gesture that goes on."""
        if self._pointing == owner and event.position is not None:
            # Gestures are seen from in front, so the user's right is at picture-left.
            self._laser.point(1.0 - event.position[0], event.position[1])

    def end(self, owner: Hashable) -> None:
        """The gesture is over: let go what lasted as long as it.

        Raises:
            InjectionError: some key resisted; the guard owes it.
        """
        self._alive.discard(owner)
        chords = [chord for of, chord in self._held_chords if of == owner]
        self._held_chords = [each for each in self._held_chords if each[0] != owner]
        if self._pointing == owner:
            self._pointing = None
            self._laser.off()
        for chord in reversed(chords):
            self._guard.let_go(chord)

    def cancel(self) -> None:
        """Leave out what is still to be done and release everything.

        Raises:
            InjectionError: some key resisted; the guard owes it.
        """
        try:
            self.forget()
        finally:
            self._guard.release_all()

    def forget(self) -> None:
        """Leave out what is still to be done, and stop pointing."""
        self._pending.clear()
        self._held_chords.clear()
        if self._pointing is not None:
            self._pointing = None
            self._laser.off()

    def forget_waiting(self) -> None:
        """Leave out what is still to be done; what a gesture holds stays down."""
        self._pending.clear()

    def close(self) -> None:
        """Cancel, and kill the commands that are going on.

        Raises:
            InjectionError: as `cancel`.
        """
        self._background.close()
        self.cancel()

    def _do(self, steps: tuple[Action, ...], event: GestureEvent, owner: Hashable) -> None:
        for number, step in enumerate(steps):
            if isinstance(step, Wait):
                due = self._clock() + step.seconds
                self._pending.append(_Pending(due, steps[number + 1 :], event, owner))
                return
            self._single(step, event, owner)

    def _single(self, step: Action, event: GestureEvent, owner: Hashable) -> None:
        if isinstance(step, Key):
            self._guard.tap(step.chord)
        elif isinstance(step, Text):
            for chord in step.chords:
                self._guard.tap(chord)
        elif isinstance(step, Click):
            for _ in range(step.times):
                self._guard.tap(step.chord)
        elif isinstance(step, Scroll):
            self._injector.scroll(*step.vector)
        elif isinstance(step, Hold | Laser):
            # Behind a wait the gesture may be over, and nothing would end what begins now.
            if owner in self._alive:
                self._begin_lasting(step, event, owner)
        elif isinstance(step, Run):
            if self._commands is None:
                self._background.run(step, self.command_limit)
            else:
                self._commands(step)
        elif isinstance(step, Call):
            self._background.call(str(step), lambda: step.function(event))
        elif isinstance(step, Control):
            self._control(step.word)
        else:
            raise TypeError(f"no way is known to perform {step!r}")

    def _begin_lasting(self, step: Hold | Laser, event: GestureEvent, owner: Hashable) -> None:
        if isinstance(step, Hold):
            self._held_chords.append((owner, step.chord))
            self._guard.hold(step.chord)
        else:
            self._pointing = owner
            self.follow(event, owner)
