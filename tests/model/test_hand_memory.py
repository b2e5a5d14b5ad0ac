"""What the temporal heads read of a hand can be told again, from what the model remembers."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from gesturelrcn import Recognizer, StreamingModel
from gesturelrcn.capture import open_source
from gesturelrcn.keypoints import HAND_VALUES
from gesturelrcn.model import assets, load_model
from gesturelrcn.model.hand_memory import remembered_hand
from gesturelrcn.region import Region


@pytest.fixture(scope="module")
def network():
    return load_model("default", "torch").network


def test_it_is_what_the_network_says_of_the_picture(network):
    model = StreamingModel()
    assert model.hand is None
    recognizer = Recognizer()
    sides = set()
    with open_source(assets() / "sample.mp4") as sample:
        for frame in itertools.islice(sample, 55, 75):
            region = recognizer.process(frame).region
            shown = model.cut(frame.image, region)
            output = model.advance(shown)
            hand = model.hand
            assert hand is not None
            if shown.hand is None:
                assert hand[-1] == 0
                continue
            sides.add(shown.side)
            with torch.inference_mode():
                said = network.hand_features(
                    torch.from_numpy(shown.hand)[None], torch.tensor([float(shown.side)])
                )
                read = network.hand_coordinates(said)[0].numpy()
                again = network.hand_coordinates(torch.from_numpy(hand)[None])[0].numpy()
                joints = network.body_features(torch.from_numpy(shown.body)[None])[0].numpy()
            np.testing.assert_allclose(again, read, atol=2e-5)
            np.testing.assert_allclose(hand[-2:], said[0, -2:].numpy(), atol=1e-5)
            np.testing.assert_allclose(model.card.in_body(output.keypoints), joints, atol=1e-5)
    recognizer.close()
    assert sides == {-1, 1}


def test_a_reset_forgets_it():
    model = StreamingModel()
    model.step(np.zeros((240, 320, 3), np.uint8), Region(160.0, 120.0, 200.0, 1.0, 0.0))
    assert model.hand is not None
    model.reset()
    assert model.hand is None


def test_models_that_do_not_remember_it_tell_nothing():
    card = load_model("default").card
    memory = np.ones((card.rows, 1, card.hidden), np.float32)
    hand = remembered_hand(memory, card)
    assert hand is not None
    assert hand.shape == (HAND_VALUES,)
    assert remembered_hand(memory, replace(card, hand_size=0)) is None
    assert remembered_hand(memory[:4], replace(card, rows=4)) is None, "without motion"
    assert remembered_hand(memory[..., :64], replace(card, hidden=64)) is None
