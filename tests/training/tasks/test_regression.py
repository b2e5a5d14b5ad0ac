"""Numbers beside classes: learnt from tables, alike in both engines, absent where nobody asked for them."""

import json
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, load_model
from gesturelrcn.model.card import ModelCard, read_card
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipSet
from gesturelrcn.training.data.feature_sets import with_numbers
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.export.export import write_model
from gesturelrcn.training.tasks.recognition import number_loss, train_recognition
from tests.training.tiny_data import ARMS, moving

CLASSES = ("none", "point_left", "point_right")


class Folder:
    """A data set, as far as the tables beside its clips are concerned."""

    name = "arms"

    def __init__(self, folder):
        self.folder = folder


def network(regression=("away",)):
    torch.manual_seed(0)
    config = NetworkConfig(classes=CLASSES, size=32, hidden=24, joint_features=16, dropout=0.1, motion=True)
    return LRCN(replace(config, regression=regression))


def clips_with_tables(folder, column="away"):
    """Moving arms, and beside each a table of how far the arm is away, in degrees, as it were."""
    (folder / "A").mkdir()
    clips = [moving(gesture, "A", direction) for gesture, direction in ARMS]
    for clip in clips:
        away = 200 * np.abs(clip.keypoints[:, 0, 0] - 0.5) + 30
        rows = "".join(f"{t:.3f},{a:.2f}\n" for t, a in zip(clip.times, away, strict=True))
        (folder / f"{clip.clip.name}.csv").write_text(f"t,{column}\n{rows}")
    return [replace(clip, clip=replace(clip.clip, name=f"{clip.clip.name}.mp4")) for clip in clips]


def numbers_of(model, clip):
    dt = torch.full((1, len(clip.times)), 0.05)
    with torch.inference_mode():
        keypoints = torch.from_numpy(clip.keypoints)[None]
        return model.eval().temporal_pass(keypoints, None, dt, model.initial_state()).numbers[0, :, 0].numpy()


def test_numbers_and_classes_are_learnt_together(tmp_path):
    model = network()
    (arms,) = with_numbers(("away",), [ClipSet("arms", clips_with_tables(tmp_path))], [Folder(tmp_path)])
    truth = np.concatenate([clip.numbers[:, 0] for clip in arms.clips])
    settings = RecognitionSettings(steps=120, streams=8, chunk=32, rate=5e-3)
    train_recognition(model, [arms], settings, tmp_path / "log.csv")
    predicted = np.concatenate([numbers_of(model, clip) for clip in arms.clips])
    guess = np.abs(np.median(truth) - truth).mean()
    assert np.abs(predicted - truth).mean() < 0.5 * guess
    assert model.number_middle.item() == pytest.approx(truth.mean(), rel=1e-4)
    assert model.number_spread.item() == pytest.approx(truth.std(), rel=1e-4)
    keypoints = torch.from_numpy(arms.clips[1].keypoints)[None]
    logits, _, _ = model.temporal_pass(keypoints, None, torch.full((1, 60), 0.05), model.initial_state())
    assert CLASSES[int(logits[0, 40].argmax())] == "point_left"


def test_a_number_in_no_table_is_named(tmp_path):
    clips = clips_with_tables(tmp_path, column="distance")
    with pytest.raises(TrainingError, match=r"'away' .* is told of no clip"):
        with_numbers(("away",), [ClipSet("arms", clips)], [Folder(tmp_path)])


def test_what_nobody_tells_counts_for_nothing():
    predicted = torch.tensor([[[1.0, 5.0], [2.0, 7.0]]], requires_grad=True)
    true = torch.tensor([[[1.5, float("nan")], [float("nan"), float("nan")]]])
    loss = number_loss(predicted, true, torch.tensor([0.5, 1.0]))
    assert loss.item() == pytest.approx(0.5)  # Huber of one spread
    loss.backward()
    assert torch.equal(predicted.grad != 0, torch.tensor([[[True, False], [False, False]]]))


def card_of(model, folder):
    config = model.config
    card = ModelCard(
        name="tiny",
        description="",
        classes=CLASSES,
        size=config.size,
        hidden=config.state_shape[1],
        keypoints=KEYPOINTS,
        min_fps=8,
        max_fps=40,
        thresholds={name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in CLASSES if name != "none"},
        network={
            **{"hidden": 24, "joint_features": 16, "motion": True},
            **({"regression": list(config.regression)} if config.regression else {}),
        },
        rows=config.state_shape[0],
    )
    write_model(model, card, folder)
    return folder / "tiny.json"


def test_both_engines_tell_the_same_numbers(tmp_path):
    model = network(("away", "height")).eval()
    model.number_middle.copy_(torch.tensor([50.0, 1.0]))
    model.number_spread.copy_(torch.tensor([20.0, 0.1]))
    path = card_of(model, tmp_path)
    assert read_card(path).regression == ("away", "height")
    engines = [load_model(path, name) for name in ("onnxruntime", "torch")]
    states = [engine.initial_state() for engine in engines]
    rng = np.random.default_rng(0)
    for _ in range(5):
        picture = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        results = [e.step(picture, s, 0.05) for e, s in zip(engines, states, strict=True)]
        states = [result.state for result in results]
        assert results[0].numbers.shape == (2,)
        assert results[0].numbers == pytest.approx(results[1].numbers, rel=1e-4)
        assert abs(results[0].numbers[0] - 50) < 60


def test_models_without_numbers_have_nothing_new(tmp_path):
    model = network(())
    path = card_of(model, tmp_path)
    assert not [name for name in model.state_dict() if "number" in name or "regress" in name]
    assert "regression" not in json.loads(path.read_text())["network"]
    session = onnxruntime.InferenceSession(str(path.with_suffix(".onnx")), providers=["CPUExecutionProvider"])
    assert [output.name for output in session.get_outputs()] == ["scores", "keypoints", "new_state"]
    assert (
        load_model(path).step(np.zeros((32, 32, 3), np.uint8), np.zeros((3, 1, 40), np.float32), 0.05).numbers
        is None
    )
