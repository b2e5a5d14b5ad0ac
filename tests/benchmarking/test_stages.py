import numpy as np
import pytest
import torch

from gesturelrcn.benchmarking import stages
from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.pictures import Still, recorded
from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.training.export.export import write_model

CLASSES = ("none", "stop", "wave")
REGION = Region(320.0, 260.0, 430.0, 1.0, 0.0)


@pytest.fixture(scope="module", params=[0, 32], ids=["body", "body and hand"])
def card(request, tmp_path_factory):
    torch.manual_seed(2)
    network = LRCN(NetworkConfig(classes=CLASSES, size=64, hidden=16, hand_size=request.param)).eval()
    network.keypoint_head.heat.weight.data.mul_(100)
    limits = {name: Thresholds(0.2, 0.1, 0.1, 0.3) for name in CLASSES[1:]}
    sizes = {"network": {"hidden": 16}, "hand_size": request.param, "zoom": 1.2, "lift": 0.1}
    made = ModelCard("tiny", "Random.", CLASSES, 64, 16, KEYPOINTS, 8, 60, limits, **sizes)
    folder = tmp_path_factory.mktemp("model")
    write_model(network, made, folder)
    return folder / "tiny.json"


@pytest.fixture(scope="module")
def frames():
    return recorded("sample", 30)


def test_the_stages_are_those_of_the_recogniser(card, frames):
    """Or what is timed stage by stage would not be what runs."""
    engine = engine_with(str(card), "onnxruntime", 1)

    class Spy:
        card = engine.card
        initial_state = staticmethod(engine.initial_state)
        told = ()

        def step(self, *arguments):
            self.told = (*arguments, engine.step(*arguments))
            return self.told[-1]

    whole, by_stage = Spy(), Spy()
    recognizer = Recognizer(whole, follower=Still(REGION))
    path = stages.StagedPath(by_stage, REGION)
    before = None
    for frame in frames:
        recognizer.process(frame)
        dt = 0.05 if before is None else frame.captured_at - before
        before = frame.captured_at
        path.decode(path.step(path.crop(frame.image), dt), frame.captured_at)
        for one, other in zip(whole.told[:-1], by_stage.told[:-1], strict=True):
            np.testing.assert_array_equal(one, other)
    assert (whole.told[3] is not None) == bool(engine.card.hand_size)


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_no_score(card, frames, engine, threads):
    one, other = engine_with(str(card), engine, threads), engine_with(str(card), engine, 1)
    picture = frames[0].image[:64, :64]
    scores = [e.step(picture, e.initial_state(), 0.05).scores for e in (one, other)]
    np.testing.assert_allclose(*scores, atol=1e-5)


def test_parts_of_the_path_are_within_the_whole(card, frames):
    engine = engine_with(str(card), "onnxruntime", 1)
    taken = stages.path_by_stage(engine, frames, REGION, 25)
    for number in range(25):
        parts = sum(taken[name].wall[number] for name in ("crop", "step", "decode"))
        assert parts <= taken["frame_path_alone"].wall[number]
    assert {len(samples.wall) for samples in taken.values()} == {25}


def test_hand_over_and_dispatch_are_measured_for_every_frame_and_event(frames):
    handed = stages.hand_over([frame.image for frame in frames], 20)
    assert len(handed.wall) == 20
    assert min(handed.wall) > 0
    sent = stages.dispatch(["stop", "wave"], 10, bound=5)
    assert len(sent.wall) == 10
    assert min(sent.wall) > 0


def test_bindings_as_many_as_asked_for():
    assert [len(stages.bindings_for(["stop", "wave"], bound)) for bound in (1, 7, 100)] == [1, 7, 100]
