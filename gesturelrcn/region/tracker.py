"""Between two calls of the locator: hold the region still, glide to the new one, notice jumps and loss."""

import math
from dataclasses import dataclass

from gesturelrcn.region.region import Region


@dataclass(frozen=True)
class TrackerSettings:
    """How the region follows the person.

    Attributes:
        glide: seconds; time constant with which the region approaches the newest location.
        dead_zone: share of the side by which a location may differ before the region moves at all,
            so that a waving arm does not shake the picture that the network sees.
        jump: share of the side; a location farther away than this is another place or another person.
        lost_after: seconds without a location after which there is nobody. Somebody who turns away
            for a moment keeps the last region.
    """

    glide: float = 0.4
    dead_zone: float = 0.06
    jump: float = 0.5
    lost_after: float = 2.0


class RegionTracker:
    """Follows one person. Feed it locations as they come; ask it for the region at any time.

    The answer depends on the times given and on nothing else, so a replay gives the same regions.
    """

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self.settings = settings or TrackerSettings()
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._target: Region | None = None
        self._current: Region | None = None
        self._asked_at = -math.inf
        self._seen_at = -math.inf
        self._jumped = False

    def hold(self, now: float) -> None:
        """The locator cannot say anything at the moment: take the person to be where they were."""
        self._seen_at = max(self._seen_at, now)

    def update(self, found: Region | None) -> None:
        """Take in what the locator found; None is nobody, and so is what cannot be a place."""
        if found is None or not _is_place(found):
            return
        self._seen_at = max(self._seen_at, found.located_at)
        if self._target is None or self._current is None:
            self._target = self._current = found
            self._jumped = True
            return
        apart = math.hypot(found.x - self._target.x, found.y - self._target.y) / self._target.side
        grown = abs(math.log(found.side / self._target.side))
        if apart > self.settings.jump or grown > math.log(2.0):
            self._target = self._current = found
            self._jumped = True
        elif apart > self.settings.dead_zone or grown > 2 * self.settings.dead_zone:
            self._target = found

    def at(self, now: float) -> Region | None:
        """The region at `now` (seconds, never going back), or None if nobody was located for too long."""
        if self._target is None or self._current is None:
            return None
        if now - self._seen_at > self.settings.lost_after:
            self._target = self._current = None
            return None
        passed = max(0.0, now - self._asked_at) if math.isfinite(self._asked_at) else math.inf
        share = 1.0 - math.exp(-passed / self.settings.glide)
        self._asked_at = now
        here, there = self._current, self._target
        self._current = Region(
            here.x + share * (there.x - here.x),
            here.y + share * (there.y - here.y),
            here.side * (there.side / here.side) ** share,
            there.confidence,
            there.located_at,
        )
        return self._current

    def take_jump(self) -> bool:
        """True once after the region moved to another place at once; the model's memory is void then."""
        jumped, self._jumped = self._jumped, False
        return jumped


def _is_place(region: Region) -> bool:
    return region.side > 0 and all(map(math.isfinite, (region.x, region.y, region.side)))
