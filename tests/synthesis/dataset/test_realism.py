"""The figures are counted rightly, and the command prints them."""

import json

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.film_truth import FilmFacts, Truth
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.synthesis.dataset import realism


@pytest.fixture(scope="module")
def judge():
    judge = realism.Judge()
    yield judge
    judge.close()


def truth_of(frames, keypoints):
    facts = FilmFacts("", "", 10, frames, 64, "standing", 2.0, "full")
    raised = TrueGesture("raise_hand", 0.1, 0.9, 0.3, 1.1, "right")
    return Truth(facts, [raised], [], np.arange(frames) / 10, keypoints)


@pytest.mark.mediapipe
def test_nobody_in_the_picture_is_found_nowhere(judge):
    keypoints = np.full((12, len(KEYPOINTS), 3), (0.5, 0.5, 0), np.float32)
    tally = judge.tally([np.full((64, 64, 3), 90, np.uint8)] * 12, truth_of(12, keypoints))

    # Every third of twelve; of these the hand is up in those at 0.3, 0.6 and 0.9 s.
    assert (tally.frames, tally.poses, tally.hands, tally.hands_found) == (4, 0, 0, 0)
    keypoints[..., 2] = 1
    tally = judge.tally([np.full((64, 64, 3), 90, np.uint8)] * 12, truth_of(12, keypoints))
    assert (tally.frames, tally.poses, tally.hands, tally.hands_found) == (4, 0, 3, 0)
    assert (tally.strokes, tally.in_picture, tally.wrist_errors) == (1, 1, [])


def test_percentages():
    tallies = realism.Tallies()
    tallies.add("wave", 1.0, realism.Tally(10, 9, 4, 3, 1, 1, [0.01]))
    tallies.add("stop", 2.0, realism.Tally(10, 10, 0, 0, 1, 0, [0.03]))
    figures = tallies.figures()

    assert figures["all"] == {
        "frames": 20,
        "pose_found_percent": 95.0,
        "hand_found_percent": 75.0,
        "hand_in_picture_percent": 50.0,
        "wrist_error_percent": 2.0,
    }
    assert figures["by_gesture"]["stop"]["hand_found_percent"] is None
    assert list(figures["by_distance"]) == ["below 1.5 m", "below 3 m"]


@pytest.mark.mediapipe
def test_a_filmed_person_is_found(body_data, renderer, monkeypatch, capsys):
    monkeypatch.setattr(realism, "SPEED_SIZES", (64,))
    monkeypatch.setattr(realism, "SPEED_CLIPS", 1)

    assert realism.main(["--clips", "1", "--size", "160", "--seed", "3", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["all"]["pose_found_percent"] > 60
    assert figures["all"]["wrist_error_percent"] < 12
    assert figures["frames_per_cpu_second"]["64"] > 3


def test_real_clips_need_an_index(tmp_path, capsys):
    assert realism.main(["--real", str(tmp_path)]) == 2
    assert "index.csv" in capsys.readouterr().err
