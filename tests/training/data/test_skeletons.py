import numpy as np
import pytest

from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set, vocabulary_of
from gesturelrcn.training.data.skeletons import HANDS, PARTS, read_skeletons
from gesturelrcn.training.errors import TrainingError
from tests.training.tiny_motion import KINECT, skeleton_file

ORDER = [*PARTS, *HANDS]


def test_joints_are_ordered_and_turned_to_the_own_left(tmp_path):
    first, second, third = read_skeletons(skeleton_file(tmp_path / "kinect.npz"))
    assert (first.gesture, second.gesture, third.gesture) == ("swipe_left", "none", "wave")
    assert first.subject == "kinect s0"
    left, right = (first.joints[:, ORDER.index(f"{side}_shoulder")] for side in ("left", "right"))
    assert (left[:, 0] > 0).all()
    assert (right[:, 0] < 0).all()
    wrist = first.joints[:, ORDER.index("right_wrist")]
    assert wrist[30, 0] > wrist[15, 0]  # it went to the own left
    assert (wrist[30, 2] > right[30, 2]).all()  # in front of the person


def test_other_words_and_frames_left_out(tmp_path):
    path = skeleton_file(tmp_path / "a.npz", change={"trim_start": np.array([20, 0, 55])})
    first, second = read_skeletons(path, {"neg_clap": "clap"})
    assert len(first.joints) == 40
    assert second.gesture == "clap"  # of the third too little is left


def test_hands_that_are_not_known_follow_the_forearm(tmp_path):
    names = [name if not name.startswith("Hand") else f"Other{name}" for name in KINECT]
    (first, *_) = read_skeletons(skeleton_file(tmp_path / "a.npz", names=names))
    elbow, wrist, hand = (
        first.joints[0, ORDER.index(name)] for name in ("left_elbow", "left_wrist", "left_hand")
    )
    assert hand == pytest.approx(wrist + 0.3 * (wrist - elbow), abs=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        {"axes": np.array("who knows")},
        {"names": np.array(["Head"] * len(KINECT))},
        {"start": np.array([0, 60])},
        {"X": None},
        {"start": np.array([0, 60, 120, 999])},
    ],
)
def test_a_wrong_file_is_named(tmp_path, change):
    with pytest.raises(TrainingError, match=r"a\.npz: no skeletons") as caught:
        read_skeletons(skeleton_file(tmp_path / "a.npz", change=change))
    assert "\n" not in str(caught.value)


def test_only_the_files_that_are_named(tmp_path):
    skeleton_file(tmp_path / "a.npz")
    skeleton_file(tmp_path / "b.npz", words=("circle", "circle"))
    dataset = open_data_set(DataSettings("m", "MIT", "x", files=("b.npz",)), tmp_path)
    assert dataset.kind == "skeletons"
    assert vocabulary_of([dataset]) == ("circle", "none")
    with pytest.raises(TrainingError, match=r"the data set 'm' names c\.npz; there is no such file"):
        open_data_set(DataSettings("m", "MIT", "x", kind="skeletons", files=("c.npz",)), tmp_path)
