"""What a live source is doing, as its supervisor tells it."""

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class SourceState(str, Enum):
    """Compares equal to its plain string: `change.state == "lost"`."""

    LIVE = "live"
    """The first picture has come."""
    STALLED = "stalled"
    """It is open, but delivers nothing, or the same picture again and again."""
    LOST = "lost"
    """It is closed, or was given up, and is opened again as soon as it answers."""
    BACK = "back"
    """Pictures come again after it was stalled or lost."""

    def __str__(self) -> str:
        return self.value

    @property
    def delivers(self) -> bool:
        """Whether new pictures come."""
        return self in (SourceState.LIVE, SourceState.BACK)


@dataclass(frozen=True)
class SourceChange:
    """One change of a live source.

    Attributes:
        state: what it is doing from now on.
        source: its name.
        at: seconds on the monotonic clock when this was noticed.
        silent_for: seconds since the last new picture before this change; 0 for the first picture.
        reason: why, in plain words.
    """

    state: SourceState
    source: str
    at: float
    silent_for: float
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain types; seconds rounded to six places."""
        plain = {k: round(v, 6) if isinstance(v, float) else v for k, v in asdict(self).items()}
        plain["state"] = self.state.value
        return plain
