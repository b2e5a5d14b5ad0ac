"""What a card says that a model learnt from: no source too many, none too few."""

from pathlib import Path

import pytest

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.training.config.config import HandSettings, KeypointSettings
from gesturelrcn.training.run.card_sources import sources
from tests.training.trainings import dataset, training_on


def uses(training, **more):
    return {source["name"]: source["used_for"] for source in sources(training, **more)}


def clips_of(*people):
    return [Clip(Path(f"{who}.mp4"), f"{who}.mp4", who, "wave") for who in people]


@pytest.fixture
def sets(tmp_path):
    return [
        dataset(tmp_path, "index", clips_of("A", "B"), clips_of("C"), name="clips"),
        dataset(tmp_path, "hands", weight=0, joints=0),
        dataset(tmp_path, "performances", joints=0, hands=0),
        dataset(tmp_path, "backgrounds", weight=0, hands=0),
    ]


def test_each_data_set_says_what_for_and_who_was_in_it(tmp_path, sets):
    told = uses(training_on(tmp_path, sets, network={"hand_size": 32}))
    assert told == {
        "clips, subjects A B": "joints and hands and gestures",
        "hands": "hands",
        "performances": "gestures",
        "backgrounds": "backgrounds",
        "pose and hand landmarks of MediaPipe 0.10.21 as teacher": "joints and hands on real pictures",
        "selfie segmentation of MediaPipe 0.10.21": "other backgrounds behind real people",
    }


def test_what_no_stage_learns_from_is_not_named(tmp_path, sets):
    still = {"keypoints": KeypointSettings(steps=0), "hands": HandSettings(steps=0)}
    told = uses(training_on(tmp_path, sets, network={"hand_size": 32}, **still))
    assert told == {"clips, subjects A B": "gestures", "performances": "gestures"}


def test_without_a_second_cnn_nothing_is_learnt_of_hands(tmp_path, sets):
    told = uses(training_on(tmp_path, sets))
    assert told["clips, subjects A B"] == "joints and gestures"
    assert "hands" not in told


def test_people_held_out_are_named_in_the_card_of_the_model_that_learnt_from_them(tmp_path, sets):
    told = uses(training_on(tmp_path, sets), everybody=True)
    assert told["clips, subjects A B"] == "joints and gestures (gestures of C too)"


def test_where_the_cnn_starts_is_a_source(tmp_path, sets):
    training = training_on(tmp_path, sets)
    random = sources(training)
    training.config = training.config.__class__(**{**vars(training.config), "start": "imagenet"})
    assert sources(training)[0]["licence"] == "Apache-2.0"
    assert sources(training)[1:] == random
