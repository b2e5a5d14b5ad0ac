"""`gesturelrcn train` of the network that finds people."""

import json

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from gesturelrcn.cli.app import app
from gesturelrcn.training.config.file import read_config
from gesturelrcn.training.stages import GESTURE_STAGES, PEOPLE_STAGES, STAGES, stages_of
from tests.training.tasks.test_people import frames

CONFIG = """
name = "finder"
limits = ["a drawing knows nobody"]
[[data]]
name = "drawn"
licence = "CC0-1.0"
source = "drawn"
[people]
steps = 6
batch = 4
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    some = frames(8)
    people = np.full((8, 4, 9), np.nan, np.float32)
    for number, rows in enumerate(some.people):
        people[number, : len(rows)] = rows
    (folder / "drawn").mkdir()
    np.savez(folder / "drawn" / "people-0-000.npz", x=np.stack(some.images), people=people)
    (folder / "finder.toml").write_text(CONFIG)
    return folder


def train(data, capfd, *more, config="finder.toml", folder="run"):
    arguments = ["train", str(data / config), "--run", str(data / folder), "--workers", "1"]
    with pytest.raises(SystemExit) as ended:
        app([*arguments, "--device", "cpu", *more], prog_name="gesturelrcn")
    out, err = capfd.readouterr()
    return ended.value.code, out + err


def test_frames_become_a_network_that_finds_people(run, capfd):
    code, said = train(run, capfd, "--out", str(run / "out"))
    assert code == 0
    assert "finder.json" in said
    card = json.loads((run / "out" / "finder.json").read_text())
    assert card["limits"] == ["a drawing knows nobody"]
    assert [(source["name"], source["licence"], source["used_for"]) for source in card["data"]] == [
        ("drawn", "CC0-1.0", "people")
    ]
    session = onnxruntime.InferenceSession(str(run / "out" / "finder.onnx"))
    told = session.run(None, {"frame": np.zeros((1, 144, 192, 3), np.uint8)})[0]
    assert np.isfinite(told).all()
    stages = {path.stem: path.stat().st_mtime_ns for path in (run / "run" / "stages").iterdir()}
    assert set(stages) == {"synthesis", "sightings", "people", "locator"}
    assert train(run, capfd, "--out", str(run / "out"))[0] == 0
    again = {path.stem: path.stat().st_mtime_ns for path in (run / "run" / "stages").iterdir()}
    assert again == stages


def test_a_run_may_go_on_from_the_weights_of_another(run, capfd):
    config = CONFIG.replace("steps = 6", 'steps = 1\nrate = 1e-9\nstart = "run/people.safetensors"')
    (run / "on.toml").write_text(config)
    code, said = train(run, capfd, config="on.toml", folder="on")
    assert code == 0
    before, after = (load_file(run / name / "people.safetensors") for name in ("run", "on"))
    assert torch.allclose(before["heads.weight"], after["heads.weight"], atol=1e-6)
    (run / "on.toml").write_text(config.replace("people.safetensors", "config.toml"))
    code, said = train(run, capfd, config="on.toml", folder="on")
    assert code == 2
    assert "no weights of a network that finds people" in said


def test_a_stage_of_the_other_kind_is_not_known(run, capfd):
    code, said = train(run, capfd, "--until", "hands")
    assert code == 2
    assert "There is no stage 'hands'; the stages are synthesis, sightings, people, locator." in said


def test_a_config_asks_for_one_kind_of_network(run, tmp_path):
    assert stages_of(read_config(run / "finder.toml")) == PEOPLE_STAGES
    (tmp_path / "other.toml").write_text(CONFIG.replace("[people]\nsteps = 6\nbatch = 4\n", ""))
    assert stages_of(read_config(tmp_path / "other.toml")) == GESTURE_STAGES
    assert set(STAGES) == {*PEOPLE_STAGES, *GESTURE_STAGES}


def test_with_nothing_to_learn_from_it_says_so(run, capfd):
    (run / "finder.toml").write_text(CONFIG.replace('source = "drawn"', 'source = "drawn"\npeople = 0'))
    code, said = train(run, capfd)
    (run / "finder.toml").write_text(CONFIG)
    assert code == 2
    assert "There are no frames with people to learn from" in said
