"""Films of scripts, and their truth."""

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.dataset.plan import Take
from gesturelrcn.synthesis.film.studio import Studio
from gesturelrcn.synthesis.motion.shipped import SHIPPED

SIZE, FPS = 64, 10


@pytest.fixture(scope="module")
def filmed(body_data, renderer):
    """Pictures and truth of a short clip; asking for a renderer skips where there is no EGL."""
    with Studio((7, 0), SIZE) as studio:
        take = Take("", "", "raise_hand", (3,), 0.0)
        stream = studio.film(take.writer(SHIPPED), take.chance(), FPS)
        pictures = list(stream)
        return pictures, stream.truth("a.mp4", "P7-0000")


def test_pictures_and_truth_belong_together(filmed):
    pictures, truth = filmed

    assert {(picture.shape, picture.dtype.name) for picture in pictures} == {((SIZE, SIZE, 3), "uint8")}
    assert (truth.film.frames, truth.film.fps, truth.film.size) == (len(pictures), FPS, SIZE)
    assert truth.times == pytest.approx(np.arange(len(pictures)) / FPS)
    assert truth.keypoints.shape == (len(pictures), len(KEYPOINTS), 3)
    assert truth.film.posture in ("seated", "standing")
    assert 0.5 < truth.film.distance_m < 6.5


def test_the_raised_hand_is_up_and_the_picture_shows_it(filmed):
    pictures, truth = filmed
    (done,) = truth.gestures
    wrist, nose = (KEYPOINTS.index(name) for name in (f"{done.hand}_wrist", "nose"))
    at = round(done.stroke_end * FPS)

    assert truth.keypoints[at, wrist, 1] < truth.keypoints[0, wrist, 1]
    assert truth.keypoints[at, wrist, 2] == 1
    assert truth.keypoints[at, nose, 2] == 1
    # More changes from rest to raised than from frame to frame at rest.
    changed = np.abs(pictures[at].astype(int) - pictures[0]).mean()
    assert changed > 1.5 * np.abs(pictures[1].astype(int) - pictures[0]).mean()
