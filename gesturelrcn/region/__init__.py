"""Where is the person: locator, tracker, crop."""

from gesturelrcn.region.background import BackgroundFollower
from gesturelrcn.region.caching import CachingLocator
from gesturelrcn.region.choice import LocatorName, person_follower, person_locator
from gesturelrcn.region.cropping import crop
from gesturelrcn.region.follower import Follower, SteppedFollower
from gesturelrcn.region.locator import (
    Choice,
    FollowsJoints,
    Forgets,
    Locator,
    PersonChooser,
    region_from_landmarks,
)
from gesturelrcn.region.people import PersonLocator
from gesturelrcn.region.people_network import PeopleNetwork, Person
from gesturelrcn.region.region import Region
from gesturelrcn.region.tracker import RegionTracker, TrackerSettings

__all__ = [
    "BackgroundFollower",
    "CachingLocator",
    "Choice",
    "Follower",
    "FollowsJoints",
    "Forgets",
    "Locator",
    "LocatorName",
    "PeopleNetwork",
    "Person",
    "PersonChooser",
    "PersonLocator",
    "Region",
    "RegionTracker",
    "SteppedFollower",
    "TrackerSettings",
    "crop",
    "person_follower",
    "person_locator",
    "region_from_landmarks",
]
