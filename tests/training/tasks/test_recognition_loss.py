"""What counts as an error in a frame, and what does not."""

import numpy as np
import torch

from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipSet
from gesturelrcn.training.tasks.recognition import RecognitionTask
from gesturelrcn.training.tasks.stream_batches import StreamBatches
from tests.training.tiny_data import arms, moving

CLASSES = ("none", "point_left", "point_right", "wave")
NONE, WAVE = 0, 3


def loss(target_class, logits, told=1.0, unlabelled=()):
    """The loss of a network that gives these logits for a frame with this target."""
    torch.manual_seed(0)
    model = LRCN(NetworkConfig(classes=CLASSES, size=32, hidden=8)).eval()
    (head,) = model.temporal_heads
    with torch.no_grad():
        head.classify.weight.zero_()
        head.classify.bias.copy_(torch.tensor(logits))
    settings = RecognitionSettings(keypoint_noise=0.0)
    task = RecognitionTask(model, 1, settings)
    target = torch.zeros(1, 2, len(CLASSES))
    target[..., target_class] = 1.0
    value = task(
        torch.full((1, 2, 13, 3), 0.5),
        torch.zeros(1, 2, 0),
        torch.full((1, 2), 0.05),
        target,
        torch.tensor([True]),
        torch.tensor([[1.0, told]]),
        torch.tensor([[name in unlabelled for name in CLASSES]]),
    )
    return value.item()


def test_a_gesture_that_nobody_labelled_is_no_error_in_none():
    sure_of_wave = [0.0, 0.0, 0.0, 5.0]
    assert loss(NONE, sure_of_wave) > 4.0
    assert loss(NONE, sure_of_wave, unlabelled=("wave",)) < 0.1
    assert loss(NONE, [0.0, 5.0, 0.0, 0.0], unlabelled=("wave",)) > 3.0
    assert loss(WAVE, [5.0, 0.0, 0.0, 0.0], unlabelled=("wave",)) > 4.0  # labelled ones count as ever


def test_frames_of_which_nothing_is_told_count_for_nothing():
    wrong = [0.0, 0.0, 0.0, 5.0]
    assert loss(NONE, wrong, told=0.0) == loss(NONE, wrong)  # the other frame is as wrong
    model = LRCN(NetworkConfig(classes=CLASSES, size=32, hidden=8)).eval()
    task = RecognitionTask(model, 1, RecognitionSettings())
    nothing = task(
        torch.full((1, 2, 13, 3), 0.5),
        torch.zeros(1, 2, 0),
        torch.full((1, 2), 0.05),
        torch.eye(4)[None, :2],
        torch.tensor([True]),
        torch.zeros(1, 2),
        torch.zeros(1, 4, dtype=torch.bool),
    )
    assert nothing.item() == 0.0


def test_a_batch_says_of_which_set_each_stream_is():
    sets = [
        ClipSet("arms", arms(), 1.0),
        ClipSet("waves", [moving("wave", "W", 1), moving("none", "W", 0)], 1.0, unlabelled=("point_left",)),
    ]
    batches = StreamBatches(sets, CLASSES, 6, 24, (0, 0))
    seen = set()
    for _ in range(30):
        *_, target, _, told, unlabelled = batches.next()
        assert told.shape == target.shape[:2]
        assert (told == 1).all()
        for stream in range(6):
            waves = bool(unlabelled[stream, CLASSES.index("point_left")])
            points = float(target[stream, :, 1:3].sum())
            assert not (waves and points)
            seen.add(waves)
    assert seen == {True, False}
    assert np.array_equal(unlabelled.sum(1).numpy() > 1, np.zeros(6, bool))
