from itertools import pairwise

import numpy as np
import pytest
import torch

from gesturelrcn.keypoints import HAND_VALUES, MIRRORED
from gesturelrcn.model import KEYPOINTS, load_model
from gesturelrcn.model.network import LRCN
from gesturelrcn.model.network_config import NetworkConfig

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
    scores = [
        engine.step(crops[1], first.state, 0.05, hand, side).scores
        for hand, side in ((picture, 1), (picture, -1), (hands[2][0], 1), (None, 0))
    ]
    for i in range(len(scores)):
        for j in range(i):
            assert np.abs(scores[i] - scores[j]).max() > TOLERANCE


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


CLASSES = ("none", "stop", "wave")


def observed(count, side=1.0):
    """Joints and hands of one stream that somebody holds still, and frames at 20 a second."""
    torch.manual_seed(5)
    joints = torch.rand(1, 1, len(KEYPOINTS), 3).repeat(1, count, 1, 1)
    hands = torch.rand(1, 1, HAND_VALUES).repeat(1, count, 1)
    hands[..., -2:] = torch.tensor([0.9, side])
    return joints, hands, torch.full((1, count), 0.05)


@pytest.fixture(scope="module")
def moved():
    """Speeds (T, ...) of joints and of the hand, as the temporal heads get them."""
    model = LRCN(NetworkConfig(classes=CLASSES, size=64, hidden=16, hand_size=32, motion=True)).eval()

    def moved(joints, hands, dt, state=None):
        body, hand = model.body_coordinates(joints), model.hand_coordinates(hands)
        last = (model.initial_state() if state is None else state)[-1]
        bodies, hands, new = model._with_motion(body, hand, dt, last)
        assert (bodies[..., : body.shape[-1]] == body).all()
        return bodies[0, :, body.shape[-1] :], hands[0, :, hand.shape[-1] :], new

    return moved


def test_a_still_person_has_no_speed_and_nobody_else_has_in_the_first_frame(moved):
    joints, hands, dt = observed(4)
    body, hand, _ = moved(joints, hands, dt)
    assert not body.any()
    assert not hand.any()


def test_speed_is_the_way_in_a_tenth_of_a_second_whatever_the_frame_rate(moved):
    joints, hands, dt = observed(3)
    nose = KEYPOINTS.index("nose")
    joints[0, 1:, nose, 0] += 0.05
    hands[0, 2, 0] += 0.02  # the wrist: all other landmarks move against it
    body, hand, state = moved(joints, hands, dt)
    assert body[1, nose * 3] == pytest.approx(0.05 * 4 * 0.1 / 0.05, rel=1e-4)
    assert body.count_nonzero() == 1
    assert hand[2].any()
    assert not hand[:2].any()
    slower, _, _ = moved(joints, hands, 2 * dt)
    assert torch.allclose(2 * slower, body, atol=1e-6)
    # The state knows where everything was.
    assert not moved(joints[:, 2:], hands[:, 2:], dt[:, 2:], state)[0].any()


def test_a_joint_that_jumps_is_not_quicker_than_anything_can_be(moved):
    joints, hands, dt = observed(2)
    joints[0, 1] += 3.0 * torch.rand(len(KEYPOINTS), 3)
    body, _, _ = moved(joints, hands, dt)
    assert body.abs().max() == pytest.approx(1.5)


def test_from_one_hand_to_the_other_is_no_motion(moved):
    joints, hands, dt = observed(3)
    hands[0, 2] = torch.rand(HAND_VALUES)
    hands[0, 2, -2:] = torch.tensor([0.9, -1.0])
    _, other, _ = moved(joints, hands, dt)
    assert not other.any()
    hands[0, 2, -1] = 1.0
    _, same, _ = moved(joints, hands, dt)
    assert same[2].any()


def test_two_temporal_heads_give_the_mean_of_their_scores():
    torch.manual_seed(2)
    model = LRCN(NetworkConfig(classes=CLASSES, size=64, hidden=16, hand_size=32, motion=True, readers=2))
    model.eval()
    for head in model.temporal_heads:
        head.classify.weight.data.mul_(20)  # so that they are of different opinions
    joints, hands, dt = observed(5)
    with torch.inference_mode():
        logits, _, state = model.temporal_pass(joints, hands, dt, model.initial_state())
        alone = [model.temporal_pass(joints, hands, dt, model.initial_state(), which) for which in range(2)]
    shares = [one.logits.softmax(-1) for one in alone]
    assert (shares[0] - shares[1]).abs().max() > 0.1
    assert torch.allclose(logits.softmax(-1), (shares[0] + shares[1]) / 2, atol=1e-6)
    for which, (_, _, own) in enumerate(alone):
        mine = slice(2 * which, 2 * which + 2)
        assert torch.equal(own[mine], state[mine])
        assert not own[2 - 2 * which : 4 - 2 * which].any()  # the other has read nothing
