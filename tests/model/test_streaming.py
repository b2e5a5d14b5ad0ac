"""The smallest thing an embedder needs: frames in, scores out, and a state to keep."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
import torch

from gesturelrcn import StreamingModel
from gesturelrcn.errors import CaptureError, GestureLrcnError, ModelError
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model import StepResult, load_model, streaming
from gesturelrcn.model.card import ModelCard
from gesturelrcn.region import Region, crop

REGION = Region(x=150.0, y=110.0, side=180.0, confidence=1.0, located_at=0.0)


@pytest.fixture(scope="session")
def images():
    """Twelve frames of 320 x 240 in which coarse squares of many colours change."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 255, (12, 12, 16, 3), dtype=np.uint8)
    return coarse.repeat(20, axis=1).repeat(20, axis=2)


@pytest.fixture(scope="session", params=["onnxruntime", "torch"])
def engine(request, model_folder):
    return load_model(model_folder / "tiny.json", request.param)


@pytest.fixture
def model(engine):
    return StreamingModel(engine)


def play(model, images, dts):
    return [model.step(image, REGION, float(dt)) for image, dt in zip(images, dts, strict=True)]


def same(outputs, expected, atol=0.0):
    assert len(outputs) == len(expected)
    for one, other in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=atol, rtol=0)
        np.testing.assert_allclose(one.keypoints, other.keypoints, atol=atol, rtol=0)


def test_step_by_step_gives_the_scores_of_the_whole_clip(model, network, images, dts):
    """In halves, to see what each step looks at; all of that at once goes through the network."""
    shown, outputs = [], []
    for image, dt in zip(images, dts, strict=True):
        shown.append(model.cut(image, REGION))
        outputs.append(model.advance(shown[-1], float(dt)))
    model.reset()
    same(play(model, images, dts), outputs)

    inputs = [np.stack([pictures.body for pictures in shown]), dts]
    if size := network.config.hand_size:
        black = np.zeros((size, size, 3), np.uint8)
        inputs.append(np.stack([black if one.hand is None else one.hand for one in shown]))
        inputs.append(np.array([one.side for one in shown], np.float32))
        assert {one.side for one in shown[1:]} <= {-1, 1}
    body, times, *hands = (torch.from_numpy(array)[None] for array in inputs)
    with torch.inference_mode():
        whole = network(body, network.initial_state(), times, *hands)
    np.testing.assert_allclose([output.scores for output in outputs], whole.scores[0].numpy(), atol=1e-4)


@pytest.mark.parametrize("at", [0, 1, 6])
def test_restored_it_goes_on_bit_for_bit(model, images, dts, at, tmp_path):
    play(model, images[:at], dts[:at])
    np.savez(tmp_path / "state.npz", **model.state)
    expected = play(model, images[at:], dts[at:])
    with np.load(tmp_path / "state.npz") as saved:
        model.state = saved
    same(play(model, images[at:], dts[at:]), expected)


def test_a_saved_state_is_not_touched_by_what_comes_after(model, images, dts):
    play(model, images[:4], dts[:4])
    saved = model.state
    before = {name: array.copy() for name, array in saved.items()}
    expected = play(model, images[4:], dts[4:])
    for name in before:
        np.testing.assert_array_equal(saved[name], before[name])
    model.state = saved
    saved["memory"][:] = 0  # whoever keeps it may do with it what they like
    same(play(model, images[4:], dts[4:]), expected)


def test_a_state_moves_from_one_engine_to_the_other(model_folder, images, dts):
    one, other = (StreamingModel(model_folder / "tiny.json", name) for name in ("onnxruntime", "torch"))
    play(one, images[:5], dts[:5])
    other.state = one.state
    same(play(other, images[5:], dts[5:]), play(one, images[5:], dts[5:]), atol=1e-4)


def test_reset_is_as_new(model, images, dts):
    expected = play(model, images, dts)
    model.reset()
    same(play(model, images, dts), expected)


