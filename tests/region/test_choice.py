"""Locators have names; what is not asked for is not loaded, and what is missing is said in one sentence."""

import subprocess
import sys

import pytest

from gesturelrcn import GestureLrcnError
from gesturelrcn.region import SteppedFollower, person_follower, person_locator

WITHOUT_MEDIAPIPE = """if True:
    import sys
    sys.modules["mediapipe"] = None  # as if it were not installed
    import gesturelrcn.region, gesturelrcn.recognizer
    from gesturelrcn import GestureLrcnError
    print([name for name in sys.modules if name.startswith("gesturelrcn.region.mediapipe")])
    from gesturelrcn.region import person_follower, person_locator
    for ask in (person_locator, person_follower, lambda name: person_follower(name, live=True)):
        try:
            ask("mediapipe")
        except GestureLrcnError as problem:
            print(problem)
    """


def test_a_name_that_is_none_is_refused():
    for ask in (person_locator, person_follower, lambda name: person_follower(name, live=True)):
        with pytest.raises(GestureLrcnError, match="Unknown person locator 'yolo': use people or mediapipe"):
            ask("yolo")


@pytest.mark.mediapipe
def test_recordings_are_followed_in_step():
    follower = person_follower("mediapipe")
    assert isinstance(follower, SteppedFollower)
    follower.close()


def test_without_the_package_one_sentence_says_which_extra_brings_it_live_too():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MEDIAPIPE], capture_output=True, text=True, check=True
    )
    loaded, *sentences = done.stdout.splitlines()
    assert loaded == "[]"
    assert len(sentences) == 3
    for sentence in sentences:
        assert sentence.startswith("MediaPipe 0.10.21 cannot be loaded (")
        assert sentence.endswith("pip install 'gesturelrcn[mediapipe]', with Python 3.10 to 3.12.")
    assert done.stderr == ""
