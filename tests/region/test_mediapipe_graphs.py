"""MediaPipe's graphs without MediaPipe's imports, and what the locator for one person makes of them."""

import subprocess
import sys

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.region import DetectingLocator, PoseLocator


@pytest.fixture(scope="module")
def pictures():
    with open_source(assets() / "sample.mp4") as source:
        return [frame.image for frame in source if frame.index in (0, 70, 180, 360)]


def test_the_detector_alone_finds_the_region_that_landmarks_give(pictures):
    detecting, pose = DetectingLocator(), PoseLocator(tracking=False)
    for image in pictures:
        found, expected = detecting.locate(image, 1.5), pose.locate(image, 1.5)
        assert found.located_at == 1.5
        assert abs(found.x - expected.x) < 0.06 * expected.side
        assert abs(found.y - expected.y) < 0.06 * expected.side
        assert found.side == pytest.approx(expected.side, rel=0.25)
    assert detecting.locate(np.zeros_like(pictures[0]), 2.0) is None
    for locator in (detecting, pose):
        locator.close()
        assert locator.locate(pictures[0], 3.0) is None


def test_graphs_load_nothing_else_and_mediapipe_is_whole_for_who_asks():
    program = """
import sys
from gesturelrcn.region import DetectingLocator, PoseLocator
from gesturelrcn.region.faces import FaceFinder
for made in (DetectingLocator(), PoseLocator(), FaceFinder()):
    made.close()
print([name for name in ("matplotlib", "sounddevice", "mediapipe.tasks") if name in sys.modules])
import mediapipe as mp
print(mp.__version__, mp.solutions.hands.__name__, mp.tasks.__name__, hasattr(mp, "nonsense"))
PoseLocator().close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "[]",
        "0.10.21 mediapipe.python.solutions.hands mediapipe.tasks.python False",
    ]


def test_who_has_mediapipe_already_keeps_it():
    program = """
import mediapipe as mp
from gesturelrcn.region import DetectingLocator
DetectingLocator().close()
import sys
print(sys.modules["mediapipe"] is mp, mp.solutions.pose.Pose.__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True Pose"