def test_memory_is_more_than_the_last_frame(model, images, dts):
    """Or none of the tests above would tell anything."""
    *_, last = play(model, images, dts)
    model.reset()
    assert not (model.step(images[-1], REGION, float(dts[-1])).scores == last.scores).all()


class Pointing:
    """Says that the wrist of one side is up, and keeps what it was shown."""

    def __init__(self, side):
        self.card = ModelCard(
            "p", "", ("none", "wave"), 32, 4, KEYPOINTS, 8, 60, {}, hand_size=16, zoom=1.25, lift=0.1
        )
        self.keypoints = np.full((len(KEYPOINTS), 3), 0.9, np.float32)
        for part in ("wrist", "index_tip", "pinky_tip"):
            self.keypoints[KEYPOINTS.index(f"{side}_{part}")] = 0.3, 0.4, 1.0
        self.shown = []

    def initial_state(self):
        return np.zeros((2, 1, 4), np.float32)

    def step(self, crop, state, dt, hand=None, side=0):
        self.shown.append((hand, side))
        return StepResult(np.array([0.5, 0.5], np.float32), self.keypoints, state + 1)


@pytest.mark.parametrize(("hand", "side"), [("left", -1), ("right", 1)])
def test_it_looks_at_the_hand_that_the_frame_before_had(images, hand, side):
    engine = Pointing(hand)
    model = StreamingModel(engine)
    first, second = (model.step(image, REGION) for image in images[:2])
    assert engine.shown[0] == (None, 0)
    assert first.look is None
    # The body's square is 225 pixels wide around (150, 92); the hand is at 0.3, 0.4 of it.
    assert (second.look.x, second.look.y) == pytest.approx((105.0, 69.5), abs=1e-3)
    expected = crop(images[1], second.look, 16)
    picture, told_side = engine.shown[1]
    assert told_side == side
    np.testing.assert_array_equal(picture, expected[:, ::-1] if hand == "left" else expected)
    np.testing.assert_allclose(model.state["fovea"], [0.3, 0.4, side], atol=1e-6)
    wrist = second.keypoints[KEYPOINTS.index(f"{hand}_wrist")]
    assert wrist == pytest.approx((0.25, 0.275, 1.0))  # in shares of the region, not of the body's square


def test_the_look_is_part_of_the_state(images):
    engine = Pointing("left")
    model = StreamingModel(engine)
    model.step(images[0], REGION)
    saved = model.state
    model.reset()
    model.state = saved
    model.step(images[1], REGION)
    assert engine.shown[-1][1] == -1


@pytest.mark.parametrize(("x", "y"), [(-2000.0, 110.0), (150.0, 5000.0), (0.0, 0.0), (319.0, 239.0)])
def test_what_lies_outside_the_frame_is_black(model, images, dts, x, y):
    region = replace(REGION, x=x, y=y)
    outside = not (-90 < x < 410 and -90 < y < 330)
    for image, dt in zip(images[:4], dts, strict=False):
        output = model.step(image, region, float(dt))
        assert np.isfinite(output.scores).all()
        assert output.scores.sum() == pytest.approx(1.0, abs=1e-4)
        if outside:
            assert not model.cut(image, region).body.any()


