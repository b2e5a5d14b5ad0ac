"""Where is the person: locator, tracker, crop."""

from gesturelrcn.region.caching import CachingLocator
from gesturelrcn.region.cropping import crop
from gesturelrcn.region.detector import DetectingLocator
from gesturelrcn.region.follower import BackgroundFollower, Follower, SteppedFollower
from gesturelrcn.region.locator import Locator, PersonChooser, PoseLocator, region_from_landmarks
from gesturelrcn.region.people import Choice, PersonLocator
from gesturelrcn.region.region import Region
from gesturelrcn.region.tracker import RegionTracker, TrackerSettings

__all__ = [
    "BackgroundFollower",
    "CachingLocator",
    "Choice",
    "DetectingLocator",
    "Follower",
    "Locator",
    "PersonChooser",
    "PersonLocator",
    "PoseLocator",
    "Region",
    "RegionTracker",
    "SteppedFollower",
    "TrackerSettings",
    "crop",
    "region_from_landmarks",
]
