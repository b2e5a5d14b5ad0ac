"""MediaPipe finds people for who asks for it: extra `mediapipe`, Python 3.10 to 3.12.

Importing this loads nothing of MediaPipe; making a locator does.
"""

from gesturelrcn.region.mediapipe.detector import DetectingLocator
from gesturelrcn.region.mediapipe.people import MediaPipeLocator
from gesturelrcn.region.mediapipe.pose import PoseLocator

__all__ = ["DetectingLocator", "MediaPipeLocator", "PoseLocator"]