@pytest.mark.parametrize(
    ("image", "given"),
    [
        (np.zeros((240, 320), np.uint8), r"\(240, 320\) uint8"),
        (np.zeros((240, 320, 4), np.uint8), r"\(240, 320, 4\) uint8"),
        (np.zeros((240, 320, 3), np.float32), r"\(240, 320, 3\) float32"),
        (np.zeros((0, 320, 3), np.uint8), r"\(0, 320, 3\) uint8"),
        (None, "of type NoneType"),
        ([[[0, 0, 0]]], "of type list"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_remembered(model, images, image, given):
    model.step(images[0], REGION)
    before = model.state
    with pytest.raises(CaptureError, match=rf"The picture is {given}; give pictures as \(height, width, 3\)"):
        model.step(image, REGION)
    np.testing.assert_array_equal(model.state["memory"], before["memory"])


@pytest.mark.parametrize("change", [{"memory": np.zeros((2, 1, 7), np.float32)}, {"fovea": np.zeros(2)}])
def test_the_state_of_another_model_is_refused(model, change):
    with pytest.raises(ModelError, match="tiny: this is the state of another model"):
        model.state = {**model.state, **change}


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        "state",
        {"memory": "text", "fovea": [0.0, 0.0, 0.0]},
        {"memory": np.zeros((2, 1, 8))},
    ],
    ids=str,
)
def test_what_is_no_state_is_refused(model, given):
    with pytest.raises(ModelError, match="a state holds the arrays memory and fovea"):
        model.state = given


@pytest.mark.parametrize(
    "change", [{"memory": np.nan}, {"fovea": (np.nan, 0.0, 1.0)}, {"fovea": (0.1, 0.2, 5.0)}], ids=str
)
def test_a_damaged_state_is_refused_and_the_old_one_kept(model, images, dts, change):
    play(model, images[:3], dts[:3])
    before = model.state
    damaged = {name: np.full_like(array, change.get(name, 0.0)) for name, array in before.items()}
    with pytest.raises(ModelError, match="damaged"):
        model.state = damaged
    for name, array in before.items():
        np.testing.assert_array_equal(model.state[name], array)


def test_a_state_may_come_as_lists_from_json(model, images, dts):
    play(model, images[:3], dts[:3])
    saved = {name: array.tolist() for name, array in model.state.items()}
    expected = play(model, images[3:5], dts[3:5])
    model.state = saved
    same(play(model, images[3:5], dts[3:5]), expected)


@pytest.mark.parametrize("dt", [np.nan, np.inf, -0.1, None, "0.05"])
def test_what_is_no_time_is_refused_and_nothing_is_remembered(model, images, dts, dt):
    before = play(model, images[:2], dts[:2])
    model.reset()
    with pytest.raises(CaptureError, match="Between two frames lie"):
        model.step(images[2], REGION, dt)
    same(play(model, images[:2], dts[:2]), before)


@pytest.mark.parametrize(
    "wrong", [{"side": 0.0}, {"side": -5.0}, {"side": np.nan}, {"side": np.inf}, {"x": np.nan}]
)
def test_what_is_no_square_is_refused(model, images, wrong):
    with pytest.raises(CaptureError, match="is no square"):
        model.step(images[0], replace(REGION, **wrong))
    with pytest.raises(CaptureError, match="None is no square"):
        model.step(images[0], None)


@pytest.mark.parametrize("size", [(1, 1), (1, 640), (480, 640)])
@pytest.mark.parametrize("side", [1.0, 1e4, 1e7, 1e9])
def test_a_square_of_any_size_may_lie_around_a_picture_of_any_size(model, size, side):
    output = model.step(np.full((*size, 3), 200, np.uint8), replace(REGION, side=side))
    assert np.isfinite(output.scores).all()


def test_the_shipped_model_is_the_default():
    assert StreamingModel().card == load_model().card
    with pytest.raises(GestureLrcnError, match="no such model"):
        StreamingModel("nothing.json")


def test_numbers_come_by_name(images):
    class Counting(Pointing):
        def __init__(self):
            super().__init__("left")
            self.card = replace(self.card, network={"regression": ("height", "lean")})

        def step(self, *arguments):
            return replace(super().step(*arguments), numbers=np.array([1.5, -0.5], np.float32))

    assert StreamingModel(Counting()).step(images[0], REGION).numbers == {"height": 1.5, "lean": -0.5}
    assert StreamingModel(Pointing("left")).step(images[0], REGION).numbers is None


def test_the_example_runs():
    failed, attempted = doctest.testmod(streaming)
    assert failed == 0 < attempted
