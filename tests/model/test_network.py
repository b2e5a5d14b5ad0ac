import numpy as np
import pytest
import torch

from gesturelrcn.model import KEYPOINTS, load_model
from gesturelrcn.model.keypoints import MIRRORED
from gesturelrcn.model.network import LRCN

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def whole_clip(network, crops, dts):
    with torch.inference_mode():
        scores, keypoints, state = network(
            torch.from_numpy(crops)[None], network.initial_state(), torch.from_numpy(dts)[None]
        )
    return scores[0].numpy(), keypoints[0].numpy(), state.numpy()


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_frame_by_frame_gives_the_scores_of_the_whole_clip(engine, model_folder, crops, dts, whole_clip):
    engine = load_model(model_folder / "tiny.json", engine)
    state = engine.initial_state()
    for i, (crop, dt) in enumerate(zip(crops, dts, strict=True)):
        result = engine.step(crop, state, float(dt))
        state = result.state
        assert np.abs(result.scores - whole_clip[0][i]).max() < TOLERANCE
        assert np.abs(result.keypoints - whole_clip[1][i]).max() < TOLERANCE
    assert np.abs(state - whole_clip[2]).max() < TOLERANCE


@pytest.mark.parametrize("cuts", [(1, 5), (4, 8), (11,)])
def test_any_chunking_gives_the_scores_of_the_whole_clip(cuts, network, crops, dts, whole_clip):
    state, parts = network.initial_state(), []
    with torch.inference_mode():
        for piece, pace in zip(np.split(crops, cuts), np.split(dts, cuts), strict=True):
            scores, _, state = network(torch.from_numpy(piece)[None], state, torch.from_numpy(pace)[None])
            parts.append(scores[0].numpy())
    assert np.abs(np.concatenate(parts) - whole_clip[0]).max() < TOLERANCE


def test_scores_are_shares_and_memory_matters(network, crops, dts, whole_clip):
    assert whole_clip[0].sum(1) == pytest.approx(np.ones(len(crops)), abs=1e-5)
    with torch.inference_mode():
        alone, _, _ = network(
            torch.from_numpy(crops[-1:])[None], network.initial_state(), torch.from_numpy(dts[-1:])[None]
        )
    assert np.abs(alone[0, 0].numpy() - whole_clip[0][-1]).max() > 10 * TOLERANCE


def test_the_time_between_frames_matters(network, crops, dts, whole_clip):
    with torch.inference_mode():
        slower, _, _ = network(
            torch.from_numpy(crops)[None], network.initial_state(), torch.from_numpy(dts * 3)[None]
        )
    assert np.abs(slower[0].numpy() - whole_clip[0]).max() > 10 * TOLERANCE


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
