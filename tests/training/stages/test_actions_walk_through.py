"""Any action: a folder of clips of people who fall and bend is trained on, and a stranger is recognised."""

from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.cli.app import app
from gesturelrcn.evaluation.regression import measure_numbers
from gesturelrcn.model import load_model
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.recordings.listing import read_listing
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.film.script import clip_script
from gesturelrcn.synthesis.film.studio import Studio
from gesturelrcn.synthesis.motion.shipped import vocabulary_of
from tests.synthesis.conftest import body_data, renderer  # noqa: F401 - for where there is no EGL

PEOPLE = Path(__file__).parents[3] / "configs" / "actions-people.toml"
CLASSES = ("bending", "falling", "none")
FPS, SIZE = 6, 160
CONFIG = """
name = "actions"
start = "default"
[[data]]
name = "clips"
licence = "CC0-1.0"
source = "synthetic people"
[network]
hand_size = 0
hidden = 32
motion = true
regression = ["head_height"]
[keypoints]
steps = 0
[features]
versions = 1
[recognition]
steps = 160
streams = 8
chunk = 24
rate = 8e-3
"""


def film(folder, person, classes):
    """CLASS/PERSON.mp4 and its table, for each class."""
    vocabulary = vocabulary_of(PEOPLE)
    with Studio((person,), SIZE) as studio:
        for number, gesture in enumerate(classes):
            seed = (person, number)

            def write(ceiling, gesture=gesture, seed=seed):
                return clip_script(np.random.default_rng((*seed, 0)), vocabulary, gesture, ceiling)

            stream = studio.film(write, np.random.default_rng((*seed, 1)), FPS)
            path = folder / gesture / f"{person}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_video(path, stream, FPS)
            path.with_suffix(".csv").write_text(stream.table())


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    home = tmp_path_factory.mktemp("actions")
    for person in (31, 32, 33):
        film(home / "clips" / f"subject_{person}", person, CLASSES)
    film(home / "unseen", 77, CLASSES[:2])
    (home / "actions.toml").write_text(CONFIG)
    arguments = [str(home / "actions.toml"), "--run", str(home / "run"), "--workers", "1", "--device", "cpu"]
    with pytest.raises(SystemExit) as ended:
        app(["train", *arguments], prog_name="gesturelrcn")
    assert ended.value.code == 0
    return home / "run" / "model" / "actions.json"


def likeliest(engine, video):
    """The action with the highest score anywhere in the middle half of a clip."""
    recognizer = Recognizer(engine)
    scores = []
    for frame in open_source(video):
        recognizer.process(frame)
        if recognizer.view.scores is not None:
            scores.append(recognizer.view.scores)
    recognizer.close()
    middle = np.array(scores)[len(scores) // 4 : -(len(scores) // 4)]
    actions = [i for i, name in enumerate(engine.card.classes) if name != "none"]
    return engine.card.classes[actions[int(middle[:, actions].max(0).argmax())]]


@pytest.mark.usefixtures("body_data", "renderer")
def test_actions_of_a_stranger_are_told_apart_and_the_height_of_the_head_is_told(model):
    engine = load_model(model)
    assert engine.card.classes == CLASSES
    unseen = model.parents[2] / "unseen"
    assert {name: likeliest(engine, unseen / name / "77.mp4") for name in CLASSES[:2]} == {
        "bending": "bending",
        "falling": "falling",
    }
    told = measure_numbers(read_listing(unseen), engine)["head_height"]
    assert told["recordings"] == 2
    assert told["correlation"] > 0.6
    assert told["mae"] < told["mae_of_the_median"]
