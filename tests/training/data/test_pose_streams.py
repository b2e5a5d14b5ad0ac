import numpy as np
import pytest

from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set, vocabulary_of
from gesturelrcn.training.data.pose_streams import read_pose_stream
from gesturelrcn.training.errors import TrainingError
from tests.training.tiny_motion import pose_folder, pose_stream


def test_labels_become_gestures_and_strokes_are_cut_out(tmp_path):
    stream = read_pose_stream(pose_stream(tmp_path / "a.npz"))
    (swipe, circle) = stream.gestures
    assert (swipe.gesture, circle.gesture) == ("swipe_left", "circle")
    # The label goes from 1.0 to 3.0; the hand sweeps from 1.8 to 2.2.
    assert (swipe.onset, swipe.stroke_end) == (pytest.approx(1.8, abs=0.1), pytest.approx(2.2, abs=0.1))
    assert (circle.onset, circle.offset) == (pytest.approx(5.0, abs=0.05), pytest.approx(6.0, abs=0.05))
    (untold,) = stream.untold
    assert (untold.activity, untold.start) == ("other:spin", pytest.approx(7.0, abs=0.05))
    assert stream.times[0] == 0.0
    assert stream.joints[:, 11, 0].max() > 1.0  # in heights: the picture is twice as wide


def test_other_words(tmp_path):
    stream = read_pose_stream(pose_stream(tmp_path / "a.npz"), {"circle": "turn"})
    assert [one.gesture for one in stream.gestures] == ["swipe_left", "turn"]


def test_where_nobody_is_found_nothing_is_told(tmp_path):
    path = pose_stream(tmp_path / "a.npz", gap=(20, 30))
    stream = read_pose_stream(path)
    assert np.isfinite(stream.joints).all()
    assert not stream.joints[20:30, :, 2].any()
    gap = next(one for one in stream.untold if one.activity == "other:nobody")
    assert (gap.start, gap.end) == (pytest.approx(1.0), pytest.approx(1.5))


def test_faces_that_nobody_kept_are_put_where_faces_are(tmp_path):
    path = pose_stream(tmp_path / "a.npz", faces=False)
    joints = read_pose_stream(path).joints
    shoulders = joints[:, [11, 12], :2]
    width = np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1).mean()
    above = (shoulders.mean(1) - joints[:, 0, :2])[:, 1].mean()
    assert 0.5 * width < above < width


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"t": None}, "'t is not a file"),
        ({"X": np.zeros((9, 25, 4))}, "frames"),
        ({"X": np.zeros((200, 9, 4))}, "and not"),
        ({"X": np.full((200, 25, 4), np.nan)}, "nobody is in it"),
        ({"t": np.full(200, np.nan)}, "no numbers"),
        ({"t": np.arange(200)[::-1] / 20}, "go back"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, change, says):
    path = pose_stream(tmp_path / "a.npz", change=change)
    with pytest.raises(TrainingError, match=r"a\.npz: no stream of poses") as caught:
        read_pose_stream(path)
    assert says.strip("'").split()[0] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_known_by_its_index_and_people_are_held_out(tmp_path):
    pose_folder(tmp_path / "p", ["A", "B", "B"])
    dataset = open_data_set(DataSettings("p", "MIT", "x", holdout=("B",)), tmp_path / "p")
    assert dataset.kind == "poses"
    assert [clip.subject for clip in dataset.training] == ["A"]
    assert [clip.subject for clip in dataset.held_out] == ["B", "B"]
    assert vocabulary_of([dataset]) == ("circle", "none", "swipe_left", "swipe_right")


def test_some_of_the_streams_of_a_folder(tmp_path):
    pose_folder(tmp_path / "p", ["A", "B", "B"])
    names = [path.name for path in sorted((tmp_path / "p").glob("*.npz"))]
    some = DataSettings("p", "MIT", "x", files=(f"{names[0][:-4]}*", names[2]))
    assert [clip.name for clip in open_data_set(some, tmp_path / "p").training] == [names[0], names[2]]
    with pytest.raises(TrainingError, match=r"p: the data set 'p' names C\*; there is no such file"):
        open_data_set(DataSettings("p", "MIT", "x", files=("C*",)), tmp_path / "p")


def test_an_index_of_nothing_is_named(tmp_path):
    pose_folder(tmp_path / "p", ["A"])
    (tmp_path / "p" / "index.csv").write_text("person\nA\n")
    with pytest.raises(TrainingError, match=r"index\.csv: no table of streams with a column file"):
        open_data_set(DataSettings("p", "MIT", "x", kind="poses"), tmp_path / "p")
