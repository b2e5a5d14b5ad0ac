"""Where is the person: locator, tracker, crop."""

from gesturelrcn.region.caching import CachingLocator
from gesturelrcn.region.choice import person_locator
from gesturelrcn.region.cropping import crop
from gesturelrcn.region.follower import BackgroundFollower, Follower, SteppedFollower
from gesturelrcn.region.locator import Choice, Locator, PersonChooser, region_from_landmarks
from gesturelrcn.region.people import PersonLocator
from gesturelrcn.region.people_network import PeopleNetwork, Person
from gesturelrcn.region.region import Region
from gesturelrcn.region.tracker import RegionTracker, TrackerSettings

__all__ = [
    "BackgroundFollower",
    "CachingLocator",
    "Choice",
    "Follower",
    "Locator",
    "PeopleNetwork",
    "Person",
    "PersonChooser",
    "PersonLocator",
    "Region",
    "RegionTracker",
    "SteppedFollower",
    "TrackerSettings",
    "crop",
    "person_locator",
    "region_from_landmarks",
]
