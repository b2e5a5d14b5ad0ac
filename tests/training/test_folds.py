"""Thresholds by cross-validation: nobody is judged by readers that know them."""

import json

import pytest

from gesturelrcn.cli.app import app
from gesturelrcn.model.network import NetworkConfig
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.folds import FoldTrainer, folds_of, strangers, train_folds
from gesturelrcn.training.joint_tracks import write_tracks
from gesturelrcn.training.recognition import RecognitionSettings
from gesturelrcn.training.seen_sets import SeenSet, clip_sets
from tests.training.tiny_data import arms, tracks_config

CLASSES = ("none", "point_left", "point_right")
QUICK = RecognitionSettings(steps=2, streams=2, chunk=16)
NETWORK = NetworkConfig(classes=CLASSES, size=32, hidden=8, joint_features=8)


def seen_set(folder, name, people, *, real):
    path = folder / f"{name}.npz"
    write_tracks(path, [seen for who in people for seen in arms(who)])
    return SeenSet(name, (path,), 1.0, CLASSES, real)


@pytest.fixture
def sets(tmp_path):
    return [
        seen_set(tmp_path, "filmed", "ABC", real=True),
        seen_set(tmp_path, "made", ("A", "p1", "p2", "p3", "p4"), real=False),
    ]


def test_everybody_is_in_one_fold_and_folds_are_as_many_as_people_were_filmed(sets, tmp_path):
    folds = folds_of(sets, 10, tmp_path)
    assert len(folds) == 3
    dealt = [person for fold in folds for person in fold.people]
    assert sorted(dealt) == sorted(set(dealt))
    assert {who for name, who in dealt if name == "filmed"} == {"A", "B", "C"}
    assert {who for name, who in dealt if name == "made"} == {"A", "p1", "p2", "p3", "p4"}
    assert all(any(name == "filmed" for name, _ in fold.people) for fold in folds)


def test_readers_of_a_fold_learn_from_the_others_only(sets, tmp_path):
    trainer = FoldTrainer(NETWORK, QUICK, sets)
    folds = folds_of(sets, 2, tmp_path)
    for fold in folds:
        learnt = clip_sets(sets, without=fold.people)
        people = {(held.name, seen.clip.subject) for held in learnt for seen in held.clips}
        assert people
        assert not people & set(fold.people)
    train_folds(trainer, folds, 1, lambda done, of: None)
    for fold, (_, filmed, made) in zip(folds, strangers(trainer, folds), strict=True):
        judged = {("filmed", seen.clip.subject) for seen in filmed}
        judged |= {("made", seen.clip.subject) for seen in made}
        assert judged == set(fold.people)


def test_folds_that_are_there_are_not_trained_again(sets, tmp_path):
    trainer = FoldTrainer(NETWORK, QUICK, sets)
    folds = folds_of(sets, 3, tmp_path)
    train_folds(trainer, folds[:2], 1, lambda done, of: None)
    before = [fold.weights.stat().st_mtime_ns for fold in folds[:2]]
    told = []
    train_folds(trainer, folds, 2, lambda done, of: told.append((done, of)))
    assert [fold.weights.stat().st_mtime_ns for fold in folds[:2]] == before
    assert folds[2].weights.exists()
    assert told == [(3, 3)]


def test_one_person_is_too_few(tmp_path):
    with pytest.raises(TrainingError, match="two people at least"):
        folds_of([seen_set(tmp_path, "alone", "A", real=True)], 2, tmp_path)


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
