"""Media time from the stamps of a container: believed, unless the stamps after one contradict it."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import TypeVar

LOOK_AHEAD = 4
"""Stamps after one that say whether it is right."""
_JUMP = 2.5
"""Periods of the nominal rate; a longer step may be a stamp that is wrong."""
_REGULAR = 1.5
"""Periods of the nominal rate; stamps that went back and rise by no more are those of another part."""

Pictured = TypeVar("Pictured")


def media_times(
    stamped: Iterable[tuple[float | None, Pictured]], period: float
) -> Iterator[tuple[float, Pictured]]:
    """Give every picture its time: seconds from the beginning, strictly rising.

    A pause, however long, is one if the stamps go on after it. A stamp that the next ones go back behind is
    wrong, and the picture lies between its neighbours. Stamps that begin anew (transport streams joined end
    to end) go on where the last ones ended. Where a container has none, pictures are one period apart.

    Args:
        stamped: what the container says, or None, and whatever belongs to it.
        period: seconds between two pictures where nothing better is known.
    """
    source = iter(stamped)
    ahead = deque(islice(source, LOOK_AHEAD + 1))
    last, moved = -1.0, 0.0
    while ahead:
        stamp, picture = ahead.popleft()
        ahead.extend(islice(source, 1))
        if last < 0:
            last = max(0.0, stamp or 0.0)
            moved = last - (stamp or 0.0)
        else:
            later = [other + moved for other, _ in ahead if other is not None]
            now = None if stamp is None else stamp + moved
            if now is not None and now <= last and _begins_anew(now, later, last, period):
                moved += last + period - now
                now = last + period
            last = _next(last, now, later, period)
        yield last, picture


def _begins_anew(now: float, later: list[float], last: float, period: float) -> bool:
    """Whether stamps that went back go on rising from there, so that it is not one that is wrong."""
    steps = [other - one for one, other in pairwise([now, *later])]
    if not steps or min(steps) <= 0:
        return False
    return later[-1] <= last or max(steps) <= _REGULAR * period


def _next(last: float, now: float | None, later: list[float], period: float) -> float:
    """The time after `last` of a picture whose stamp says `now`."""
    if now is None:
        return last + period
    following = next((at for at in later if at > last), None)
    if now <= last:
        return last + (period if following is None else min(period, (following - last) / 2))
    if now - last > _JUMP * period:
        contradicting = next((at for at in later if last < at < now), None)
        if contradicting is not None:
            return last + min(period, (contradicting - last) / 2)
    return now
