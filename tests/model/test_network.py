from itertools import pairwise

import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, load_model
from gesturelrcn.model.keypoints import MIRRORED
from gesturelrcn.model.network import LRCN

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def whole_clip(run, network, crops):
    scores, keypoints, state = run(0, len(crops), network.initial_state())
    return scores, keypoints, state.numpy()


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_frame_by_frame_gives_the_scores_of_the_whole_clip(
    engine, model_folder, crops, dts, hands, whole_clip
):
    engine = load_model(model_folder / "tiny.json", engine)
    state = engine.initial_state()
    for i, (crop, dt, (hand, side)) in enumerate(zip(crops, dts, hands, strict=True)):
        result = engine.step(crop, state, float(dt), hand, side)
        state = result.state
        assert np.abs(result.scores - whole_clip[0][i]).max() < TOLERANCE
        assert np.abs(result.keypoints - whole_clip[1][i]).max() < TOLERANCE
    assert np.abs(state - whole_clip[2]).max() < TOLERANCE


@pytest.mark.parametrize("cuts", [(1, 5), (4, 8), (11,)])
def test_any_chunking_gives_the_scores_of_the_whole_clip(cuts, run, network, crops, whole_clip):
    state, parts = network.initial_state(), []
    for begin, end in pairwise([0, *cuts, len(crops)]):
        scores, _, state = run(begin, end, state)
        parts.append(scores)
    assert np.abs(np.concatenate(parts) - whole_clip[0]).max() < TOLERANCE


def test_scores_are_shares_and_memory_matters(run, network, crops, whole_clip):
    assert whole_clip[0].sum(1) == pytest.approx(np.ones(len(crops)), abs=1e-5)
    alone, _, _ = run(len(crops) - 1, len(crops), network.initial_state())
    assert np.abs(alone[0] - whole_clip[0][-1]).max() > 10 * TOLERANCE


def test_the_time_between_frames_matters(run, network, crops, dts, whole_clip):
    slower, _, _ = run(0, len(crops), network.initial_state(), dts=dts * 3)
    assert np.abs(slower - whole_clip[0]).max() > 10 * TOLERANCE


def test_the_hand_matters_and_which_it_is(model_folder, crops, hands):
    engine = load_model(model_folder / "tiny.json")
    if not engine.card.hand_size:
        return  # "nothing may be skipped": there is no hand to matter in this network
    first = engine.step(crops[0], engine.initial_state(), 0.05, *hands[0])
    picture = hands[1][0]
    seen = [
        engine.step(crops[1], first.state, 0.05, hand, side).scores
        for hand, side in ((picture, 1), (picture, -1), (hands[2][0], 1), (None, 0))
    ]
    for i in range(len(seen)):
        for j in range(i):
            assert np.abs(seen[i] - seen[j]).max() > TOLERANCE


def test_engines_hold_no_state(model_folder, crops):
    engine = load_model(model_folder / "tiny.json")
    first = engine.step(crops[0], engine.initial_state(), 0.05)
    engine.step(crops[1], first.state, 0.05)
    again = engine.step(crops[0], engine.initial_state(), 0.05)
    assert (first.scores == again.scores).all()


def test_body_coordinates_do_not_depend_on_where_the_region_lies():
    keypoints = torch.rand(5, len(KEYPOINTS), 3)
    moved = keypoints.clone()
    moved[..., :2] += torch.tensor([0.1, -0.07])
    assert torch.allclose(LRCN.body_coordinates(keypoints), LRCN.body_coordinates(moved), atol=1e-5)


def test_mirrored_joints_swap_sides():
    assert [KEYPOINTS[i] for i in MIRRORED][:2] == ["right_wrist", "left_wrist"]
    assert [MIRRORED[i] for i in MIRRORED] == list(range(len(KEYPOINTS)))
    assert KEYPOINTS[MIRRORED[KEYPOINTS.index("nose")]] == "nose"
