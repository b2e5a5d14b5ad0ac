"""Whether anything may fire: arming, pause, the real keyboard and mouse, the return stroke.

Times are seconds on the source's clock, so that a replay decides the same.
"""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from gesturelrcn.actions.bindings.bindings import Options, Rules
from gesturelrcn.actions.decisions import ActionState

# Frame times such as 12.4 and 12.9 are not exact; half a second between them shall count as such.
TIME_TOLERANCE = 1e-6

_NEVER = -math.inf


@dataclass
class Safety:
    """What is known about now. Nothing here presses anything.

    Attributes:
        armed_until: when it disarms by itself.
        paused: somebody paused it.
        stopped: why it has stopped for good; empty if it has not.
        typed_at: the last key on the real keyboard.
        moved_at: the last move or click of the real mouse.
        ended_at: the last end of each gesture that was not itself a return stroke.
    """

    armed_until: float = _NEVER
    paused: bool = False
    stopped: str = ""
    typed_at: float = _NEVER
    moved_at: float = _NEVER
    ended_at: dict[str, float] = field(default_factory=dict)

    def armed(self, now: float) -> bool:
        """Something may fire that needs arming."""
        return now < self.armed_until

    def arm(self, now: float, seconds: float) -> None:
        """Stay armed for so long from now on."""
        self.armed_until = now + seconds

    def disarm(self) -> None:
        """Nothing that needs arming fires from now on."""
        self.armed_until = _NEVER

    def forget_times(self) -> None:
        """The source began again: times that lie ahead mean nothing."""
        self.armed_until = self.typed_at = self.moved_at = _NEVER
        self.ended_at.clear()

    def inhibitor(self, options: Options, rules: Rules, now: float) -> str:
        """Why nothing under these rules fires now, as half a sentence; empty if something may."""
        general = self._general(now, rules)
        if general:
            return general
        if options.arming and rules.needs_arming and not self.armed(now):
            return f"not armed{_how_to_arm(options)}"
        return ""

    def _general(self, now: float, rules: Rules) -> str:
        if self.stopped:
            return f"stopped: {self.stopped}"
        if self.paused:
            return "paused"
        typing = _left(self.typed_at, rules.inhibit_while_typing, now)
        if typing > 0:
            return f"somebody types ({typing:.1f} s to go)"
        moving = _left(self.moved_at, rules.pause_while_mouse, now)
        if moving > 0:
            return f"somebody uses the mouse ({moving:.1f} s to go)"
        return ""

    def return_stroke_of(self, opposite: str, rules: Rules, now: float) -> bool:
        """Is a gesture that begins now the way back from `opposite`?"""
        return _left(self.ended_at.get(opposite, _NEVER), rules.return_stroke, now) > 0

    def state(self, options: Options, rules: Rules, now: float) -> ActionState:
        """What to show."""
        armed_for = max(0.0, self.armed_until - now) if options.arming else None
        return ActionState(armed_for, self.inhibitor(options, rules, now))

    def to_dict(self) -> dict[str, Any]:
        """Plain values; what never was is left out."""
        return {key: value for key, value in asdict(self).items() if value not in (_NEVER, "", False, {})}


def _left(since: float, limit: float | None, now: float) -> float:
    """Seconds of `limit` that are left; a time that lies ahead of `now` counts as now."""
    if limit is None or since == _NEVER:
        return 0.0
    left = limit - max(0.0, now - since)
    return left if left > TIME_TOLERANCE else 0.0


def _how_to_arm(options: Options) -> str:
    ways = []
    if options.arm is not None:
        ways.append(f"hold {options.arm} {options.arm_after:g} s" if options.arm_after else options.arm)
    if options.arm_key is not None:
        ways.append(f"press {options.arm_key}")
    return f" ({' or '.join(ways)})"
