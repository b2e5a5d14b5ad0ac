"""What is worn sits on the head, where it belongs."""

import numpy as np
import pytest

from gesturelrcn.synthesis.body import accessories, hair
from gesturelrcn.synthesis.body.accessories import Accessories, wear
from gesturelrcn.synthesis.body.makehuman import BONES, NOSE_TIP_VERTEX
from gesturelrcn.synthesis.body.person import random_traits, shape


@pytest.fixture(scope="module", params=range(3))
def naked(request, body_data):
    rng = np.random.default_rng(request.param)
    return shape(body_data, rng, random_traits(rng))


def worn_on(body_data, naked, **worn):
    return wear(np.random.default_rng(0), body_data, naked, Accessories(**worn))


def shown(surface):
    return surface.vertices[(surface.cut > 0).all(axis=1)]


def test_without_anything_there_is_nothing(body_data, naked):
    assert worn_on(body_data, naked) == []


@pytest.mark.parametrize(
    "worn", [{"glasses": "clear"}, {"mask": True}, {"hat": "cap"}, {"hat": "wool"}, {"headset": True}]
)
def test_everything_follows_the_head_and_is_near_it(body_data, naked, worn):
    head = naked[NOSE_TIP_VERTEX] + [0.0, 0.03, -0.1]
    for surface in worn_on(body_data, naked, **worn):
        assert surface.weights[:, BONES.index("head")].min() == 1
        assert np.isfinite(surface.normals).all()
        assert np.linalg.norm(shown(surface) - head, axis=1).max() < 0.26


def test_glasses_lie_before_the_eyes_and_do_not_cover_them(body_data, naked):
    (frame,) = worn_on(body_data, naked, glasses="clear")
    eye = body_data.group("joint-l-eye", naked).mean(axis=0)
    near = np.hypot(*(frame.vertices - eye)[:, :2].T)

    assert near.min() > 0.01
    assert frame.vertices[near < 0.03, 2].min() > eye[2]


def test_a_mask_covers_the_nose_but_not_the_eyes(body_data, naked):
    cloth = shown(worn_on(body_data, naked, mask=True)[0])
    nose, eye = naked[NOSE_TIP_VERTEX], body_data.group("joint-l-eye", naked).mean(axis=0)
    before_nose = cloth[np.hypot(cloth[:, 0] - nose[0], cloth[:, 1] - nose[1]) < 0.012]

    assert cloth[:, 1].max() < eye[1]
    assert before_nose[:, 2].max() > nose[2]


def test_a_hat_is_above_the_eyes_and_flattens_the_hair(body_data, naked):
    crown = shown(worn_on(body_data, naked, hat="wool")[0])
    style = hair.random_hairstyle(np.random.default_rng(1), woman=True)
    flat = hair.under_hat(style)

    assert crown[:, 1].min() > body_data.group("joint-l-eye", naked).mean(axis=0)[1]
    assert crown[:, 1].max() > naked[:13380, 1].max()
    assert flat.top <= 0.006
    assert flat.bun == 0


def test_some_people_wear_something_and_most_do_not_wear_each():
    worn = [accessories.random_accessories(np.random.default_rng(seed)) for seed in range(400)]

    assert 0.2 < np.mean([bool(w.glasses) for w in worn]) < 0.5
    assert 0.05 < np.mean([w.mask for w in worn]) < 0.2
    assert not any(w.hat and w.headset for w in worn)
