import logging
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set, vocabulary_of
from gesturelrcn.training.data.track_files import read_tracks, write_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.features.onsets import offset_of, onset_of
from tests.training.tiny_data import arms, grey_clip, moving, write_arm_tracks


def settings(**more):
    return DataSettings(name="mine", licence="MIT", source="me", **more)


@pytest.fixture
def classes(tmp_path):
    """falling/0.mp4, falling/1.mp4, ..., bending/2.mp4: four clips each of two classes."""
    for name in ("falling", "bending"):
        for number in range(4):
            grey_clip(tmp_path / name / f"{number}.mp4", fps=8)
    return tmp_path


def test_any_folder_of_classes(classes):
    dataset = open_data_set(settings(holdout_share=0.25), classes)
    assert dataset.kind == "folders"
    assert vocabulary_of([dataset]) == ("bending", "falling", "none")
    assert Counter(clip.gesture for clip in dataset.training) == {"falling": 3, "bending": 3}
    assert Counter(clip.gesture for clip in dataset.held_out) == {"falling": 1, "bending": 1}
    assert {clip.fps for clip in dataset.training} == {8.0}
    measured = dataset.to_measure(("bending", "none"))
    assert [clip.gesture for clip in measured.clips] == ["bending"]


def test_folders_of_subjects(tmp_path):
    for subject in ("ann", "bob", "cid"):
        grey_clip(tmp_path / f"subject_{subject}" / "wave" / "1.mp4")
    dataset = open_data_set(settings(holdout=("bob",)), tmp_path)
    assert {clip.subject for clip in dataset.training} == {"ann", "cid"}
    assert [clip.name for clip in dataset.held_out] == ["subject_bob/wave/1.mp4"]
    shared = open_data_set(settings(holdout_share=0.3), tmp_path)
    assert {clip.subject for clip in shared.held_out} == {"cid"}


def test_an_index(tmp_path):
    grey_clip(tmp_path / "a.mp4")
    grey_clip(tmp_path / "b.mp4")
    (tmp_path / "index.csv").write_text(
        "path,subject,gesture,distance_m,fps,onset_s,offset_s\na.mp4,S1,wave,4,10,0.2,0.3\n"
        "b.mp4,S2,none,,10,,\ngone.mp4,S2,none,,10,,\n"
    )
    dataset = open_data_set(settings(holdout=("S2",)), tmp_path)
    (wave,) = dataset.training
    assert (wave.gesture, wave.distance_m, wave.onset, wave.offset) == ("wave", 4.0, 0.2, 0.3)
    assert len(dataset.skipped) == 1
    assert "gone.mp4" in dataset.skipped[0]


def test_labels_in_other_words(tmp_path):
    for name in ("walking", "waving"):
        grey_clip(tmp_path / name / "1.mp4")
    dataset = open_data_set(settings(names={"walking": "none", "waving": "wave"}), tmp_path)
    assert {(clip.gesture, clip.activity) for clip in dataset.training} == {("none", "walking"), ("wave", "")}
    assert vocabulary_of([dataset]) == ("none", "wave")


def test_clips_that_do_not_decode_are_named_skipped_and_counted(classes, caplog):
    (classes / "falling" / "1.mp4").write_bytes(b"no video at all")
    (classes / "falling" / "2.mp4").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        dataset = open_data_set(settings(), classes)
    assert len(dataset.skipped) == 2
    assert len(dataset.training) == 6
    assert "falling/1.mp4: it does not decode" in caplog.text


@pytest.mark.parametrize("content", [None, b"no video"])
def test_a_class_without_a_clip_that_can_be_used(classes, content):
    (classes / "sitting").mkdir()
    if content is not None:
        (classes / "sitting" / "1.mp4").write_bytes(content)
    with pytest.raises(TrainingError, match=r"sitting: no clip of this class can be used"):
        open_data_set(settings(), classes)


def test_a_class_with_one_clip_is_trained_on_and_said(classes, caplog):
    grey_clip(classes / "sitting" / "1.mp4")
    dataset = open_data_set(settings(holdout_share=0.5), classes)
    assert "sitting" in {clip.gesture for clip in dataset.training}
    assert "sitting" not in {clip.gesture for clip in dataset.held_out}
    assert "sitting" in vocabulary_of([dataset])
    assert "sitting: one clip only" in caplog.text


def test_mirror_pairs_are_known_by_their_ends(tmp_path):
    grey_clip(tmp_path / "turn_left" / "1.mp4")
    grey_clip(tmp_path / "jump" / "1.mp4")
    assert vocabulary_of([open_data_set(settings(), tmp_path)]) == ("jump", "none", "turn_left", "turn_right")


