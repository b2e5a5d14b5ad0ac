"""Poses, skeletons and landmarks as the CNNs would see the people."""

import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS, ModelCard, assets
from gesturelrcn.training.data.clip_features import UNKNOWN_HAND
from gesturelrcn.training.data.track_files import read_tracks, write_tracks
from gesturelrcn.training.features.hand_observation import read_observations
from gesturelrcn.training.features.landmark_tracks import features_of_landmarks
from gesturelrcn.training.features.pose_tracks import features_of_streams
from gesturelrcn.training.features.skeleton_tracks import features_of_skeletons
from tests.training.tiny_motion import landmark_file, pose_stream, skeleton_file

CARD = ModelCard("x", "", ("none", "swipe_left"), 64, 8, KEYPOINTS, 8, 40, {}, hand_size=32, zoom=1.25)
LEFT, RIGHT, WRIST = (KEYPOINTS.index(name) for name in ("left_shoulder", "right_shoulder", "right_wrist"))


def of_pose(tmp_path, versions=1):
    path = pose_stream(tmp_path / "a.npz")
    return features_of_streams([path], {}, CARD, versions, np.random.default_rng(0))


def of_skeleton(tmp_path, versions=1):
    path = skeleton_file(tmp_path / "k.npz")
    return features_of_skeletons([path], {}, CARD, versions, np.random.default_rng(0))


@pytest.mark.parametrize("make", [of_pose, of_skeleton])
def test_people_stand_in_the_square_as_in_a_picture(tmp_path, make):
    for track in make(tmp_path):
        shoulders = track.keypoints[:, [LEFT, RIGHT], :2].mean(0)
        assert shoulders[0, 0] > shoulders[1, 0]  # the own left is on the right: nothing is mirrored
        width = shoulders[0, 0] - shoulders[1, 0]
        assert 0.6 / (4.2 * CARD.zoom) < width < 1.4 / (4.2 * CARD.zoom)
        assert abs(shoulders[:, 0].mean() - 0.5) < 0.1
        assert track.keypoints[:, KEYPOINTS.index("nose"), 1].mean() < shoulders[:, 1].mean()
        assert (track.hands == UNKNOWN_HAND).all()


@pytest.mark.parametrize("make", [of_pose, of_skeleton])
def test_each_version_is_another_camera_and_the_same_person(tmp_path, make):
    first, second = make(tmp_path, versions=2)[:2]
    assert first.clip.subject == second.clip.subject
    assert not np.allclose(first.keypoints, second.keypoints)


def test_a_stroke_of_a_skeleton_is_timed(tmp_path):
    swipe, none, wave = of_skeleton(tmp_path)
    assert (none.clip.onset, none.gesture) == (None, "none")
    # 60 frames at 30 a second: it sweeps from 0.3 to 0.5 of 2 s.
    assert swipe.clip.onset == pytest.approx(0.6, abs=0.1)
    assert swipe.clip.stroke_end == swipe.clip.offset == pytest.approx(1.0, abs=0.1)
    assert wave.clip.onset is not None
    x = swipe.keypoints[:, WRIST, 0]
    assert x[30] > x[18] + 0.05


def test_without_a_picture_of_the_hand_there_are_no_hands(tmp_path):
    card = ModelCard(**{**vars(CARD), "hand_size": 0})
    path = pose_stream(tmp_path / "a.npz")
    assert features_of_streams([path], {}, card, 1, np.random.default_rng(0))[0].hands is None


def test_streams_and_clips_come_back_from_a_file_as_they_were(tmp_path):
    tracks = [*of_skeleton(tmp_path), *of_pose(tmp_path)]
    write_tracks(tmp_path / "t.npz", tracks)
    again = read_tracks(tmp_path / "t.npz")
    # By what they print: the end of a stroke that nobody told is NaN, and that is equal to nothing.
    assert repr([track.gestures for track in again]) == repr([track.gestures for track in tracks])
    assert [track.untold for track in again] == [track.untold for track in tracks]
    assert again[-1].gestures is not None
    assert again[0].gestures is None


def of_landmarks(tmp_path, versions=1, observations=None):
    path = landmark_file(tmp_path / "m.npz")
    return features_of_landmarks([path], {}, CARD, versions, np.random.default_rng(0), observations)


def test_people_with_landmarks_show_their_hand(tmp_path):
    held, drinks = of_landmarks(tmp_path)
    assert (held.gesture, held.clip.onset, drinks.clip.onset) == ("thumbs_up", 0.0, None)  # held throughout
    shoulders = held.keypoints[:, [LEFT, RIGHT], :2].mean(0)
    assert shoulders[0, 0] > shoulders[1, 0]
    assert (held.hands[5:, -1] == 1).all()  # the right hand is looked at
    assert (held.hands[5:, -2] > 0.8).all()  # and found
    first, second = of_landmarks(tmp_path, versions=2)[:2]
    assert not np.allclose(first.keypoints, second.keypoints)


def test_hands_are_told_as_the_network_would_tell_them(tmp_path):
    exact, _ = of_landmarks(tmp_path)
    seen, _ = of_landmarks(tmp_path, observations=read_observations(assets() / "hand_observation.npz"))
    straight = slice(3 * 21 + 1, 3 * 21 + 5)  # of the fingers, which lie in a heap here
    assert exact.hands[5:, straight].mean() < seen.hands[5:, straight].mean()
    assert (seen.hands[0] == 0).all()
