"""What a training knows of itself: its data sets, its network, where its files lie."""

from dataclasses import replace

import pytest
import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import Config, HandSettings, KeypointSettings, Make
from gesturelrcn.training.errors import TrainingError
from tests.training.trainings import dataset, settings_of, training_in, training_on

SMALL = {"size": 32, "hidden": 16, "joint_features": 8}


@pytest.fixture
def sets(tmp_path):
    return [
        dataset(tmp_path, "folders"),
        dataset(tmp_path, "performances", joints=0, hands=0),
        dataset(tmp_path, "hands", weight=0, joints=0),
        dataset(tmp_path, "backgrounds", weight=0, hands=0),
    ]


def names(datasets):
    return [one.name for one in datasets]


def test_data_sets_for_joints_and_for_hands(tmp_path, sets):
    training = training_on(tmp_path, sets, network={"hand_size": 32})
    assert names(training.joint_sets) == ["folders", "backgrounds"]
    assert names(training.hand_sets) == ["folders", "hands"]
    assert training.background_set.name == "backgrounds"


def test_a_cnn_that_stays_as_it_starts_has_no_data_set(tmp_path, sets):
    still = {"keypoints": KeypointSettings(steps=0), "hands": HandSettings(steps=0)}
    training = training_on(tmp_path, sets, network={"hand_size": 32}, **still)
    assert training.joint_sets == training.hand_sets == []
    assert training.background_set is None
    assert training_on(tmp_path, sets).hand_sets == []  # a network that looks at no hand


def test_synthetic_people_lie_in_the_cache_by_what_they_are_made_from(tmp_path):
    training = training_in(tmp_path, Config(name="tiny", data=(settings_of("any"),)))
    one, other = (settings_of("people", make=Make(seed=seed)) for seed in (0, 1))
    assert training.folder_of(one) != training.folder_of(other)
    assert training.folder_of(one) == training.folder_of(replace(one, weight=0.5))
    assert training.folder_of(one).is_relative_to(tmp_path / "cache")
    assert training.folder_of(settings_of("mine", path="a/b")) == tmp_path / "a" / "b"


def test_the_teacher_is_cached_by_where_the_data_lie(tmp_path):
    training = training_in(tmp_path, Config(name="tiny", data=(settings_of("any"),)))
    here, there = (dataset(tmp_path / place, "folders") for place in ("here", "there"))
    assert training.teacher_cache(here) != training.teacher_cache(there)
    assert training.teacher_cache(here) == training.teacher_cache(replace(here, kind="index"))


def test_the_network_knows_what_stages_have_kept(tmp_path, sets):
    training = training_on(tmp_path, sets[:1], network=SMALL)
    training.run.path.mkdir()
    torch.manual_seed(1)
    taught = LRCN(training.network_config)
    training.keep("keypoints", taught, ("backbone",))
    weights, expected = training.network().state_dict(), taught.state_dict()
    same = {name.split(".")[0] for name in weights if torch.equal(weights[name], expected[name])}
    differs = {name.split(".")[0] for name in weights if not torch.equal(weights[name], expected[name])}
    assert "backbone" in same - differs
    assert "keypoint_head" in differs
    assert not training.network().training


def test_a_run_beside_that_did_not_end_is_found_out_at_once(tmp_path):
    config = Config(name="tiny", data=(settings_of("any"),))
    with pytest.raises(TrainingError, match="no figures that could stand beside"):
        training_in(tmp_path, config, beside=(tmp_path / "half",))
