"""When a gesture begins and when it ends, and how readily: what a model's card tells the decoder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Sensitivity = Literal["careful", "normal", "eager"]
"""How readily gestures start: fewer false starts, as usual, or more that is found."""

SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)

NORMAL: Sensitivity = "normal"
"""What every model has, and what holds where nothing is said."""


@dataclass(frozen=True)
class Thresholds:
    """When a gesture begins and ends.

    Attributes:
        start: smoothed score at which the gesture may begin.
        end: smoothed score below which it may end; lower than `start`.
        start_after: seconds for which the score must stay above `start`.
        end_after: seconds for which it must stay below `end`.
    """

    start: float
    end: float
    start_after: float
    end_after: float


def is_off(gesture: str, why: str, remedy: str) -> str:
    """What is said where a gesture is asked for that the model has off; no full stop."""
    return f"{gesture!r} is off in this model ({why}); {remedy}"


def thresholds_from(plain: Mapping[str, Any]) -> dict[str, Thresholds]:
    """Thresholds by gesture from plain data, as JSON has them; TypeError where one lacks a value."""
    return {name: Thresholds(**values) for name, values in plain.items()}


@dataclass(frozen=True)
class Sensitivities:
    """How readily each gesture shall start.

    Attributes:
        general: of every gesture of which nothing else is said.
        of: by gesture, where it is another.
        turned_on: gestures that start although the model's card has them off.
    """

    general: Sensitivity = NORMAL
    of: Mapping[str, Sensitivity] = field(default_factory=dict)
    turned_on: frozenset[str] = frozenset()


AS_USUAL = Sensitivities()
"""Every gesture at the sensitivity `normal`, and none turned on."""
