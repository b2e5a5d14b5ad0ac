"""Several people: choose one, and stay with that one."""

import logging
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import STAYS, Choice
from gesturelrcn.region.movement import Movement
from gesturelrcn.region.people_network import PeopleNetwork, Person
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region

logger = logging.getLogger(__name__)

SURE = 0.8
"""Presence, after a closer look, from which on somebody is there."""
LIKELY = 0.5
"""The same for who moves: furniture does not. Whoever is followed already is believed with less."""
MOST_CLOSER = 4
"""People who are looked at closer in one picture; each look takes as long as the first."""
RAISED = 0.5
"""From here on a hand counts as raised."""
_REACH = 0.5  # sides of the region within which the followed person is looked for
_GROWTH = 2.0  # times by which that person may have become larger or smaller


class PersonLocator:
    """A `Locator` that follows one person among several.

    Everybody in the picture is found in one look, and looked at closer where somebody is to be chosen:
    somebody who is surely there, or likely there and moving. Who was chosen stays chosen until not found for
    two seconds, or until `choose` names another; who was never surely there gives way to somebody who is.
    """

    def __init__(
        self,
        choice: Choice = "raised_hand",
        *,
        find: Callable[[NDArray[np.uint8]], list[Person]] | None = None,
        look_closer: Callable[[NDArray[np.uint8], Person], Person] | None = None,
    ) -> None:
        """Set up the locator.

        Args:
            choice: who is followed where there are several.
            find: everybody in a picture, the nearest first; default `PeopleNetwork().find`.
            look_closer: somebody in a picture with the presence of a second look; default that of the
                network, and none for a `find` of your own.

        Raises:
            ModelError: the network in the package is missing or damaged.
        """
        self._choice = choice
        if find is None:
            network = PeopleNetwork()
            find, look_closer = network.find, look_closer or network.look_closer
        self._find, self._look_closer = find, look_closer
        self._followed: Region | None = None
        self._shape: tuple[int, ...] = ()
        self._found = self._sure = False
        self._movement = Movement()
        self._place: tuple[float, float] | None = None

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the picture, from the next call on."""
        self._place = (x, y)

    def forget(self) -> None:
        """See `Forgets`."""
        self._followed = self._place = None
        self._found = False

    def see_joints(self, region: Region | None) -> None:
        """See `FollowsJoints`. Counts only where the last look found the person."""
        if region is not None and self._found:
            self._followed = region

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the chosen person in `image` ((H, W, 3) uint8 BGR), or None.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        if self._followed is not None and not 0 <= at - self._followed.located_at <= STAYS:
            self._followed = None
        if image.shape != self._shape:  # no place of before is one in this picture
            self._shape, self._followed = image.shape, None
        seen = [(person, person.region(at)) for person in self._find(image)]
        people = [(person, region) for person, region in seen if region is not None]
        self._movement.take(image)
        found = self._chosen(image, people)
        self._followed = found or self._followed
        self._found = found is not None
        return found

    def _chosen(self, image: NDArray[np.uint8], people: list[tuple[Person, Region]]) -> Region | None:
        """Who of these is followed from now on, or None for nobody."""
        regions = [region for _, region in people]
        if not regions:
            return None
        if self._place is not None:
            found, self._sure = _nearest_to(self._place, regions), True
            self._place = None
            return found
        if self._followed is None or not self._sure:
            closer = self._closer(image, people)
            sure = [one for one in closer if one[0].presence >= SURE]
            there = sure or [one for one in closer if self._moves(*one)]
            if sure or self._followed is None:
                self._sure = bool(sure)
                return self._choose_anew(there) if there else None
        return _same(self._followed, regions)

    def _closer(
        self, image: NDArray[np.uint8], people: list[tuple[Person, Region]]
    ) -> list[tuple[Person, Region]]:
        """The likeliest of these, after a second look."""
        look = self._look_closer
        if look is None:
            return people
        likeliest = sorted(people, key=lambda one: -one[0].presence)[:MOST_CLOSER]
        return [(look(image, person), region) for person, region in likeliest]

    def _moves(self, person: Person, region: Region) -> bool:
        return person.presence >= LIKELY and self._movement.within(region)

    def _choose_anew(self, people: list[tuple[Person, Region]]) -> Region:
        by_hand = self._choice == "raised_hand"
        person, chosen = max(people, key=lambda one: (by_hand and one[0].raised >= RAISED, one[0].unit))
        if len(people) > 1:
            why = "raises a hand" if by_hand and person.raised >= RAISED else "is the nearest"
            logger.info("%d people: following the one at x=%.0f, who %s", len(people), chosen.x, why)
        return chosen

    def close(self) -> None:
        """Further calls find nobody."""
        self._find = lambda image: []


def _nearest_to(place: tuple[float, float], regions: list[Region]) -> Region:
    return min(regions, key=lambda region: math.hypot(region.x - place[0], region.y - place[1]))


def _same(followed: Region, regions: list[Region]) -> Region | None:
    """Who of these is the person that was there, or None if nobody can be."""
    nearest = _nearest_to((followed.x, followed.y), regions)
    apart = math.hypot(nearest.x - followed.x, nearest.y - followed.y)
    grown = abs(math.log(nearest.side / followed.side))
    return nearest if apart <= _REACH * followed.side and grown <= math.log(_GROWTH) else None
