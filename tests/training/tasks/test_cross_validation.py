"""Thresholds by cross-validation: nobody is judged by temporal heads that know them."""

import json

import pytest

from gesturelrcn.cli.app import app
from gesturelrcn.model import load_model
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.feature_sets import FeatureSet, clip_sets
from gesturelrcn.training.data.track_files import write_tracks
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.cross_validation import FoldTrainer, folds_of, held_out_by_fold, train_folds
from tests.training.tiny_data import arms, performance_shard, tracks_config

CLASSES = ("none", "point_left", "point_right")
QUICK = RecognitionSettings(steps=2, streams=2, chunk=16)
NETWORK = NetworkConfig(classes=CLASSES, size=32, hidden=8, joint_features=8)


def feature_set(folder, name, people, *, judged):
    path = folder / f"{name}.npz"
    write_tracks(path, [clip for who in people for clip in arms(who)])
    return FeatureSet(name, (path,), 1.0, CLASSES, judged)


@pytest.fixture
def sets(tmp_path):
    return [
        feature_set(tmp_path, "filmed", "ABC", judged=True),
        feature_set(tmp_path, "made", ("A", "p1", "p2", "p3", "p4"), judged=False),
    ]


def test_everybody_is_in_one_fold_and_folds_are_as_many_as_people_were_filmed(sets, tmp_path):
    folds = folds_of(sets, 10, tmp_path)
    assert len(folds) == 3
    dealt = [person for fold in folds for person in fold.people]
    assert sorted(dealt) == sorted(set(dealt))
    assert {who for name, who in dealt if name == "filmed"} == {"A", "B", "C"}
    assert {who for name, who in dealt if name == "made"} == {"A", "p1", "p2", "p3", "p4"}
    assert all(any(name == "filmed" for name, _ in fold.people) for fold in folds)


def test_temporal_heads_of_a_fold_learn_from_the_others_only(sets, tmp_path):
    trainer = FoldTrainer(NETWORK, QUICK, sets)
    folds = folds_of(sets, 2, tmp_path)
    for fold in folds:
        learnt = clip_sets(sets, without=fold.people)
        people = {(clip_set.name, clip.clip.subject) for clip_set in learnt for clip in clip_set.clips}
        assert people
        assert not people & set(fold.people)
    train_folds(trainer, folds, 1, lambda done, of: None)
    for fold, (_, clips) in zip(folds, held_out_by_fold(trainer, folds), strict=True):
        assert {(of.name, clip.clip.subject) for of, clip in clips} == set(fold.people)


def test_folds_that_are_there_are_not_trained_again(sets, tmp_path):
    trainer = FoldTrainer(NETWORK, QUICK, sets)
    folds = folds_of(sets, 3, tmp_path)
    train_folds(trainer, folds[:2], 1, lambda done, of: None)
    before = [fold.weights.stat().st_mtime_ns for fold in folds[:2]]
    progress = []
    train_folds(trainer, folds, 2, lambda done, of: progress.append((done, of)))
    assert [fold.weights.stat().st_mtime_ns for fold in folds[:2]] == before
    assert folds[2].weights.exists()
    assert progress == [(3, 3)]


def test_one_person_is_too_few(tmp_path):
    with pytest.raises(TrainingError, match="two people at least"):
        folds_of([feature_set(tmp_path, "alone", "A", judged=True)], 2, tmp_path)


def test_where_nobody_was_filmed_people_who_were_made_are_dealt_out(tmp_path):
    folds = folds_of([feature_set(tmp_path, "made", ("p1", "p2", "p3"), judged=False)], 2, tmp_path)
    assert [[who for _, who in fold.people] for fold in folds] == [["p1", "p3"], ["p2"]]


def test_a_training_on_made_people_alone(tmp_path, capfd):
    made = '[[data]]\nname = "made"\nlicence = "CC0-1.0"\nsource = "drawn"\n'
    config = tracks_config(tmp_path, f'everybody = true\nclasses = ["raise_hand"]\n{made}')
    config.write_text(config.read_text() + "[thresholds]\nfolds = 2\nhours = 0.05\nmade_hours = 0.05\n")
    performance_shard(tmp_path / "made", ["raise_hand", "raise_hand", "none", "none"])
    run, out = tmp_path / "run", tmp_path / "out"
    options = ["--run", str(run), "--out", str(out), "--workers", "1", "--device", "cpu", "--without", "arms"]
    with pytest.raises(SystemExit) as ended:
        app(["train", str(config), *options])
    assert ended.value.code == 0, capfd.readouterr().err
    card = load_model(out / "arms.json").card
    [basis] = [limit for limit in card.limits if limit.startswith("Thresholds")]
    assert (
        "of synthetic people whom the readers of 2 folds had not learnt from (without a gesture: 0.1 hours"
        in basis
    )
    assert "real" not in basis
    figures = json.loads((run / "validation.json").read_text())["per_gesture"]["raise_hand"]
    assert figures["true"] > 0
    assert figures["recall"] > 0.5
    # Nobody was held out, so there is nobody left to learn from.
    assert not (run / "everybody").exists()
    assert "note" not in card.figures


def test_thresholds_of_a_training_by_folds(tmp_path):
    config = tracks_config(tmp_path, recognition="steps = 100\nstreams = 8\nchunk = 32\nrate = 5e-3\n")
    config.write_text(config.read_text() + "[thresholds]\nfolds = 2\nhours = 0.05\n")
    run = tmp_path / "run"
    with pytest.raises(SystemExit) as ended:
        app(["train", str(config), "--run", str(run), "--workers", "1", "--device", "cpu"])
    assert ended.value.code == 0
    [folder] = (run / "folds").iterdir()
    assert {path.name for path in folder.glob("*.safetensors")} == {
        "fold-1.safetensors",
        "fold-2.safetensors",
    }
    basis = json.loads((run / "stages" / "thresholds.json").read_text())["result"]["basis"]
    assert "people whom the readers of 2 folds had not learnt from" in basis
    figures = json.loads((run / "validation.json").read_text())
    assert figures["per_gesture"]["point_left"]["true"] > 0
    assert figures["per_gesture"]["point_left"]["recall"] > 0.5
