"""Whole bodies bend, crouch, put their legs apart and fall, and stand on the floor meanwhile."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.filming import seen
from gesturelrcn.synthesis.film.script import clip_script
from gesturelrcn.synthesis.film.studio import Studio
from gesturelrcn.synthesis.motion.shipped import HANGING, vocabulary_of
from gesturelrcn.synthesis.pose import Pose, Trunk
from gesturelrcn.synthesis.scene.framing import body_camera, body_square, window

PEOPLE = Path(__file__).parents[3] / "configs" / "actions-people.toml"


def standing(**words):
    return Pose(left=HANGING, right=HANGING, trunk=Trunk(**words))


STANDING = standing()
FEET = [BONES.index(f"foot.{side}") for side in "LR"]


def ankles(person, pose):
    transforms = Rig(person).transforms(pose)
    return np.array([transforms[foot, :, :3] @ person.heads[foot] + transforms[foot, :, 3] for foot in FEET])


def joint(person, pose, name):
    rig = Rig(person)
    return rig.landmarks(rig.transforms(pose))[KEYPOINTS.index(name)]


@pytest.mark.parametrize(
    "words", [{"crouch": 0.9}, {"hinge": 1.3}, {"apart": 0.4}, {"crouch": 0.5, "hinge": 0.8, "apart": 0.2}]
)
def test_soles_stay_on_the_floor_whatever_the_legs_do(person, words):
    at, before = ankles(person, standing(**words)), ankles(person, STANDING)
    assert at[:, 1] == pytest.approx(before[:, 1], abs=0.01)
    assert at[:, 2] == pytest.approx(before[:, 2], abs=0.03)


def test_who_bends_has_the_head_low_and_in_front(person):
    upright, bent = (joint(person, pose, "nose") for pose in (STANDING, standing(hinge=1.3)))
    assert bent[1] < 0.75 * upright[1]
    assert bent[2] > upright[2] + 0.3


def test_who_crouches_is_lower_and_upright(person):
    upright, low = (joint(person, pose, "nose") for pose in (STANDING, standing(crouch=1.2)))
    assert 0.1 < upright[1] - low[1] < 0.7
    assert abs(low[2] - upright[2]) < 0.02


@pytest.mark.parametrize("fall", [(0.0, 1.5), (0.0, -1.5), (1.45, 0.0)])
def test_who_has_fallen_lies_on_the_floor(person, fall):
    lying = standing(fall=np.array(fall))
    nose = joint(person, lying, "nose")
    assert 0.0 < nose[1] < 0.45
    if fall[1]:  # the person's left is to the right of the picture, positive x
        assert np.sign(nose[0]) == np.sign(fall[1])
    else:
        assert nose[2] > 1.0


def test_the_mirror_picture_falls_to_the_other_side():
    trunk = Trunk(fall=np.array([0.3, 1.0]), hinge=0.5, crouch=0.2, apart=0.1, stride=0.4)
    other = trunk.mirrored()
    assert other.fall.tolist() == [0.3, -1.0]
    assert (other.hinge, other.crouch, other.apart, other.stride) == (0.5, 0.2, 0.1, -0.4)
    assert trunk.sized(0.5).hinge == 0.25


def test_a_camera_sees_the_whole_body(person):
    places = np.array([[0.0, 0.0, 0.0], [0.3, 1.8, 0.1], [1.9, 0.2, 0.3]])
    camera = body_camera(np.random.default_rng(0), places)
    view = replace(camera, window=window(camera, *body_square(camera, places)))
    assert seen(view, places)[:, 2].all()


def test_films_of_whole_bodies_show_them_and_tell_how_high_the_head_is(body_data, renderer):
    vocabulary = vocabulary_of(PEOPLE)

    def write(ceiling):
        return clip_script(np.random.default_rng(4), vocabulary, "falling", ceiling)

    with Studio((23,), 64) as studio:
        stream = studio.film(write, np.random.default_rng(2), fps=5)
        images = list(stream)
    (fall,) = stream.truth("a.mp4", "P").gestures
    heights = dict(zip(stream.times, stream.head_heights, strict=True))
    assert len(images) == len(heights)
    assert np.mean(stream.in_picture) > 0.9
    assert max(heights.values()) == pytest.approx(1.0, abs=0.05)
    lying = [height for at, height in heights.items() if fall.stroke_end <= at <= fall.offset]
    assert lying
    assert max(lying) < 0.35
    assert stream.table().splitlines()[0] == "t,head_height"


def test_people_of_the_other_vocabulary_are_filmed_as_before(body_data):
    assert vocabulary_of(None).whole_body is False
    assert vocabulary_of(PEOPLE).whole_body is True
    names = set(vocabulary_of(PEOPLE).gestures) - {"none"}
    assert names == {"bending", "falling", "jumping_jacks", "walking"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fall = 80", r"'fall' is two angles \[forward, to the left\], not 80"),
        ('crouch = "low"', "'crouch' is a number"),
        ("whole_body = 1", "unknown field"),
    ],
)
def test_mistakes_in_what_a_body_does_are_told(tmp_path, line, said):
    text = PEOPLE.read_text().replace("crouch = 22", line, 1)
    path = tmp_path / "people.toml"
    path.write_text(text)
    with pytest.raises(SynthesisError, match=rf"people\.toml:\d+: .*{said}"):
        vocabulary_of(path)
