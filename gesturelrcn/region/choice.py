"""Which locator looks for people, and how it is kept from delaying frames."""

from typing import Literal

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.region.background import BackgroundFollower
from gesturelrcn.region.caching import CachingLocator
from gesturelrcn.region.follower import Follower, SteppedFollower
from gesturelrcn.region.locator import Choice, Locator
from gesturelrcn.region.people import PersonLocator

LocatorName = Literal["default", "people", "mediapipe"]
"""`people` is a network of our own, `mediapipe` what others made (extra `mediapipe`)."""

DEFAULT_LOCATOR: LocatorName = "people"
"""The locator that is used when none is named."""

CHECK_EVERY = 2.0
"""Seconds for which the joints stand in for our own locator."""


def person_locator(name: LocatorName = "default", choice: Choice = "raised_hand") -> Locator:
    """A new locator that follows one person among several.

    Args:
        name: of the locator.
        choice: who is followed where there are several.

    Raises:
        GestureLrcnError: there is no such locator, or what it needs is not installed.
        ModelError: the network in the package is missing or damaged.
    """
    name = DEFAULT_LOCATOR if name == "default" else name
    if name == "people":
        return PersonLocator(choice)
    if name == "mediapipe":
        from gesturelrcn.region.mediapipe import MediaPipeLocator

        return MediaPipeLocator(choice)
    raise GestureLrcnError(f"Unknown person locator {name!r}: use people or mediapipe.")


def person_follower(name: LocatorName = "default", *, live: bool = False) -> Follower:
    """A new follower of one person.

    Args:
        name: of the locator.
        live: no frame may wait for a locator that is slow, and a picture that stays the same is not looked at
            again and again.

    Raises:
        GestureLrcnError: there is no such locator, or what it needs is not installed.
        ModelError: the network in the package is missing or damaged.
    """
    name = DEFAULT_LOCATOR if name == "default" else name
    if name == "mediapipe" and live:
        from gesturelrcn.region.mediapipe.graphs import must_be_installed

        must_be_installed()  # said here, as the thread could only log it
        return BackgroundFollower(lambda: CachingLocator(lambda: person_locator(name)))
    if name == "people":
        # A look of our own takes no longer than a step of the model, and can hang no more than that.
        locator = CachingLocator(lambda: person_locator(name)) if live else person_locator(name)
        return SteppedFollower(locator, check_every=CHECK_EVERY)
    return SteppedFollower(person_locator(name))
