import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set
from gesturelrcn.training.data.landmarks import HEIGHT, WIDTH, read_landmarks
from gesturelrcn.training.errors import TrainingError
from tests.training.tiny_motion import HOLISTIC, landmark_file


def at(clip, name):
    return clip.joints[0, KEYPOINTS.index(name)]


def test_joints_and_hands_are_in_pixels_and_tips_are_those_of_the_hand(tmp_path):
    held, drinks = read_landmarks(landmark_file(tmp_path / "cam.npz"))
    assert (held.gesture, drinks.gesture) == ("thumbs_up", "none")
    assert (held.subject, held.fps) == ("cam s0", 15.0)
    assert at(held, "right_wrist") == pytest.approx([0.33 * WIDTH, 0.5 * HEIGHT], abs=0.01)
    assert held.hands.shape == (30, 2, 21, 3)
    assert held.found.all(0).tolist() == [False, True]
    assert at(held, "right_index_tip") == pytest.approx(held.hands[0, 1, 8, :2])
    assert held.hands[0, 1, 20, 2] == pytest.approx(-0.02 * WIDTH, abs=0.01)


def test_tips_of_a_hand_that_was_not_found_follow_the_forearm(tmp_path):
    (held, _) = read_landmarks(landmark_file(tmp_path / "a.npz"))
    elbow, wrist = at(held, "left_elbow"), at(held, "left_wrist")
    assert at(held, "left_index_tip") == pytest.approx(wrist + 0.6 * (wrist - elbow))
    inside = held.inside[0, KEYPOINTS.index("left_index_tip")]
    assert not inside  # below the picture


def test_a_clip_in_which_the_body_is_lost_is_left_out(tmp_path):
    path = landmark_file(tmp_path / "a.npz")
    arrays = dict(np.load(path))
    arrays["X"][10, HOLISTIC.index("r_elbow")] = 0
    np.savez(path, **arrays)
    (left,) = read_landmarks(path, {"neg_drink": "drink"})
    assert left.gesture == "drink"


@pytest.mark.parametrize(
    "change",
    [
        {"names": np.array(["nose"] * len(HOLISTIC))},
        {"start": np.array([0, 30])},
        {"start": np.array([0, 30, 999])},
        {"X": None},
        {"X": np.zeros((60, 3), np.float32)},
    ],
)
def test_a_wrong_file_is_named(tmp_path, change):
    with pytest.raises(TrainingError, match=r"a\.npz: no landmarks") as caught:
        read_landmarks(landmark_file(tmp_path / "a.npz", change=change))
    assert "\n" not in str(caught.value)


def test_a_set_of_landmarks_is_known_by_its_hands(tmp_path):
    landmark_file(tmp_path / "a.npz")
    landmark_file(tmp_path / "b.npz", words=("wave", "wave"))
    dataset = open_data_set(DataSettings("m", "MIT", "x", files=("a.npz",)), tmp_path)
    assert dataset.kind == "landmarks"
    assert dataset.gestures() == {"thumbs_up": 1, "none": 1}
