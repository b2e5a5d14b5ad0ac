"""The file of a take: what was kept is read again, and a training reads it as a track."""

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.take import Take, read_take, write_take
from gesturelrcn.training.data.track_files import read_tracks
from tests.takes.made import a_take


def written(path: Path, take: Take) -> Path:
    with path.open("wb") as file:
        write_take(file, take, "wave/1", "films/wave/1.mp4")
    return path


TAKES = {
    "a stroke": a_take(),
    "held to the end": a_take(offset=None),
    "no hand looked at": replace(a_take(), hands=None),
    "neither hand": a_take(hand=None),
    "idle": a_take("none", hand=None, reach=0.0, activity="idle"),
}


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_what_is_written_is_read(tmp_path: Path, take: Take) -> None:
    again, film = read_take(written(tmp_path / "take.npz", take))
    assert film == "films/wave/1.mp4"
    for name in ("times", "dt", "keypoints", "hands"):
        np.testing.assert_array_equal(getattr(again, name), getattr(take, name))
    for name in ("gesture", "onset", "stroke_end", "offset", "rested", "hand", "reach", "activity", "model"):
        assert getattr(again, name) == getattr(take, name)
    assert again.weights == take.weights
    assert again.taken == take.taken.replace(microsecond=0)


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_a_training_reads_it_as_a_track(tmp_path: Path, take: Take) -> None:
    [track] = read_tracks(written(tmp_path / "take.npz", take))
    assert (track.gesture, track.clip.subject, track.clip.name) == (take.gesture, "me", "wave/1")
    assert track.clip.activity == take.activity
    for name in ("onset", "stroke_end", "offset"):
        assert getattr(track.clip, name) == getattr(take, name)
    np.testing.assert_array_equal(track.keypoints, take.keypoints)
    np.testing.assert_array_equal(track.times, take.times)
    np.testing.assert_array_equal(track.hands, take.hands)


def damaged(path: Path, **arrays: object) -> Path:
    with np.load(path) as there:
        all_of_them = dict(there) | arrays
    np.savez(path, **{name: array for name, array in all_of_them.items() if array is not None})
    return path


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"version": np.array(9)}, "version 9"),
        ({"times": np.zeros(3, np.float32)}, "shapes"),
        ({"hands": np.zeros((30, 5), np.float32)}, "shapes"),
        ({"keypoints": np.full((30, 13, 3), np.nan, np.float32)}, "no numbers"),
        ({"times": np.arange(30, 0, -1, np.float32)}, "go back"),
        ({"onset": np.array([np.nan])}, "when the gesture begins"),
        ({"label": None}, "label"),
        ({"label": np.array([{"a": 1}], object)}, "is no take"),
    ],
)
def test_what_is_no_take_is_one_sentence(tmp_path: Path, arrays: dict[str, object], why: str) -> None:
    path = damaged(written(tmp_path / "take.npz", a_take()), **arrays)
    with pytest.raises(TakeError, match=why) as caught:
        read_take(path)
    assert str(path) in str(caught.value)


def test_half_a_file_is_none(tmp_path: Path) -> None:
    path = written(tmp_path / "take.npz", a_take())
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(TakeError, match="is no take"):
        read_take(path)


def test_it_knows_its_length() -> None:
    take = a_take(frames=41)
    assert (take.seconds, take.fps) == pytest.approx((2.0, 20.0))
    assert datetime.now(timezone.utc) >= take.taken
