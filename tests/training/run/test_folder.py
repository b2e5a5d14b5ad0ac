"""The folder of a run: what is recorded, what is forgotten, and whose it is."""

import logging

import pytest

from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.folder import RunFolder


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text('name = "tiny"\n')
    return path


def test_a_record_holds_for_its_fingerprint_alone(tmp_path):
    run = RunFolder(tmp_path)
    assert not run.is_done("hands", "abc")
    run.record("hands", "abc", 0.0, {"steps": 4})
    assert run.is_done("hands", "abc")
    assert not run.is_done("hands", "abd")
    assert run.result("hands") == {"steps": 4}
    assert run.result("keypoints") == {}


def test_a_stage_that_is_forgotten_begins_without_its_checkpoints(tmp_path):
    run = RunFolder(tmp_path)
    for stage in ("recognition", "recognition-2", "hands"):
        (tmp_path / "checkpoints" / stage).mkdir(parents=True)
        run.record(stage, "abc", 0.0, {})
    run.forget("recognition")
    run.forget("never done")
    assert not run.is_done("recognition", "abc")
    assert run.is_done("hands", "abc")
    # The second of the LSTMs is trained by the same stage.
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["hands"]


def test_a_damaged_file_is_as_good_as_none(tmp_path):
    run = RunFolder(tmp_path)
    run.write("figures.json", {"recall": 1.0})
    assert run.read("figures.json") == {"recall": 1.0}
    (tmp_path / "figures.json").write_text('{"recall": 1')
    assert run.read("figures.json") is None
    assert run.read("nothing.json") is None


def test_who_claims_it_logs_into_it_and_leaves_the_logger_as_it_was(tmp_path, config):
    logger = logging.getLogger("gesturelrcn")
    before = logger.level, list(logger.handlers)
    run = RunFolder(tmp_path / "run")
    with run.claimed(config):
        logging.getLogger("gesturelrcn.training").info("keypoints: begins")
    logging.getLogger("gesturelrcn.training").warning("too late")
    assert (logger.level, list(logger.handlers)) == before
    text = (run.path / "log.txt").read_text()
    assert "keypoints: begins" in text
    assert "too late" not in text
    assert (run.path / "config.toml").read_text() == config.read_text()
    assert {"python", "cores", "torch"} <= set(run.read("versions.json"))


def test_one_at_a_time(tmp_path, config):
    run = RunFolder(tmp_path / "run")
    with run.claimed(config), pytest.raises(TrainingError, match="another training"), run.claimed(config):
        pass
    with run.claimed(config):
        pass
