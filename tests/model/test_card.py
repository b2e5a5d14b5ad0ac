import json
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds
from gesturelrcn.model.card import read_card
from gesturelrcn.region import Region

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
