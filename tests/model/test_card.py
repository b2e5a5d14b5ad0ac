import json
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.errors import ModelError
from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.model.card import read_card
from gesturelrcn.region import Region
from gesturelrcn.thresholds import SENSITIVITIES, Sensitivities
from tests.operating_points import WHY, with_points

CARD = ModelCard(
    name="x",
    description="",
    classes=("none", "wave"),
    size=64,
    hidden=8,
    keypoints=KEYPOINTS,
    min_fps=8,
    max_fps=40,
    thresholds={"wave": Thresholds(0.6, 0.4, 0.1, 0.3)},
    zoom=1.25,
    lift=0.1,
)
REGION = Region(320, 240, 200, 0.9, 1.5)


def test_the_picture_of_the_body_is_as_large_and_as_high_as_the_card_says():
    body = CARD.body(REGION)
    assert (body.x, body.y, body.side) == (320, 220, 250)
    assert (body.confidence, body.located_at) == (0.9, 1.5)


def test_a_card_that_says_nothing_takes_the_region_as_it_is():
    plain = replace(CARD, zoom=1.0, lift=0.0)
    joints = np.random.default_rng(0).random((len(KEYPOINTS), 3)).astype(np.float32)
    assert plain.body(REGION) == REGION
    assert plain.in_region(joints) == pytest.approx(joints, abs=1e-6)


def test_joints_come_back_to_the_same_pixels_through_the_region():
    joints = np.random.default_rng(0).random((len(KEYPOINTS), 3)).astype(np.float32)
    before = joints.copy()
    body, seen = CARD.body(REGION), CARD.in_region(joints)
    assert (joints == before).all()
    assert (seen[:, 2] == joints[:, 2]).all()
    for axis in ("x", "y"):
        column = "xy".index(axis)
        in_body = getattr(body, axis) + (joints[:, column] - 0.5) * body.side
        in_region = getattr(REGION, axis) + (seen[:, column] - 0.5) * REGION.side
        assert in_region == pytest.approx(in_body, abs=1e-3)


def test_a_card_written_before_there_were_hands_is_read_as_it_was_meant(tmp_path):
    fields = json.loads(CARD.to_json())
    for name in ("zoom", "lift", "hand_size", "rows"):
        del fields[name]
    (tmp_path / "x.json").write_text(json.dumps(fields))
    assert read_card(tmp_path / "x.json") == replace(CARD, zoom=1.0, lift=0.0)


TWO = replace(
    CARD, classes=("none", "wave", "stop"), thresholds={**CARD.thresholds, "stop": CARD.thresholds["wave"]}
)
POINTS = with_points(TWO, off={"stop": WHY})


def test_a_card_without_other_points_is_written_and_read_as_before(tmp_path):
    fields = json.loads(CARD.to_json())
    assert "operating_points" not in fields
    assert "off" not in fields
    (tmp_path / "x.json").write_text(json.dumps(fields))
    card = read_card(tmp_path / "x.json")
    assert card == CARD
    assert card.sensitivities == ("normal",)
    assert card.in_force(Sensitivities()) == card.thresholds


def test_operating_points_and_what_is_off_are_read_as_they_were_written(tmp_path):
    (tmp_path / "x.json").write_text(POINTS.to_json())
    card = read_card(tmp_path / "x.json")
    assert card == POINTS
    assert card.sensitivities == SENSITIVITIES
    careful, normal, eager = (card.thresholds_at(name)["wave"].start for name in SENSITIVITIES)
    assert careful > normal == CARD.thresholds["wave"].start > eager


def test_what_is_off_starts_only_where_it_is_turned_on():
    assert set(POINTS.in_force(Sensitivities())) == {"wave"}
    eager = POINTS.in_force(Sensitivities("eager", {"stop": "careful"}, frozenset({"stop"})))
    assert eager == {
        "wave": POINTS.operating_points["eager"]["wave"],
        "stop": POINTS.operating_points["careful"]["stop"],
    }


def test_a_point_that_the_model_has_not_is_one_sentence_with_those_it_has():
    with pytest.raises(ModelError, match=r"^x has no sensitivity 'eager'; it has normal\.$"):
        CARD.in_force(Sensitivities("eager"))
    with pytest.raises(ModelError, match=r"^x has no sensitivity 'careful'; it has normal\.$"):
        CARD.in_force(Sensitivities(of={"wave": "careful"}))


def test_what_is_turned_on_or_set_must_be_a_gesture_of_the_model():
    with pytest.raises(ModelError, match=r"^x does not recognise the gesture 'weve'; did you mean 'wave'\?$"):
        CARD.in_force(Sensitivities(turned_on=frozenset({"weve"})))
    with pytest.raises(ModelError, match="it recognises wave"):
        CARD.in_force(Sensitivities(of={"none": "normal"}))


LIMITS = {"start": 0.6, "end": 0.4, "start_after": 0.1, "end_after": 0.3}
BOTH = {"wave": LIMITS, "stop": LIMITS}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"operating_points": {"keen": BOTH}}, "there is no operating point 'keen' but careful and eager"),
        ({"operating_points": {"normal": BOTH}}, "there is no operating point 'normal'"),
        (
            {"operating_points": {"eager": {"wave": LIMITS}}},
            "'eager' of the model card does not have exactly",
        ),
        (
            {"operating_points": {"eager": {**BOTH, "none": LIMITS}}},
            "does not have exactly the model's gestures",
        ),
        ({"operating_points": [BOTH]}, "incomplete or damaged"),
        ({"operating_points": {"eager": {**BOTH, "stop": 0.5}}}, "incomplete or damaged"),
        ({"operating_points": {"eager": {**BOTH, "stop": {**LIMITS, "after": 1}}}}, "incomplete or damaged"),
        ({"operating_points": {"eager": {**BOTH, "stop": {**LIMITS, "end": 0.7}}}}, "'stop' \\(eager\\)"),
        ({"operating_points": {"eager": {**BOTH, "stop": {**LIMITS, "start": "0.7"}}}}, "are not numbers"),
        ({"operating_points": {"eager": {**BOTH, "stop": {**LIMITS, "start": float("nan")}}}}, "not numbers"),
        ({"operating_points": {"eager": {**BOTH, "stop": {**LIMITS, "start": float("inf")}}}}, "not numbers"),
        ({"thresholds": {**BOTH, "wave": {**LIMITS, "end_after": -1}}}, "'wave' \\(normal\\)"),
        ({"off": ["stop"]}, "does not give, for each gesture that is off, why"),
        ({"off": {"none": WHY}}, "'none' is off in the model card, and no gesture of the model"),
        ({"off": {"swipe": WHY}}, "'swipe' is off in the model card, and no gesture of the model"),
        ({"off": {"stop": ""}}, "does not say in words why 'stop' is off"),
        ({"off": {"stop": True}}, "does not say in words why 'stop' is off"),
    ],
)
def test_each_kind_of_bad_points_has_its_sentence(tmp_path, fields, sentence):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(json.loads(TWO.to_json()) | fields))
    with pytest.raises(ModelError, match=sentence) as told:
        read_card(path)
    assert str(told.value).startswith(f"{path}: ")
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)