def test_only_wanted_classes_and_what_is_missing_of_them(classes):
    dataset = open_data_set(settings(), classes)
    assert vocabulary_of([dataset], ("falling",)) == ("falling", "none")
    with pytest.raises(TrainingError, match="'flying' has no clip"):
        vocabulary_of([dataset], ("flying",))


def test_data_without_a_gesture(tmp_path):
    grey_clip(tmp_path / "none" / "1.mp4")
    with pytest.raises(TrainingError, match="no gesture in the data"):
        vocabulary_of([open_data_set(settings(), tmp_path)])


def test_folders_that_cannot_be_used(tmp_path, classes):
    with pytest.raises(TrainingError, match=r"gone: .*is missing.*--data"):
        open_data_set(settings(), tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainingError, match="nothing to train on"):
        open_data_set(settings(), tmp_path / "empty")
    (tmp_path / "empty").rmdir()
    with pytest.raises(TrainingError, match="'S9', whom 'mine' holds out"):
        open_data_set(settings(holdout=("S9",)), classes)


def test_everybody_held_out(tmp_path):
    grey_clip(tmp_path / "subject_ann" / "wave" / "1.mp4")
    with pytest.raises(TrainingError, match="holds everybody out"):
        open_data_set(settings(holdout=("ann",)), tmp_path)


def test_tracks_come_back_as_they_went(tmp_path):
    clips = [*arms("A"), moving("wave", "B", 1)]
    clips[0] = replace(clips[0], clip=replace(clips[0].clip, activity="phone call"))
    write_tracks(tmp_path / "arms.npz", clips)
    back = read_tracks(tmp_path / "arms.npz")
    assert [(t.gesture, t.clip.subject, t.clip.onset, t.clip.activity) for t in back] == [
        (c.gesture, c.clip.subject, c.clip.onset, c.clip.activity) for c in clips
    ]
    for one, other in zip(clips, back, strict=True):
        assert np.array_equal(one.keypoints, other.keypoints)
        assert np.array_equal(one.times, other.times)
    dataset = open_data_set(settings(), tmp_path)
    assert dataset.kind == "tracks"
    assert vocabulary_of([dataset]) == ("none", "point_left", "point_right", "wave")


def test_one_track_alone(tmp_path):
    track = moving("wave", "A", 1)
    np.savez(
        tmp_path / "one.npz",
        **{"keypoints": track.keypoints, "times": track.times, "label": "wave", "onset": 0.8},
        **{"stroke_end": 1.3, "offset": 2.5},
    )
    (read,) = read_tracks(tmp_path / "one.npz")
    assert (read.gesture, read.clip.onset, read.clip.stroke_end, read.clip.offset) == ("wave", 0.8, 1.3, 2.5)


@pytest.mark.parametrize("name", ["keypoints", "times", "label", "lengths"])
def test_tracks_that_do_not_fit_together(tmp_path, name):
    write_arm_tracks(tmp_path / "arms")
    with np.load(tmp_path / "arms/arms.npz") as tracks:
        arrays = dict(tracks)
    arrays[name] = arrays[name][:-1]
    np.savez(tmp_path / "broken.npz", **arrays)
    with pytest.raises(TrainingError, match=r"broken\.npz: no tracks of joints"):
        read_tracks(tmp_path / "broken.npz")


def test_a_pickle_is_no_track(tmp_path):
    np.savez(tmp_path / "evil.npz", keypoints=np.array([{}], dtype=object), times=np.zeros(1), label="wave")
    with pytest.raises(TrainingError, match="no tracks of joints"):
        read_tracks(tmp_path / "evil.npz")


def test_when_a_movement_begins():
    track = moving("point_left", "A", 1)
    assert 0.8 < onset_of(track.keypoints, track.times) < 1.2
    still = moving("none", "A", 0)
    assert onset_of(still.keypoints, still.times) == 0.0


def test_a_clip_whose_arms_are_back_in_the_end_holds_the_way_back():
    there = moving("point_left", "A", 1)
    keypoints = np.concatenate([there.keypoints, there.keypoints[::-1]])
    times = (np.arange(len(keypoints)) / 20).astype(np.float32)
    assert offset_of(there.keypoints, there.times) is None
    assert 4.8 < offset_of(keypoints, times) < 5.2
    still = moving("none", "A", 0)
    assert offset_of(still.keypoints, still.times) is None
