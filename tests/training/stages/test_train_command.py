"""`gesturelrcn train` from the config to a model that recognises, and everything that may go wrong."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from safetensors.torch import load_file

from gesturelrcn import GestureStream, Phase
from gesturelrcn.cli.app import app
from gesturelrcn.model import assets, load_model
from gesturelrcn.model.files import DEFAULT_MODEL
from gesturelrcn.training.loop.checkpoint import newest
from gesturelrcn.training.loop.log import read_rows
from gesturelrcn.training.stages import STAGES
from tests.training.tiny_data import (
    SMALL_NETWORK,
    cut_sample,
    grey_clip,
    hand_shard,
    performance_shard,
    tracks_config,
)
from tests.training.tiny_motion import landmark_file, pose_folder, skeleton_file
from tests.waiting import wait_until

ONE_CORE = {**os.environ, "OMP_NUM_THREADS": "1", "GLOG_minloglevel": "3"}


def train(capfd, *arguments, workers=1):
    """In this process; returns exit code, stdout and stderr."""
    with pytest.raises(SystemExit) as ended:
        app(
            ["train", *map(str, arguments), "--workers", str(workers), "--device", "cpu"],
            prog_name="gesturelrcn",
        )
    out, err = capfd.readouterr()
    return ended.value.code, out, err


def sentence(told, warnings=0):
    """The one sentence that says what is wrong, after as many warnings."""
    code, _, err = told
    said = [line for line in err.splitlines() if line.startswith("gesturelrcn: ")]
    assert code == 2
    assert len(said) == 1 + warnings
    return said[-1]


def fallen_to(rows):
    """Loss at the end against that at the beginning; single batches are too few to tell."""
    losses = [row["loss"] for row in rows]
    return np.mean(losses[-5:]) / np.mean(losses[:5])


def record(run, stage):
    return json.loads((run / "stages" / f"{stage}.json").read_text())


def started(run):
    """When each stage was done; equal where it was not done again."""
    return {path.stem: path.stat().st_mtime_ns for path in (run / "stages").iterdir()}


@pytest.fixture(scope="module")
def sample_run(tmp_path_factory):
    """A folder of class/clip.mp4 cut from the sample, with one file that is no video, trained on."""
    folder = tmp_path_factory.mktemp("sample")
    cut_sample(folder / "mine")
    (folder / "mine" / "none" / "broken.mp4").write_bytes(b"no video")
    config = folder / "mine.toml"
    config.write_text(
        'name = "mine"\nstart = "default"\neverybody = true\n[[data]]\nname = "mine"\n'
        'licence = "Apache-2.0"\nsource = "cut from the sample"\nholdout_share = 0.4\n'
        "[keypoints]\nsteps = 0\n[features]\nversions = 2\n[thresholds]\nhours = 0.1\n"
        "[recognition]\nsteps = 400\nstreams = 8\nchunk = 32\nrate = 5e-3\n"
    )
    run = folder / "run"
    with pytest.raises(SystemExit) as ended:
        app(["train", str(config), "--run", str(run), "--workers", "1", "--device", "cpu"])
    assert ended.value.code == 0
    return config, run


def test_any_folder_of_clips_becomes_a_model_that_recognises_in_a_stream(sample_run):
    _, run = sample_run
    with GestureStream(assets() / "sample.mp4", model=run / "model" / "mine.json") as stream:
        seen = [event.gesture for event in stream if event.phase is Phase.START]
    truth = [json.loads(line)["gesture"] for line in (assets() / "sample.jsonl").read_text().splitlines()]
    assert seen == truth


def test_what_is_given_out_learnt_from_everybody_and_is_judged_by_what_did_not(sample_run):
    _, run = sample_run
    honest, given_out = (load_model(run / folder / "mine.json").card for folder in ("model", "everybody"))
    assert given_out.thresholds == honest.thresholds
    assert given_out.figures.pop("note").startswith("The figures are those of readers that had not learnt")
    assert given_out.figures == honest.figures
    learnt, before = (record(run, stage)["result"]["clips"]["mine"] for stage in ("everybody", "recognition"))
    assert learnt > before
    weights = [load_file(run / f"{stage}.safetensors") for stage in ("recognition", "everybody")]
    same = {name.split(".")[0] for name in weights[0] if np.array_equal(weights[0][name], weights[1][name])}
    assert {"backbone", "keypoint_head"} <= same
    assert "readers" not in same


def test_a_run_is_a_folder_that_tells_everything(sample_run):
    config, run = sample_run
    assert (run / "config.toml").read_text() == config.read_text()
    assert json.loads((run / "versions.json").read_text())["torch"].startswith("2.")
    assert "recognition: done" in (run / "log.txt").read_text()
    assert cv2.imread(str(run / "recognition.png")) is not None
    assert {"loss", "clip_accuracy"} <= set(read_rows(run / "recognition.csv")[-1])
    assert json.loads((run / "figures.json").read_text())["mine_not_trained_on"]["all"]["recall"] is not None


def test_a_clip_that_does_not_decode_is_named_skipped_and_counted(sample_run):
    _, run = sample_run
    result = record(run, "teacher")["result"]
    assert result["skipped_count"] == 1
    assert "none/broken.mp4" in result["skipped"][0]
    assert "none/broken.mp4" in (run / "log.txt").read_text()


def test_the_card_names_sources_figures_and_thresholds(sample_run):
    _, run = sample_run
    card = load_model(run / "model" / "mine.json").card
    assert card.classes == ("none", "point_left", "point_right", "raise_hand")
    assert [(source["name"], source["licence"]) for source in card.data][-1] == ("mine", "Apache-2.0")
    assert any(DEFAULT_MODEL in source["name"] or "default" in source["name"] for source in card.data)
    assert card.figures["mine_not_trained_on"]["command"].startswith("gesturelrcn evaluate")
    assert set(card.thresholds) == set(card.gestures)


def test_stages_that_are_done_are_not_done_again(sample_run, capfd):
    config, run = sample_run
    before = started(run)
    assert train(capfd, config, "--run", run)[0] == 0
    assert started(run) == before


def test_a_model_of_joint_tracks_alone(tmp_path, capfd):
    config = tracks_config(tmp_path)
    code, out, _ = train(capfd, config, "--run", tmp_path / "run", "--out", tmp_path / "out")
    assert code == 0
    assert str(tmp_path / "run/model/arms.json") in out
    assert load_model(tmp_path / "out/arms.json").card.gestures == ["point_left", "point_right"]
    assert record(tmp_path / "run", "thresholds")["result"]["basis"].startswith("0.7 for every gesture")
    rows = read_rows(tmp_path / "run/recognition.csv")
    assert fallen_to(rows) < 0.7


def test_a_model_of_motion_without_pictures(tmp_path, capfd):
    pose_folder(tmp_path / "poses", ["A", "B", "C"])
    (tmp_path / "kinect").mkdir()
    skeleton_file(tmp_path / "kinect/a.npz", ("swipe_left", "neg_clap", "wave", "swipe_left"))
    (tmp_path / "holistic").mkdir()
    landmark_file(tmp_path / "holistic/cam.npz", ("wave", "wave"))
    config = tmp_path / "moved.toml"
    config.write_text(
        'name = "moved"\nstart = "random"\n'
        '[[data]]\nname = "poses"\nlicence = "MIT"\nsource = "poses"\nholdout = ["C"]\n'
        'names = { circle = "turn" }\nunlabelled = ["wave"]\n'
        '[[data]]\nname = "kinect"\nlicence = "MIT"\nsource = "skeletons"\nfiles = ["a.npz"]\n'
        'false_starts = { "*" = 6 }\n'
        '[[data]]\nname = "holistic"\nlicence = "MIT"\nsource = "landmarks"\nweight = 0.1\n'
        + SMALL_NETWORK
        + "hand_size = 32\n[keypoints]\nsteps = 0\n[features]\nversions = 2\n"
        "[recognition]\nsteps = 300\nstreams = 8\nchunk = 32\nrate = 1e-2\n"
        "[thresholds]\nfolds = 2\nhours = 0.05\nleast_recall = 1.0\n"
    )
    run = tmp_path / "run"
    code, _, err = train(capfd, config, "--run", run)
    assert code == 0, err
    seen = record(run, "features")["result"]
    assert (seen["poses"], seen["kinect"]) == ({"training": 4, "held_out": 1}, {"training": 8, "held_out": 0})
    assert seen["holistic"] == {"training": 4, "held_out": 0}
    people = record(run, "folds")["result"]["people"]
    assert not any("cam" in who for fold in people for who in fold)  # nothing is set on the midst of gestures
    card = load_model(run / "model/moved.json").card
    assert card.gestures == ["swipe_left", "swipe_right", "turn", "wave"]
    assert {source["used_for"] for source in card.data} == {"gestures"}
    measured = card.figures["poses_not_trained_on"]
    assert measured["subjects"] == ["C"]
    assert measured["all"]["true"] == 2
    assert (measured["command"], measured["minutes"]) == (
        "gesturelrcn train CONFIG",
        pytest.approx(10 / 60, abs=0.01),
    )
    assert fallen_to(read_rows(run / "recognition.csv")) < 0.8
    # The clap has a budget, so there are three operating points; what is not always found is off.
    assert card.sensitivities == ("careful", "normal", "eager")
    validation = json.loads((run / "validation.json").read_text())
    assert list(validation["footage"]) == ["kinect, 6 an hour"]
    assert validation["footage"]["kinect, 6 an hour"]["hours"] > 0
    on = {name: found["recall"] for name, found in validation["per_gesture"].items()}
    assert sorted([*on, *card.off]) == card.gestures
    assert card.off
    assert all("were found of people whom it did not know" in why for why in card.off.values())


def hands_config(folder):
    """Config and data of a training with a second CNN, speeds and two readers, on tiny sets."""
    hand_shard(folder / "fingers", 24)
    performance_shard(folder / "acted", ["raise_hand", "none", "raise_hand", "none"])
    config = folder / "handy.toml"
    config.write_text(
        'name = "handy"\nstart = "random"\n'
        '[[data]]\nname = "fingers"\nlicence = "CC0-1.0"\nsource = "drawn"\nweight = 0\n'
        '[[data]]\nname = "acted"\nlicence = "CC0-1.0"\nsource = "acted"\n'
        + SMALL_NETWORK
        + "hand_size = 32\nhand_features = 16\nmotion = true\nreaders = 2\n[keypoints]\nsteps = 0\n"
        "[hands]\nsteps = 4\nbatch = 4\n[recognition]\nsteps = 10\nstreams = 4\nchunk = 24\n"
    )
    return config


def test_a_model_that_looks_at_hands_reads_speeds_and_has_two_readers(tmp_path, capfd):
    run = tmp_path / "run"
    assert train(capfd, hands_config(tmp_path), "--run", run)[0] == 0
    assert record(run, "hands")["result"] == {"steps": 4}
    assert record(run, "features")["result"]["acted"] == {"training": 8}
    assert [row["step"] for row in read_rows(run / "hands.csv")] == [1, 2, 3, 4]
    assert [len(read_rows(run / f"recognition{reader}.csv")) for reader in ("", "-2")] == [10, 10]
    card = load_model(run / "model/handy.json").card
    assert (card.hand_size, card.rows, card.network["motion"], card.network["readers"]) == (32, 5, True, 2)
    assert {source["name"]: source["used_for"] for source in card.data} == {
        "fingers": "hands",
        "acted": "gestures",
    }
    assert card.gestures == ["raise_hand"]
    assert load_model(run / "model/handy.json", "torch").initial_state().shape == (5, 1, card.hidden)
    weights, taught = (load_file(run / f"{stage}.safetensors") for stage in ("recognition", "hands"))
    assert all(np.array_equal(weights[name], tensor) for name, tensor in taught.items())
    assert {name.split(".")[0] for name in taught} == {"hand_backbone", "hand_head"}


def test_hands_without_a_picture_of_one(tmp_path, capfd):
    config = tracks_config(tmp_path)
    config.write_text(config.read_text() + "hand_size = 32\n[hands]\nsteps = 4\n")
    assert "no pictures of hands" in sentence(train(capfd, config, "--run", tmp_path / "run"))


def test_only_what_depends_on_a_changed_setting_is_done_again(tmp_path, capfd):
    config = tracks_config(tmp_path)
    run = tmp_path / "run"
    train(capfd, config, "--run", run)
    before = started(run)
    config.write_text(config.read_text().replace("rate = 5e-3", "rate = 6e-3"))
    train(capfd, config, "--run", run)
    changed = {stage for stage, when in started(run).items() if when != before[stage]}
    assert changed == {"recognition", "thresholds", "export", "evaluation", "everybody"}
    before = started(run)
    train(capfd, config, "--run", run, "--again", "export")
    changed = {stage for stage, when in started(run).items() if when != before[stage]}
    assert changed == {"export", "evaluation", "everybody"}


def test_without_a_data_set_it_leaves_no_trace(tmp_path, capfd):
    config = tracks_config(tmp_path, more='[[data]]\nname = "more"\nlicence = "none"\nsource = "elsewhere"\n')
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)
        assert train(capfd, config, "--without", "more")[0] == 0
    card = load_model(tmp_path / "runs/arms-without-more/model/arms.json").card
    assert [source["name"] for source in card.data] == ["arms"]


def test_figures_of_another_run_stand_beside(sample_run, tmp_path, capfd):
    config, run = sample_run
    twin = tmp_path / "twin"
    figures = json.loads((run / "figures.json").read_text())
    figures["mine_not_trained_on"]["without"] = ["other clips"]
    twin.mkdir()
    (twin / "figures.json").write_text(json.dumps(figures))
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    until = ("--run", copy, "--until", "evaluation", "--beside", twin)
    assert train(capfd, config, *until)[0] == 0
    told = load_model(copy / "model" / "mine.json").card.figures["mine_not_trained_on"]
    [beside] = told["beside"]
    assert beside["without"] == ["other clips"]
    assert beside["all"] == told["all"]
    assert "per_class" not in beside
    (twin / "figures.json").unlink()
    assert "no figures that could stand beside" in sentence(train(capfd, config, *until))


def test_it_stops_after_a_stage(tmp_path, capfd):
    train(capfd, tracks_config(tmp_path), "--run", tmp_path / "run", "--until", "features")
    names = [stage.name for stage in STAGES]
    assert set(started(tmp_path / "run")) == set(names[: names.index("features") + 1])


def test_the_data_folder_may_be_told(tmp_path, capfd, monkeypatch):
    config = tracks_config(tmp_path / "data")
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(config.read_text())
    until = ("--run", tmp_path / "run", "--until", "keypoints")
    assert "arms" in sentence(train(capfd, elsewhere, *until))
    assert train(capfd, elsewhere, *until, "--data", tmp_path / "data")[0] == 0
    monkeypatch.setenv("GESTURELRCN_DATA", str(tmp_path / "data"))
    assert train(capfd, elsewhere, *until)[0] == 0


def test_a_loss_that_is_no_number(tmp_path, capfd):
    config = tracks_config(tmp_path, recognition="steps = 20\nstreams = 2\nchunk = 16\nrate = 1e30\n")
    said = sentence(train(capfd, config, "--run", tmp_path / "run"))
    assert "stopped" in said
    assert "rate" in said
    good = load_file(tmp_path / "run" / "recognition-last-good.safetensors")
    assert all(np.isfinite(tensor.numpy()).all() for tensor in good.values())
    assert not (tmp_path / "run/stages/recognition.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--without", "nobody"), "There is no data set 'nobody'"),
        (("--without", "arms"), "No data set is left"),
        (("--again", "dreaming"), "There is no stage 'dreaming'"),
        (("--until", "dreaming"), "There is no stage 'dreaming'"),
    ],
)
def test_words_that_mean_nothing(tmp_path, capfd, arguments, said):
    assert said in sentence(train(capfd, tracks_config(tmp_path), "--run", tmp_path / "run", *arguments))


def test_a_start_that_does_not_fit(tmp_path, capfd):
    config = tracks_config(tmp_path)
    config.write_text(config.read_text().replace('"random"', '"gone"'))
    assert "start = 'gone'" in sentence(train(capfd, config, "--run", tmp_path / "run"))


def test_clips_without_anybody(tmp_path, capfd):
    for name in ("none", "wave"):
        grey_clip(tmp_path / "grey" / name / "1.mp4")
    config = tmp_path / "grey.toml"
    config.write_text(
        'name = "grey"\nstart = "random"\n[[data]]\nname = "grey"\nlicence = "CC0-1.0"\nsource = "drawn"\n'
        "[keypoints]\nsteps = 0\n" + SMALL_NETWORK
    )
    told = train(capfd, config, "--run", tmp_path / "run")
    assert "Nobody was found in any clip" in sentence(told, warnings=3)  # of both clips, and one of the class
    assert record(tmp_path / "run", "features")["result"]["nobody_found"] == [
        "grey: none/1.mp4",
        "grey: wave/1.mp4",
    ]


ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "mediapipe":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""


@pytest.fixture
def without_mediapipe(tmp_path, monkeypatch):
    """As where the extra is not installed, in the processes that are started."""
    (tmp_path / "sitecustomize.py").write_text(ABSENT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)


def test_a_missing_teacher_is_named_by_the_stage_that_asks_it(tmp_path, capfd, without_mediapipe):
    for clip in ("none/1.mp4", "wave/1.mp4"):
        grey_clip(tmp_path / "grey" / clip)
    config = tmp_path / "grey.toml"
    config.write_text(
        'name = "grey"\nstart = "random"\n[[data]]\nname = "grey"\nlicence = "CC0-1.0"\nsource = "drawn"\n'
        "[people]\nsteps = 2\n"
    )
    told = train(capfd, config, "--run", tmp_path / "run", workers=2)
    assert sentence(told).endswith("pip install 'gesturelrcn[mediapipe]', with Python 3.10 to 3.12.")
    assert sorted(started(tmp_path / "run")) == ["synthesis"], "what needs no teacher is done"


@pytest.mark.parametrize("learn", ["[people]\nsteps = 2\n", "[keypoints]\nsteps = 2\n" + SMALL_NETWORK])
def test_a_missing_teacher_is_told_before_anything_is_made(tmp_path, capfd, monkeypatch, learn):
    monkeypatch.setitem(sys.modules, "mediapipe", None)  # as where it is not installed
    for clip in ("none/1.mp4", "wave/1.mp4"):
        grey_clip(tmp_path / "grey" / clip)
    config = tmp_path / "grey.toml"
    config.write_text(
        'name = "grey"\nstart = "random"\n[[data]]\nname = "grey"\nlicence = "CC0-1.0"\nsource = "drawn"\n'
        + learn
    )
    told = train(capfd, config, "--run", tmp_path / "run")
    assert sentence(told).startswith("gesturelrcn: grey: MediaPipe has to say where people are")
    assert sentence(told).endswith("pip install 'gesturelrcn[mediapipe]', with Python 3.10 to 3.12.")
    assert not (tmp_path / "run" / "stages").exists(), "no stage began"


def test_joints_are_learnt_before_other_rooms(tmp_path, capfd):
    cut_sample(tmp_path / "mine")
    (tmp_path / "rooms").mkdir()
    cv2.imwrite(str(tmp_path / "rooms" / "1.png"), np.full((60, 80, 3), 130, np.uint8))
    config = tmp_path / "rooms.toml"
    config.write_text(
        'name = "rooms"\nstart = "random"\n'
        '[[data]]\nname = "mine"\nlicence = "Apache-2.0"\nsource = "the sample"\n'
        '[[data]]\nname = "rooms"\nlicence = "CC0-1.0"\nsource = "drawn"\n'
        'kind = "backgrounds"\njoints = 0.5\n'
        "[keypoints]\nsteps = 3\nbatch = 4\n[features]\nversions = 0\n"
        "[recognition]\nsteps = 3\nstreams = 4\nchunk = 24\n" + SMALL_NETWORK
    )
    run = tmp_path / "run"
    assert train(capfd, config, "--run", run)[0] == 0
    segment_file = list((tmp_path / "cache").rglob("silhouettes/*.npz"))
    assert len(segment_file) == len(list((tmp_path / "mine").rglob("*.mp4")))
    sources = {
        source["name"]: source["used_for"] for source in load_model(run / "model/rooms.json").card.data
    }
    assert sources["rooms"] == "backgrounds"
    assert any("segmentation" in name for name in sources)

    (tmp_path / "rooms" / "1.png").unlink()
    assert "no picture (.jpg or .png) to put behind people" in sentence(train(capfd, config, "--run", run))


def test_a_run_folder_in_use_and_one_that_cannot_be(tmp_path, capfd):
    import fcntl

    config = tracks_config(tmp_path)
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "lock").open("w") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        assert "another training" in sentence(train(capfd, config, "--run", tmp_path / "run"))
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in sentence(train(capfd, config, "--run", tmp_path / "file" / "run"))


def command(config, run, *more):
    return [
        sys.executable,
        "-m",
        "gesturelrcn",
        "train",
        str(config),
        "--run",
        str(run),
        "--device",
        "cpu",
        *more,
    ]


def test_a_killed_run_goes_on_within_its_stage(tmp_path):
    slow = "steps = 4000\nstreams = 2\nchunk = 16\nrate = 1e-3\n"
    config, run = tracks_config(tmp_path, recognition=slow), tmp_path / "run"
    begun = subprocess.Popen(command(config, run, "--minutes", "0"), env=ONE_CORE, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(list(csv.reader(_lines(run / "recognition.csv")))) >= 3, 240, every=0.05)
    finally:
        begun.send_signal(signal.SIGKILL)
        begun.wait()
    stood = newest(run / "checkpoints" / "recognition")
    at = int(stood.name.removeprefix("step-"))
    before = [row for row in read_rows(run / "recognition.csv") if row["step"] <= at]
    config.touch()
    # The rest is not waited for: what counts is that it goes on from there, with the rows that it had.
    again = subprocess.Popen(command(config, run, "--minutes", "0"), env=ONE_CORE, stderr=subprocess.DEVNULL)
    try:
        # Its log may have more rows than its checkpoint has steps, until it goes on.
        while "goes on from" not in (run / "log.txt").read_text() or len(
            read_rows(run / "recognition.csv")
        ) <= len(before):
            assert again.poll() is None
            time.sleep(0.05)
    finally:
        again.send_signal(signal.SIGKILL)
        again.wait()
    assert f"goes on from step {at}" in (run / "log.txt").read_text()
    rows = read_rows(run / "recognition.csv")
    assert rows[: len(before)] == before
    assert [row["step"] for row in rows] == [80.0 * (number + 1) for number in range(len(rows))]


def _lines(path: Path):
    return path.read_text().splitlines() if path.exists() else []


def test_two_processes_through_torchrun(tmp_path):
    config, run = tracks_config(tmp_path), tmp_path / "run"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launch, "-m", "--", *command(config, run)[2:]],
        env=ONE_CORE,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    assert load_model(run / "model" / "arms.json").card.gestures == ["point_left", "point_right"]
    rows = read_rows(run / "recognition.csv")
    assert [row["step"] for row in rows] == list(range(2, 101, 2))
    assert fallen_to(rows) < 0.7
    assert done.stdout.count("Model: ") == 1
