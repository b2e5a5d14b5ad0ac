"""Folders of joint tracks, and clips that follow them."""

import numpy as np
import pytest

from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.dataset.plan import Recipe, plan
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.script import clip_script
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.motion.track_files import load_tracks

FPS = 15


@pytest.fixture(scope="module")
def folder(person, tmp_path_factory):
    """A synthetic person who was tracked while waving and pointing."""
    out, rig = tmp_path_factory.mktemp("tracks"), Rig(person)
    lines = ["path,subject,gesture,distance_m,fps,onset_s"]
    for gesture in ("wave", "point_left"):
        timeline = MotionTimeline(np.random.default_rng(1), "hanging", 0.0)
        timeline.pause(0.5)
        timeline.perform(gesture, "left")
        times = np.arange(0, timeline.length, 1 / FPS)
        joints = np.array([rig.landmarks(rig.transforms(timeline.pose(time))) for time in times])
        flat = np.dstack([0.5 + joints[:, :, 0] / 3, 0.9 - joints[:, :, 1] / 3, np.ones(joints.shape[:2])])
        np.savez(out / f"S9__{gesture}.avi.npz", keypoints=flat.astype(np.float32), times=times)
        lines.append(f"S9/{gesture}.avi,S9,{gesture},2,{FPS},0.5")
    (out / "index.csv").write_text("\n".join(lines) + "\n")
    return out


def test_tracks_are_found_by_gesture(folder):
    tracks = load_tracks(folder)

    assert {gesture: len(of_gesture) for gesture, of_gesture in tracks.items()} == {
        "wave": 1,
        "point_left": 1,
    }
    assert tracks["wave"][0].truth.hand == "left"


def test_about_half_of_the_clips_follow_a_track_somewhat_faster_or_slower(folder):
    tracks = load_tracks(folder)["wave"]
    scripts = [clip_script(np.random.default_rng(seed), SHIPPED, "wave", tracks=tracks) for seed in range(24)]
    followed = [s for s in scripts if s.timeline.performed[0].movement == "track"]
    lengths = [s.timeline.performed[0].offset - s.timeline.performed[0].onset for s in followed]

    assert 6 <= len(followed) <= 18
    assert max(lengths) > 1.1 * min(lengths)
    for script in followed:
        (done,) = script.gestures()
        assert (done.gesture, done.hand, script.posture) == ("wave", "left", "standing")
        assert 0 < done.onset < done.stroke_end <= done.offset < done.rested < script.timeline.length


def test_a_stretched_track_is_the_same_motion_in_another_time(folder):
    track = load_tracks(folder)["wave"][0]
    slower = track.stretched(1.25)

    assert slower.length == pytest.approx(1.25 * track.length)
    assert slower.truth.stroke_end == pytest.approx(1.25 * track.truth.stroke_end)
    assert slower.arm("left", 1.25).wrist == pytest.approx(track.arm("left", 1.0).wrist)


def test_a_plan_with_tracks_is_the_same_each_time_and_another_than_without(folder):
    with_tracks = Recipe(people=1, hours=0.02, clips=1.0, tracks=folder)
    without = Recipe(people=1, hours=0.02, clips=1.0)
    with_tracks.check()

    assert plan(with_tracks, 0) == plan(with_tracks, 0)
    assert [take.name for take in plan(with_tracks, 0)][:5] == [take.name for take in plan(without, 0)][:5]
    assert with_tracks.identity() != without.identity()


def test_what_is_wrong_with_a_folder_is_one_sentence(folder, tmp_path):
    with pytest.raises(SynthesisError, match=r"No tracks can be taken .* index\.csv"):
        load_tracks(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.csv").write_text((folder / "index.csv").read_text())
    with pytest.raises(SynthesisError, match=r"S9__wave\.avi\.npz: no track of joints"):
        load_tracks(tmp_path / "a")
    (tmp_path / "b").mkdir()
    head, line = (folder / "index.csv").read_text().splitlines()[:2]
    (tmp_path / "b" / "index.csv").write_text(f"{head}\n{line.replace(',wave,', ',juggle,')}\n")
    (tmp_path / "b" / "S9__wave.avi.npz").write_bytes((folder / "S9__wave.avi.npz").read_bytes())
    with pytest.raises(SynthesisError, match="juggle, which no vocabulary describes"):
        Recipe(people=1, hours=0.01, tracks=tmp_path / "b").check()


def test_tracks_without_arms_are_left_out(folder, tmp_path):
    (tmp_path / "index.csv").write_text((folder / "index.csv").read_text())
    for path in folder.glob("*.npz"):
        with np.load(path) as arrays:
            keypoints = arrays["keypoints"].copy()
            keypoints[:, :, 2] *= "wave" not in path.name
            np.savez(tmp_path / path.name, keypoints=keypoints, times=arrays["times"])

    assert set(load_tracks(tmp_path)) == {"point_left"}
