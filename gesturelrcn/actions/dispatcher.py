"""Gesture events in, actions out; every press is released."""

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gesturelrcn.actions.action import ControlWord, Run
from gesturelrcn.actions.bindings.bindings import Binding, Bindings, Profile
from gesturelrcn.actions.bindings.text import bindings_to_toml
from gesturelrcn.actions.conditions import Conditions
from gesturelrcn.actions.decisions import ActionListener, ActionNews, ActionState, Decision, Fact, FactKind
from gesturelrcn.actions.desktop.window import ActiveWindow, Window
from gesturelrcn.actions.gesture_life import GestureLife, GestureLives
from gesturelrcn.actions.injectors.injector import Injector, TellsHeld
from gesturelrcn.actions.keys import KeyName
from gesturelrcn.actions.performer import LaserPointer, MouseLaser, Performer
from gesturelrcn.actions.release_guard import ReleaseGuard
from gesturelrcn.actions.source_clock import SourceClock
from gesturelrcn.actions.ticker import Ticker
from gesturelrcn.actions.watchdog import Watchdog
from gesturelrcn.errors import InjectionError
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.vocabulary import mirrored

if TYPE_CHECKING:
    from gesturelrcn.stream.stream import GestureStream

logger = logging.getLogger(__name__)


class Dispatcher:
    """Does what is bound to the events that it is given.

    One gesture fires a binding once, or at its `repeat`, however often its events are repeated, and only if
    its start was seen. What was not allowed to fire when it was due does not fire later. A key that could not
    be released is tried again before anything else is pressed, every 20 ms, and on close. If an action cannot
    be done, everything is released.

    What a gesture holds down is released within 0.25 s of its last sign, by a thread of the dispatcher's own.
    A sign is its `start`, each `hold`, and with `attach` each frame that speaks for it; it counts from when
    its frame was taken, however long an event waited. What was released so stays up until the gesture begins
    anew.

    `handle` may be called from one thread while others call anything else.

        bindings = load_bindings("bindings.toml", stream.gestures, off=stream.off)
        with Dispatcher(bindings, choose_injector().make()) as dispatcher:
            dispatcher.attach(stream)
            for event in stream:
                dispatcher.handle(event)
    """

    def __init__(
        self,
        bindings: Bindings,
        injector: Injector,
        *,
        active_window: ActiveWindow | None = None,
        laser: LaserPointer | None = None,
        watchdog: Watchdog | None = None,
        clock: Callable[[], float] = time.monotonic,
        ticking: bool = True,
        commands: Callable[[Run], object] | None = None,
        held: Callable[[], str] | None = None,
    ) -> None:
        """Set up; nothing is pressed yet.

        Args:
            bindings: what to do.
            injector: who presses; not closed by the dispatcher.
            active_window: tells the window in front; needed where bindings have profiles.
            laser: shows where the hand points; default the mouse pointer.
            watchdog: releases keys if this process is killed; default one of its own where the injector needs
                it. A given one is not closed.
            clock: seconds, for waits and for evidence that fails to come.
            ticking: a thread sees to what is due while no event comes. Without it `tick` has to be called.
            commands: is told of a command that is bound instead of its being run.
            held: tells which modifiers and mouse buttons the user holds, as `TellsHeld.held_by_user`; default
                the injector, where it can. Meanwhile nothing fires.
        """
        if held is None and isinstance(injector, TellsHeld):
            held = injector.held_by_user
        self._conditions = Conditions(bindings, active_window, self._window_changed, held, self._held_changed)
        self._lives = GestureLives(clock)
        self._clock = SourceClock(clock)
        self._listeners: list[ActionListener] = []
        self._closed = False
        self._steered_by: Bindings | None = None
        self._own_watchdog = Watchdog() if watchdog is None and injector.outlives_process else None
        self._guard = ReleaseGuard(injector, watchdog or self._own_watchdog)
        self._performer = Performer(
            self._guard, injector, self.control, laser or MouseLaser(injector), clock, commands
        )
        self._performer.command_limit = bindings.options.command_limit
        # Whoever stops the stream may do so from another thread than the one that handles events.
        self._lock = threading.RLock()
        self._ticker = Ticker(self.tick, self._is_busy) if ticking else None

    @property
    def down(self) -> tuple[KeyName, ...]:
        """Keys and buttons that are down; none between events, but for what is held, if all is well."""
        return self._guard.down

    @property
    def bindings(self) -> Bindings:
        """What is in force."""
        return self._conditions.bindings

    @property
    def state(self) -> ActionState:
        """Whether anything may fire now, and why not."""
        with self._lock:
            return self._conditions.state(self._clock.now())

    def add_listener(self, listener: ActionListener) -> None:
        """Tell `listener` every event before it is handled, and decisions and facts as they come.

        It is called with a lock held, from whatever thread the news come from; it must come back at once.
        """
        self._listeners.append(listener)

    # What comes from the gestures.

    def handle(self, event: GestureEvent) -> None:
        """Do what is bound to this event. Does nothing after `close`.

        Raises:
            InjectionError: something cannot be pressed or released; what went down before is released again.
        """
        with self._lock, self._released_on_failure():
            if self._closed:
                return
            self._raise_failure()
            self._guard.release_owed()
            self._tell(event)
            # An event of a recording comes in step with its frames; one of a live source may have waited.
            if self._clock.event(event.captured_at, waited=event.media_time is None):
                self._conditions.forget_times()
            life = self._life_of(event)
            if life is None:
                return
            self._lives.see_event(life, self._clock.age(event.captured_at))
            if event.phase == Phase.END:
                self._end(event, life)
            else:
                self._performer.follow(event, life)
                self._steer(event, life)
            self._fire_due(event, life)
        if self._ticker is not None:
            self._ticker.wake()

    def attach(self, stream: "GestureStream") -> None:
        """Let each frame of a stream count as a sign of its gesture. Its events still go to `handle`.

        Gestures of the stream start as readily as the bindings say, from frame to frame: other thresholds
        hold while armed, and gestures that the model has off start where a binding turns them on.

        Without it only events count. `hold` comes every 0.1 s at most: below 12 frames a second what is held
        may be released while the gesture goes on, and so it may where the gesture is not seen for 0.1 s or
        where events wait behind a slow callback. With it only 0.2 s without a frame that speaks for the
        gesture release it.
        """
        stream.add_frame_listener(
            lambda frame, observation: self.see(observation.evident, frame.captured_at, frame.source)
        )
        stream.add_frame_listener(lambda frame, observation: self._steer_stream(stream, frame.captured_at))
        stream.when_open(lambda: self._steer_stream(stream, math.inf))  # nothing is armed before it begins

    def see(self, gesture: str | None, at: float, source: str | None = None) -> None:
        """Tell it of a frame, where there is no stream that does so.

        Args:
            gesture: for which the frame speaks: `Observation.evident`, `Decoder.evident`; None for none.
            at: seconds on the source's clock, when the frame was taken.
            source: name of the source, if there may be another one, whose clock is another too.
        """
        with self._lock:
            if self._clock.frame(at, source):
                self._conditions.forget_times()
            self._lives.see_frame(gesture)

    def tick(self) -> None:
        """See to what is due: waits, releases, evidence that fails to come. Called by the ticking thread.

        Raises:
            InjectionError: as `handle`.
        """
        with self._lock, self._released_on_failure():
            if self._closed:
                return
            self._guard.release_owed()
            for life in self._lives.lost():
                self._performer.end(life)
            if self._performer.holds and self._conditions.profile_changed():
                for life in self._lives:
                    self._performer.end(life)
            if self._performer.is_due and self._conditions.held():
                self._performer.forget_waiting()
            self._performer.tick()

    # What comes from elsewhere.

    def typed(self) -> None:
        """A key went down on the real keyboard: let go of everything, and be silent for a while."""
        self._touched("typed", self._conditions.rules().inhibit_while_typing)

    def mouse_used(self) -> None:
        """The real mouse was moved or clicked: let go of everything, and be silent for a while."""
        self._touched("mouse", self._conditions.rules().pause_while_mouse)

    def control(self, word: ControlWord) -> None:
        """Arm, disarm, pause (or go on), or stop for good.

        Raises:
            InjectionError: some key resists its release.
        """
        with self._lock:
            if word == "arm":
                self._learn("arm")
            elif word == "disarm":
                self._learn("disarm")
            elif word == "pause":
                self._learn("resume" if self._conditions.safety.paused else "pause")
            else:
                self._learn("stop", reason="told to stop")
            if word != "arm":
                self._performer.cancel()

    def toggle_arm(self) -> None:
        """What the hot-key does: arm, or disarm if it is armed."""
        with self._lock:
            self.control("disarm" if self._conditions.safety.armed(self._clock.now()) else "arm")

    def stop(self, reason: str) -> None:
        """Release everything and fire nothing any more.

        Raises:
            InjectionError: some key resists its release.
        """
        with self._lock:
            self._learn("stop", reason=reason)
            self._performer.cancel()

    def use(self, bindings: Bindings) -> None:
        """Put other bindings in force. Everything is released; a gesture that goes on does nothing more.

        Raises:
            InjectionError: some key resists its release.
        """
        with self._lock:
            self._conditions.use(bindings)
            self._performer.command_limit = bindings.options.command_limit
            self._lives.spend()
            self._learn("reload", bindings=bindings_to_toml(bindings))
            self._performer.cancel()

    def release_all(self) -> None:
        """Release everything that is down and leave out what is still to be done.

        Raises:
            InjectionError: some key resisted several attempts; it is tried again next time.
        """
        with self._lock:
            self._performer.cancel()

    def close(self) -> None:
        """Release everything and ignore later events. Closing twice is harmless.

        Raises:
            InjectionError: as `release_all`.
        """
        with self._lock:
            self._closed = True
            if self._ticker is not None:
                self._ticker.stop()
            try:
                self._performer.close()
            except Exception:
                raise
            except BaseException:  # Ctrl-C in the middle of a release
                self._guard.release_all()
                raise
            finally:
                # A watchdog that is left knows of what is down, and releases it, too.
                if self._own_watchdog is not None:
                    self._own_watchdog.close()

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except InjectionError as second:
            if error is None:
                raise
            # Why keys cannot be sent was told by the first error; any other says nothing about keys.
            logger.log(logging.DEBUG if isinstance(error, InjectionError) else logging.WARNING, "%s", second)
        if self._ticker is not None and error is None:
            self._ticker.join(1.0)

    # For replays.

    def snapshot(self) -> dict[str, Any]:
        """What decisions depend on, as plain values, at a moment when no gesture goes on."""
        with self._lock:
            return self._conditions.snapshot()

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go on from a `snapshot` of a dispatcher with the same bindings."""
        with self._lock:
            self._conditions.restore(snapshot)

    def learn(self, fact: Fact) -> None:
        """Take in a fact that was recorded, at its recorded time."""
        with self._lock:
            self._conditions.learn(fact)
            if fact.kind not in ("window", "held"):
                self._tell(fact)

    # Inside.

    def _steer_stream(self, stream: "GestureStream", at: float) -> None:
        """Raises: BindingError: a binding does not turn on its gesture, which the model has off."""
        with self._lock:
            bindings = self.bindings
            wanted = self._conditions.sensitivities(stream.sensitivities, at)
        if bindings is not self._steered_by:
            bindings.must_be_on(stream.off)
            self._steered_by = bindings
        stream.use(wanted)

    def _life_of(self, event: GestureEvent) -> GestureLife | None:
        """The life that this event belongs to, or None if its start was not seen."""
        life = self._lives.get(event.gesture)
        if life is not None and life.id == event.id:
            return life
        if event.phase != Phase.START:
            return None
        if life is not None:  # its end was lost
            self._performer.end(life)
        opposite = mirrored(event.gesture)
        returning = opposite != event.gesture and (
            opposite in self._lives or self._conditions.is_return_stroke(event.gesture, event.captured_at)
        )
        life = self._lives.begin(event, returning=returning)
        self._performer.begin(life)
        return life

    def _end(self, event: GestureEvent, life: GestureLife) -> None:
        self._lives.end(event.gesture)
        if not life.returning:
            self._conditions.safety.ended_at[event.gesture] = event.captured_at
        self._performer.end(life)

    def _steer(self, event: GestureEvent, life: GestureLife) -> None:
        """Arm or pause if this is the gesture that does so."""
        options, safety, at = self.bindings.options, self._conditions.safety, event.captured_at
        if life.spent or life.returning or safety.stopped:
            return
        if event.gesture == options.pause and life.lasted(at, options.pause_after):
            life.spent = True
            self.control("pause")
        elif (
            event.gesture == options.arm
            and life.lasted(at, options.arm_after)
            and not safety.paused
            and not safety.armed(at)
        ):
            life.spent = True
            self._learn("arm", at=at)

    def _fire_due(self, event: GestureEvent, life: GestureLife) -> None:
        # Which window is in front takes a moment to ask, so it is asked only where something may be due.
        if not any(life.is_due(binding, event) for binding in self.bindings):
            return
        profile = self._conditions.profile()
        if not life.asked:
            life.asked, life.profile = True, profile
        for binding in self.bindings.matching(event.gesture, event.phase, profile):
            if life.is_due(binding, event):
                self._fire(binding, profile, event, life)

    def _fire(
        self, binding: Binding, profile: Profile | None, event: GestureEvent, life: GestureLife
    ) -> None:
        """Do what is due, or say why not; a gesture decides each binding once, or at its repeat."""
        at = event.captured_at
        inhibitor = self._conditions.inhibitor(binding, profile, life, at)
        if inhibitor:
            life.held_back(binding)
        else:
            life.fired(binding, at)
            self._conditions.fired(binding, at)
        self._tell_decision(binding, event, profile, inhibitor)
        if not inhibitor:
            self._performer.perform(binding.action, event, life)

    def _tell_decision(
        self, binding: Binding, event: GestureEvent, profile: Profile | None, inhibitor: str
    ) -> None:
        decision = Decision(
            at=event.captured_at,
            gesture=event.gesture,
            phase=event.phase,
            id=event.id,
            action=str(binding.action),
            meaning=binding.meaning,
            profile=profile.name if profile else None,
            inhibitor=inhibitor,
        )
        logger.info(
            "%s %s: %s%s", event.gesture, event.phase, binding.action, inhibitor and f" not done: {inhibitor}"
        )
        self._tell(decision)

    def _touched(self, kind: FactKind, silence: float | None) -> None:
        if not silence:
            return
        with self._lock:
            self._learn(kind)
            self._performer.cancel()

    def _learn(self, kind: FactKind, at: float | None = None, **detail: Any) -> None:
        self.learn(Fact(self._clock.now() if at is None else at, kind, detail))

    def _window_changed(self, window: Window | None) -> None:
        self._tell(Fact(self._clock.now(), "window", asdict(window) if window else {}))

    def _held_changed(self, held: str) -> None:
        self._tell(Fact(self._clock.now(), "held", {"what": held}))

    def _tell(self, news: ActionNews) -> None:
        for listener in self._listeners:
            listener(news)

    def _is_busy(self) -> bool:
        """Something is to be done, or to be released, without an event."""
        with self._lock:
            return self._performer.waits or self._performer.holds or bool(self._guard.down)

    def _raise_failure(self) -> None:
        failure = self._ticker.take_failure() if self._ticker is not None else None
        if failure is not None:
            raise failure

    @contextlib.contextmanager
    def _released_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            try:
                self._performer.forget()
                if self._guard.holds:
                    self._guard.release_all()
            except Exception as second:
                # Why keys cannot be sent was told by the first error; any other says nothing about keys.
                logger.log(
                    logging.DEBUG if isinstance(error, InjectionError) else logging.WARNING, "%s", second
                )
            raise
