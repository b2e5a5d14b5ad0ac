"""Other cameras choose frames and never make any."""

import numpy as np
import pytest

from gesturelrcn.capture import Frame
from gesturelrcn.evaluation import read_listing
from gesturelrcn.evaluation.conditions import GRID, Condition
from gesturelrcn.evaluation.plans import plan_streams
from gesturelrcn.evaluation.stitching import Played, StreamPlan, StreamTruth
from gesturelrcn.recordings.truth import TrueGesture
from tests.capture.clips import write_clip

SECONDS = 30


class Recorded(StreamPlan):
    """A stream of pictures whose grey value is their number, twenty a second."""

    def play(self, truth):
        truth.gestures.append(TrueGesture("point_left", 1.0, 2.0, hand="left"))
        for number in range(20 * SECONDS):
            image = np.full((4, 6, 3), number % 200, np.uint8)
            image[:, :3] = 250
            yield Played(Frame(image, number / 20, number, "x", number / 20), "x", number, True)


def through(condition):
    truth = StreamTruth()
    return list(condition.play(Recorded("x", "A", 1.0, ""), truth)), truth


def times(frames):
    return np.array([one.frame.captured_at for one in frames])


def test_nothing_is_changed_without_a_condition():
    frames, truth = through(Condition())
    assert [one.index for one in frames] == list(range(20 * SECONDS))
    assert truth.gestures[0].gesture == "point_left"


@pytest.mark.parametrize("fps", [10, 15, 20, 24, 30, 60])
def test_frame_rates(fps):
    frames, _ = through(Condition(fps=float(fps)))
    at = times(frames)
    age = at - np.array([one.index for one in frames]) / 20

    np.testing.assert_allclose(np.diff(at), 1 / fps, atol=1e-6)
    assert len(frames) == pytest.approx(fps * SECONDS, abs=fps / 10 + 1)
    assert age.min() >= -1e-9
    assert age.max() < 1 / 20 + 1e-9
    repeated = len(frames) - len({one.index for one in frames})
    assert repeated == pytest.approx(max(0, fps - 20) * SECONDS, abs=fps / 10 + 1)


def test_jitter():
    at = times(through(Condition(fps=20.0, jitter=0.3))[0])
    assert np.diff(at).min() > 0
    assert np.diff(at).std() * 20 == pytest.approx(0.3 * (2 / 3) ** 0.5, rel=0.15)
    assert np.abs(at * 20 - np.arange(len(at))).max() <= 0.3 + 1e-6


def test_losses_and_stalls():
    lost = np.diff([one.index for one in through(Condition(lost=10))[0]]) - 1
    assert 0 < lost.max() <= 10
    assert 5 <= np.count_nonzero(lost) <= 15
    gaps = np.diff(times(through(Condition(stall=2.0))[0]))
    assert 0.2 <= gaps.max() <= 2.1
    assert 1 <= np.count_nonzero(gaps > 0.15) <= 4


def test_exposure_and_mirror():
    frames, truth = through(Condition(exposure=0.5, mirrored=True))
    assert frames[10].frame.image[0, 0, 0] == 10
    assert frames[10].frame.image[0, -1, 0] == 250
    assert frames[90].frame.image[0, 0, 0] == 45
    assert (truth.gestures[0].gesture, truth.gestures[0].hand) == ("point_right", "right")


def test_somebody_else_stands_beside(tmp_path):
    for name in "ab":
        write_clip(tmp_path / f"{name}.avi", count=3)
    (tmp_path / "index.csv").write_text("path,subject,gesture\na.avi,A,none\nb.avi,B,none\n")
    found = read_listing(tmp_path)
    for plan in plan_streams(found):
        frames = list(Condition(companions=tuple(found.clips)).play(plan, StreamTruth()))
        assert frames[0].frame.image.shape == (120, 352, 3)


@pytest.mark.parametrize("condition", GRID, ids=lambda c: c.name)
def test_the_same_every_time(condition):
    one, other = through(condition)[0], through(condition)[0]
    assert [f.index for f in one] == [f.index for f in other]
    np.testing.assert_array_equal(times(one), times(other))
