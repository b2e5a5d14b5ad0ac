"""MediaPipe's graphs without MediaPipe's imports, and what the locator for one person makes of them."""

import os
import subprocess
import sys

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.region.mediapipe import DetectingLocator, PoseLocator

pytestmark = pytest.mark.mediapipe


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
from gesturelrcn.region.mediapipe import DetectingLocator, PoseLocator
from gesturelrcn.region.mediapipe.faces import FaceFinder
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
from gesturelrcn.region.mediapipe import DetectingLocator
DetectingLocator().close()
import sys
print(sys.modules["mediapipe"] is mp, mp.solutions.pose.Pose.__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True Pose"


FORKED = """if True:
    import os
    from gesturelrcn import GestureLrcnError
    from gesturelrcn.region.mediapipe import DetectingLocator, PoseLocator
    from gesturelrcn.region.mediapipe.graphs import solution
    import numpy as np
    picture = np.zeros((48, 64, 3), np.uint8)
    locator = DetectingLocator()
    print(locator.locate(picture, 0.0), flush=True)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    else:
        for call in (lambda: locator.locate(picture, 0.1), PoseLocator, lambda: solution("pose", "Pose")):
            try:
                call()
            except GestureLrcnError as problem:
                print(problem, flush=True)
        locator.close()
        os._exit(0)
    print(locator.locate(picture, 0.2))
    """


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_is_told_in_one_sentence_instead_of_hanging():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=120, check=True
    )
    sentence = (
        "MediaPipe does not work in a process that was forked off after it was loaded: "
        "start processes with the method 'spawn'."
    )
    assert done.stdout.splitlines() == ["None", *[sentence] * 3, "None"]


def test_without_the_package_one_sentence_says_which_extra_brings_it():
    program = """if True:
        import sys
        sys.modules["mediapipe"] = None  # as if it were not installed
        import gesturelrcn.recognizer, gesturelrcn.stream.stream
        from gesturelrcn import GestureLrcnError
        from gesturelrcn.region.mediapipe import PoseLocator
        try:
            PoseLocator()
        except GestureLrcnError as problem:
            print(problem)
        """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MediaPipe 0.10.21 cannot be loaded (")
    assert done.stdout.endswith("pip install 'gesturelrcn[mediapipe]', with Python 3.10 to 3.12.\n")
    assert done.stderr == ""
