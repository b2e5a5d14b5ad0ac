"""Gesture events in, actions out; every press is released."""

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from gesturelrcn.actions.action import ControlWord, Run
from gesturelrcn.actions.bindings.bindings import Binding, Bindings, Profile, Rules
from gesturelrcn.actions.bindings.text import bindings_to_toml
from gesturelrcn.actions.decisions import ActionState, Decision, Fact, FactKind
from gesturelrcn.actions.desktop.window import ActiveWindow, Window
from gesturelrcn.actions.injectors.injector import Injector
from gesturelrcn.actions.keys import KeyName
from gesturelrcn.actions.performer import LaserPointer, MouseLaser, Performer
from gesturelrcn.actions.release_guard import ReleaseGuard
from gesturelrcn.actions.safety import TIME_TOLERANCE, Safety
from gesturelrcn.actions.watchdog import Watchdog
from gesturelrcn.errors import InjectionError
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.vocabulary import mirrored

logger = logging.getLogger(__name__)

EVIDENCE_LASTS = 0.2
"""Seconds after the last sign of a gesture in which what lasts as long as it stays pressed."""

_TICK = 0.02
_BEGAN_AGAIN = 1.0
"""Seconds that the source's clock has to go back for it to have begun again."""

News = GestureEvent | Decision | Fact
Listener = Callable[[News], object]


@dataclass(eq=False)
class _Life:
    """A gesture between its start and its end.

    Attributes:
        id: of its events.
        since: when it started, on the source's clock.
        decided: bindings that fired or were held back; each is decided once.
        repeats: when bindings fire again.
        spent: it armed or paused, or bindings were reloaded meanwhile; it does nothing more.
        returning: it is the way back from its mirror picture.
        seen_at: its last sign on our own clock.
        asked: `profile` is known.
        profile: in force when something was due first. What begins in one program does nothing in another:
            a hand that is held up to start a show shall not blacken it.
    """

    id: int
    since: float
    decided: set[Binding] = field(default_factory=set)
    repeats: dict[Binding, float] = field(default_factory=dict)
    spent: bool = False
    returning: bool = False
    seen_at: float = 0.0
    asked: bool = False
    profile: Profile | None = None


