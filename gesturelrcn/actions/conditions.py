"""What decides whether a binding that is due fires, beside its gesture; it can be saved and restored."""

import logging
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gesturelrcn.actions.bindings.bindings import Binding, Bindings, Profile, Rules
from gesturelrcn.actions.decisions import ActionState, Fact
from gesturelrcn.actions.desktop.window import ActiveWindow, Window
from gesturelrcn.actions.gesture_life import GestureLife
from gesturelrcn.actions.safety import TIME_TOLERANCE, Safety
from gesturelrcn.thresholds import Sensitivities
from gesturelrcn.vocabulary import mirrored

logger = logging.getLogger(__name__)


class Conditions:
    """The bindings in force, what is safe now, the window in front, and when each binding fired last.

    Times are seconds on the source's clock. Not for several threads at once.
    """

    def __init__(
        self,
        bindings: Bindings,
        active_window: ActiveWindow | None,
        window_changed: Callable[[Window | None], object],
        held: Callable[[], str] | None = None,
        held_changed: Callable[[str], object] = lambda held: None,
    ) -> None:
        """Set up.

        Args:
            bindings: what is in force.
            active_window: tells the window in front, where something tells it.
            window_changed: is told of another window in front.
            held: tells which modifiers and buttons the user holds, where something tells it.
            held_changed: is told where these are others than before.
        """
        self.bindings = bindings
        self.safety = Safety()
        self._active_window = active_window
        self._window_changed = window_changed
        self._window: Window | None = None
        self._ask_held = held
        self._held_changed = held_changed
        self._held = ""
        self._fired_at: dict[Binding, float] = {}

    def use(self, bindings: Bindings) -> None:
        """Put other bindings in force; none of them has fired yet."""
        self.bindings = bindings
        self._fired_at.clear()

    def forget_times(self) -> None:
        """The source began again: times that lie ahead mean nothing."""
        self.safety.forget_times()
        self._fired_at.clear()

    def learn(self, fact: Fact) -> None:
        """Something happened that decisions depend on."""
        safety = self.safety
        if fact.kind == "window":
            self._window = Window(**fact.detail) if fact.detail else None
            return
        if fact.kind == "held":
            self._held = str(fact.detail["what"])
            return
        if fact.kind == "typed":
            safety.typed_at = fact.at
        elif fact.kind == "mouse":
            safety.moved_at = fact.at
        elif fact.kind == "arm":
            safety.arm(fact.at, self.bindings.options.arm_for)
        elif fact.kind == "disarm":
            safety.disarm()
        elif fact.kind in ("pause", "resume"):
            safety.paused = fact.kind == "pause"
        elif fact.kind == "stop":
            safety.stopped = str(fact.detail["reason"])
        if fact.kind not in ("typed", "mouse"):
            logger.info("%s%s", fact.kind, f": {safety.stopped}" if fact.kind == "stop" else "")

    def fired(self, binding: Binding, at: float) -> None:
        """A binding fired: its cooldown begins, and what is armed stays so for longer."""
        self._fired_at[binding] = at
        options = self.bindings.options
        if options.arming and self.safety.armed(at):
            self.safety.arm(at, options.arm_for)

    def inhibitor(self, binding: Binding, profile: Profile | None, life: GestureLife, at: float) -> str:
        """Why this binding does not fire, as half a sentence; empty if it does."""
        options = self.bindings.options
        rules = self.bindings.rules_of(binding, profile)
        reason = self.safety.inhibitor(options, rules, at)
        if reason:
            return reason
        held = self.held()
        if held:
            return f"somebody holds {held}"
        if profile is None and options.only_in_profiles:
            front = "no window" if self._window is None else f"the window {self._window}"
            return f"{front} is in front, and no profile fits it"
        if profile != life.profile:
            return "another program came to the front during the gesture"
        if life.returning:
            return f"return stroke of {mirrored(binding.gesture)}"
        since = at - self._fired_at.get(binding, -math.inf)
        assert rules.cooldown is not None
        # A time before the last one means that the source began again.
        if binding not in life.decided and 0 <= since < rules.cooldown - TIME_TOLERANCE:
            return f"fired {since:.1f} s ago, and its cooldown is {rules.cooldown:g} s"
        return ""

    def held(self) -> str:
        """The modifiers and buttons that the user holds now; with them a key would mean another one."""
        if self._ask_held is not None:
            held = self._ask_held()
            if held != self._held:
                self._held = held
                self._held_changed(held)
        return self._held

    def sensitivities(self, asked: Sensitivities, at: float) -> Sensitivities:
        """How readily gestures start at this time, where so much is asked of the stream besides."""
        return self.bindings.sensitivities(asked, armed=self.safety.armed(at))

    def is_return_stroke(self, gesture: str, at: float) -> bool:
        """Is a gesture that begins now the way back from its mirror picture, which is over?"""
        # Asked before any binding is due: the first one of this gesture says how long.
        binding = next((each for each in self.bindings if each.gesture == gesture), None)
        return self.safety.return_stroke_of(mirrored(gesture), self.bindings.rules_of(binding), at)

    def profile(self) -> Profile | None:
        """The profile for the window in front, which is asked for."""
        if not self.bindings.profiles:
            return None
        if self._active_window is not None:
            window = self._active_window()
            if window != self._window:
                self._window = window
                self._window_changed(window)
        return self.bindings.profile_for(self._window)

    def profile_changed(self) -> bool:
        """Another profile is in force than when the window was asked for last."""
        if self._active_window is None or not self.bindings.profiles:
            return False
        before = self.bindings.profile_for(self._window)
        return self.profile() is not before

    def rules(self) -> Rules:
        """What holds for all bindings in the window that was in front last."""
        return self.bindings.rules_of(None, self.bindings.profile_for(self._window))

    def state(self, at: float) -> ActionState:
        """What to show."""
        return self.safety.state(self.bindings.options, self.rules(), at)

    def snapshot(self) -> dict[str, Any]:
        """As plain values; the bindings are left out."""
        order = list(self.bindings)
        fired = {str(order.index(binding)): at for binding, at in self._fired_at.items()}
        window = None if self._window is None else asdict(self._window)
        return self.safety.to_dict() | {"last_fired": fired, "window": window, "held": self._held}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go on from a `snapshot` under the same bindings."""
        plain = dict(snapshot)
        order = list(self.bindings)
        self._fired_at = {order[int(number)]: at for number, at in plain.pop("last_fired").items()}
        window = plain.pop("window")
        self._held = plain.pop("held", "")  # traces of before do not tell
        self._window = None if window is None else Window(**window)
        self.safety = Safety(**plain)
