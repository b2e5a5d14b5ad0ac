"""Each stage is a file of its name, and its fingerprint outlives versions of this package."""

import importlib
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturelrcn.training import stages
from gesturelrcn.training.config.file import read_config
from gesturelrcn.training.stages import STAGES
from tests.training.tiny_data import grey_clip
from tests.training.trainings import training_in

CONFIG = """
name = "prints"
start = "random"
everybody = true
limits = ["none"]
[[data]]
name = "grey"
licence = "CC0-1.0"
source = "drawn"
holdout = ["C"]
[[data]]
name = "folders"
licence = "CC0-1.0"
source = "drawn"
every = 3
joints = 0.5
[[data]]
name = "acted"
licence = "CC0-1.0"
source = "acted"
kind = "performances"
weight = 0.5
joints = 0
hands = 0
[data.make]
frames = 40
[[data]]
name = "rooms"
licence = "CC0-1.0"
source = "drawn"
kind = "backgrounds"
weight = 0
joints = 0.5
hands = 0
[data.make]
frames = 12
seed = 3
[network]
size = 32
hidden = 24
hand_size = 32
motion = true
readers = 2
[keypoints]
steps = 6
threads = 2
[hands]
steps = 4
[features]
versions = 3
[thresholds]
folds = 2
"""
INDEX = """path,subject,gesture,onset_s,offset_s
1.mp4,A,wave,0.1,0.3
2.mp4,B,none,,
3.mp4,C,wave,0.2,
"""
FINGERPRINTS = {
    "synthesis": "05b55b2bff4feb9d",
    "teacher": "87dc9c569993272a",
    "keypoints": "a3cfff8db590a82c",
    "hands": "67bd3448e3e82058",
    "features": "9c141ba8d22e4394",
    "recognition": "04b2d3f18c33663e",
    "folds": "e5964664f193ce92",
    "thresholds": "b3ce765c76e8baee",
    "export": "0b0e8005956fa899",
    "evaluation": "c081e3336809c7f3",
    "everybody": "81bb84f550c44755",
    "sightings": "8d6b65c9f95b490d",
    "people": "b782bccc7446d939",
    "locator": "b07e38241b7255b1",
}
"""Of CONFIG, by version 0.1.0 (what finds people came later, and hands of performances as the CNN tells them,
so that `features` and what follows are others); they depend neither on where the data lie nor on how they are
encoded."""


def test_a_stage_is_a_file_of_its_name():
    for stage in STAGES:
        module = importlib.import_module(f"{stages.__name__}.{stage.name}")
        assert getattr(module, stage.name.upper()) is stage
    files = {path.stem for path in Path(stages.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {stage.name for stage in STAGES}


def test_each_stands_once_and_after_what_it_needs():
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    for number, stage in enumerate(STAGES):
        assert set(stage.needs) <= set(STAGES[:number])


@pytest.fixture
def training(tmp_path):
    for number in (1, 2, 3):
        grey_clip(tmp_path / "grey" / f"{number}.mp4")
    (tmp_path / "grey" / "index.csv").write_text(INDEX)
    for name in ("none", "point_left"):
        grey_clip(tmp_path / "folders" / name / "1.mp4")
    config = tmp_path / "prints.toml"
    config.write_text(CONFIG)
    training = training_in(tmp_path, read_config(config))
    for settings in training.config.data:
        if settings.make is not None:
            folder = training.folder_of(settings)
            folder.mkdir(parents=True)
            np.savez(folder / "performances-0-000.npz", label=np.array(["none", "stop", "clap"]))
            cv2.imwrite(str(folder / "1.png"), np.zeros((4, 4, 3), np.uint8))
    return training


def test_a_run_that_an_older_version_began_goes_on(training):
    """Where a fingerprint changes, everybody has to train that stage again."""
    assert {stage.name: stage.fingerprint(training) for stage in STAGES} == FINGERPRINTS


@pytest.mark.parametrize(
    ("old", "new", "affected"),
    [
        ("frames = 12", "frames = 13", ["synthesis"]),
        ("[keypoints]\nsteps = 6", "[keypoints]\nsteps = 7", ["keypoints"]),
        ("[hands]\nsteps = 4", "[hands]\nsteps = 5", ["hands"]),
        ("versions = 3", "versions = 2", ["features"]),
        ("hidden = 24", "hidden = 25", ["recognition", "folds"]),
        ("folds = 2", "folds = 3", ["folds"]),
        ("folds = 2", "folds = 2\nhours = 2.0", ["thresholds"]),
        ('limits = ["none"]', "", ["export", "locator"]),
        ("threads = 2", "threads = 3", []),
    ],
)
def test_a_change_affects_the_stages_that_depend_on_it_and_those_that_need_them(
    training, tmp_path, old, new, affected
):
    assert CONFIG.count(old) == 1
    path = tmp_path / "other.toml"
    path.write_text(CONFIG.replace(old, new))
    other = training_in(tmp_path, read_config(path))
    for before, after in zip(training.config.data, other.config.data, strict=True):
        if before.make != after.make:
            shutil.copytree(training.folder_of(before), other.folder_of(after))
    changed = {stage.name for stage in STAGES if stage.fingerprint(training) != stage.fingerprint(other)}
    needing = {stage.name for stage in STAGES if any(map(stage.comes_after, affected))}
    assert changed == {*affected, *needing}