class Dispatcher:
    """Does what is bound to the events that it is given.

    One gesture fires a binding once, or at its `repeat`, however often its events are repeated, and only if
    its start was seen. What was not allowed to fire when it was due does not fire later. A key that could not
    be released is tried again before anything else is pressed, every 20 ms, and on close. If an action cannot
    be done, everything is released.

    `handle` may be called from one thread while others call anything else.

        with Dispatcher(load_bindings("bindings.toml", stream.gestures), PynputInjector()) as dispatcher:
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
        """
        self._bindings = bindings
        self._active_window = active_window
        self._clock = clock
        self._safety = Safety()
        self._lives: dict[str, _Life] = {}
        self._last_fired: dict[Binding, float] = {}
        self._listeners: list[Listener] = []
        self._window: Window | None = None
        self._clock_offset = 0.0  # what the source's clock is ahead of ours
        self._now = -math.inf
        self._closed = False
        self._failure: Exception | None = None
        self._own_watchdog = Watchdog() if watchdog is None and injector.outlives_process else None
        self._guard = ReleaseGuard(injector, watchdog or self._own_watchdog)
        self._performer = Performer(
            self._guard, injector, self.control, laser or MouseLaser(injector), clock, commands
        )
        self._performer.command_limit = bindings.options.command_limit
        # Whoever stops the stream may do so from another thread than the one that handles events.
        self._lock = threading.RLock()
        self._something_due = threading.Event()
        self._ticking = ticking
        self._ticker: threading.Thread | None = None

    @property
    def down(self) -> tuple[KeyName, ...]:
        """Keys and buttons that are down; none between events, but for what is held, if all is well."""
        return self._guard.down

    @property
    def bindings(self) -> Bindings:
        """What is in force."""
        return self._bindings

    @property
    def state(self) -> ActionState:
        """Whether anything may fire now, and why not."""
        with self._lock:
            return self._safety.state(self._bindings.options, self._general_rules(), self._time())

    def add_listener(self, listener: Listener) -> None:
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
            self._set_clock(event.captured_at)
            life = self._followed(event)
            if life is None:
                return
            life.seen_at = self._clock()
            if event.phase == Phase.END:
                self._end(event, life)
            else:
                self._performer.follow(event, life)
                self._steer(event, life)
            self._fire_due(event, life)
        self._wake()

    def see(self, gesture: str | None, at: float) -> None:
        """Tell it of a frame: the gesture for which it speaks, if any, and when it was taken.

        With this, what lasts as long as a gesture is released within 250 ms of the last sign of it, also
        where the recogniser gives the gesture longer before it counts as ended.
        """
        with self._lock:
            self._set_clock(at)
            if gesture in self._lives:
                self._lives[gesture].seen_at = self._clock()

    def tick(self) -> None:
        """See to what is due: waits, releases, evidence that fails to come. Called by the ticking thread.

        Raises:
            InjectionError: as `handle`.
        """
        with self._lock, self._released_on_failure():
            if self._closed:
                return
            self._guard.release_owed()
            for life in self._lives.values():
                # A clock that was set back says nothing about how long ago that was.
                if not 0 <= self._clock() - life.seen_at <= EVIDENCE_LASTS:
                    self._performer.end(life)
            if self._performer.holds and self._window_changed():
                for life in self._lives.values():
                    self._performer.end(life)
            self._performer.tick()

    # What comes from elsewhere.

    def typed(self) -> None:
        """A key went down on the real keyboard: let go of everything, and be silent for a while."""
        self._touched("typed", self._general_rules().inhibit_while_typing)

    def mouse_used(self) -> None:
        """The real mouse was moved or clicked: let go of everything, and be silent for a while."""
        self._touched("mouse", self._general_rules().pause_while_mouse)

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
                self._learn("resume" if self._safety.paused else "pause")
            else:
                self._learn("stop", reason="told to stop")
            if word != "arm":
                self._performer.cancel()

    def toggle_arm(self) -> None:
        """What the hot-key does: arm, or disarm if it is armed."""
        with self._lock:
            self.control("disarm" if self._safety.armed(self._time()) else "arm")

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
            self._bindings = bindings
            self._performer.command_limit = bindings.options.command_limit
            self._last_fired.clear()
            for life in self._lives.values():
                life.spent = True
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
            self._something_due.set()
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
            order = list(self._bindings)
            fired = {str(order.index(binding)): at for binding, at in self._last_fired.items()}
            window = None if self._window is None else asdict(self._window)
            return self._safety.to_dict() | {"last_fired": fired, "window": window}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go on from a `snapshot` of a dispatcher with the same bindings."""
        with self._lock:
            plain = dict(snapshot)
            order = list(self._bindings)
            self._last_fired = {order[int(number)]: at for number, at in plain.pop("last_fired").items()}
            window = plain.pop("window")
            self._window = None if window is None else Window(**window)
            self._safety = Safety(**plain)

    def learn(self, fact: Fact) -> None:
        """Take in a fact that was recorded, at its recorded time."""
        with self._lock:
            if fact.kind == "window":
                self._window = Window(**fact.detail) if fact.detail else None
            else:
                self._note(fact)

    # Inside.

    def _followed(self, event: GestureEvent) -> _Life | None:
        """The life that this event belongs to, or None if its start was not seen."""
        life = self._lives.get(event.gesture)
        if life is not None and life.id == event.id:
            return life
        if event.phase != Phase.START:
            return None
        if life is not None:  # its end was lost
            self._performer.end(life)
        opposite = mirrored(event.gesture)
        life = self._lives[event.gesture] = _Life(event.id, event.captured_at)
        life.returning = opposite != event.gesture and (
            opposite in self._lives
            or self._safety.return_stroke_of(opposite, self._rules_for(event.gesture), event.captured_at)
        )
        self._performer.begin(life)
        return life

    def _end(self, event: GestureEvent, life: _Life) -> None:
        del self._lives[event.gesture]
        if not life.returning:
            self._safety.ended_at[event.gesture] = event.captured_at
        self._performer.end(life)

    def _steer(self, event: GestureEvent, life: _Life) -> None:
        """Arm or pause if this is the gesture that does so."""
        options = self._bindings.options
        held = event.captured_at - life.since + TIME_TOLERANCE
        if life.spent or life.returning or self._safety.stopped:
            return
        if event.gesture == options.pause and held >= options.pause_after:
            life.spent = True
            self.control("pause")
        elif (
            event.gesture == options.arm
            and held >= options.arm_after
            and not self._safety.paused
            and not self._safety.armed(event.captured_at)
        ):
            life.spent = True
            self._learn("arm", at=event.captured_at)

    def _fire_due(self, event: GestureEvent, life: _Life) -> None:
        # Which window is in front takes a moment to ask, so it is asked only where something may be due.
        if not any(self._is_due(binding, event, life) for binding in self._bindings):
            return
        profile = self._profile()
        if not life.asked:
            life.asked, life.profile = True, profile
        for binding in self._bindings.matching(event.gesture, event.phase, profile):
            if self._is_due(binding, event, life):
                self._fire(binding, profile, event, life)

    def _is_due(self, binding: Binding, event: GestureEvent, life: _Life) -> bool:
        if life.spent or (binding.gesture, binding.on) != (event.gesture, event.phase):
            return False
        now = event.captured_at + TIME_TOLERANCE
        if binding in life.decided:
            return now >= life.repeats.get(binding, math.inf)
        return now - life.since >= binding.after

    def _fire(self, binding: Binding, profile: Profile | None, event: GestureEvent, life: _Life) -> None:
        """Do what is due, or say why not; a gesture decides each binding once, or at its repeat."""
        inhibitor = self._inhibitor(binding, profile, life, event)
        life.decided.add(binding)
        self._decide(binding, event, profile, inhibitor)
        if inhibitor:
            life.repeats.pop(binding, None)
            return
        now = event.captured_at
        self._last_fired[binding] = now
        if binding.repeat is not None:
            # At most one firing is owed: nothing comes in bursts after a stall.
            due = life.repeats.get(binding, now)
            life.repeats[binding] = max(due, now - binding.repeat) + binding.repeat
        if self._bindings.options.arming and self._safety.armed(now):
            self._safety.arm(now, self._bindings.options.arm_for)
        self._performer.perform(binding.action, event, life)

    def _inhibitor(self, binding: Binding, profile: Profile | None, life: _Life, event: GestureEvent) -> str:
        """Why this binding does not fire, or an empty text."""
        now = event.captured_at
        rules = self._bindings.rules_of(binding, profile)
        reason = self._safety.inhibitor(self._bindings.options, rules, now)
        if reason:
            return reason
        if profile is None and self._bindings.options.only_in_profiles:
            front = "no window" if self._window is None else f"the window {self._window}"
            return f"{front} is in front, and no profile fits it"
        if profile != life.profile:
            return "another program came to the front during the gesture"
        if life.returning:
            return f"return stroke of {mirrored(event.gesture)}"
        since = now - self._last_fired.get(binding, -math.inf)
        assert rules.cooldown is not None
        # A time before the last one means that the source began again.
        if binding not in life.decided and 0 <= since < rules.cooldown - TIME_TOLERANCE:
            return f"fired {since:.1f} s ago, and its cooldown is {rules.cooldown:g} s"
        return ""

    def _decide(self, binding: Binding, event: GestureEvent, profile: Profile | None, inhibitor: str) -> None:
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

    def _profile(self) -> Profile | None:
        if not self._bindings.profiles:
            return None
        if self._active_window is not None:
            self._see_window(self._active_window())
        return self._bindings.profile_for(self._window)

    def _window_changed(self) -> bool:
        if self._active_window is None or not self._bindings.profiles:
            return False
        before = self._bindings.profile_for(self._window)
        return self._profile() is not before

    def _see_window(self, window: Window | None) -> None:
        if window != self._window:
            self._window = window
            self._tell(Fact(self._time(), "window", asdict(window) if window else {}))

    def _rules_for(self, gesture: str) -> Rules:
        """Those of the first binding of this gesture, for what is asked before a binding is due."""
        binding = next((each for each in self._bindings if each.gesture == gesture), None)
        return self._bindings.rules_of(binding)

    def _general_rules(self) -> Rules:
        profile = self._bindings.profile_for(self._window)
        return self._bindings.rules_of(None, profile)

    def _touched(self, kind: FactKind, silence: float | None) -> None:
        if not silence:
            return
        with self._lock:
            self._learn(kind)
            self._performer.cancel()

    def _learn(self, kind: FactKind, at: float | None = None, **detail: Any) -> None:
        self._note(Fact(self._time() if at is None else at, kind, detail))

    def _note(self, fact: Fact) -> None:
        safety = self._safety
        if fact.kind == "typed":
            safety.typed_at = fact.at
        elif fact.kind == "mouse":
            safety.moved_at = fact.at
        elif fact.kind == "arm":
            safety.arm(fact.at, self._bindings.options.arm_for)
        elif fact.kind == "disarm":
            safety.disarm()
        elif fact.kind in ("pause", "resume"):
            safety.paused = fact.kind == "pause"
        elif fact.kind == "stop":
            safety.stopped = str(fact.detail["reason"])
        if fact.kind not in ("typed", "mouse"):
            logger.info("%s%s", fact.kind, f": {safety.stopped}" if fact.kind == "stop" else "")
        self._tell(fact)

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            listener(news)

    def _set_clock(self, at: float) -> None:
        if at < self._now - _BEGAN_AGAIN:
            self._safety.forget_times()
            self._last_fired.clear()
        self._now = at
        self._clock_offset = at - self._clock()

    def _time(self) -> float:
        """Now, on the source's clock."""
        return self._clock() + self._clock_offset

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
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

    def _wake(self) -> None:
        if not (self._ticking and self._busy):
            return
        if self._ticker is None:
            self._ticker = threading.Thread(target=self._keep_ticking, name="gesture-actions", daemon=True)
            self._ticker.start()
        self._something_due.set()

    @property
    def _busy(self) -> bool:
        return self._performer.waits or self._performer.holds or bool(self._guard.down)

    def _keep_ticking(self) -> None:
        while not self._closed:
            self._something_due.wait()
            time.sleep(_TICK)
            try:
                self.tick()
            except Exception as error:
                # Told to whoever hands in the next event.
                self._failure = error
            with self._lock:
                if not self._busy and not self._closed:
                    self._something_due.clear()
