import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.motion.channels import LEG_METRES, STRIDE, walking
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose, Trunk, arm

RAISED = MOVEMENTS["raise_straight"].keys[-1].pose


@pytest.fixture(scope="module")
def rig(person):
    return Rig(person)


def joints(rig, pose):
    return dict(zip(KEYPOINTS, rig.landmarks(rig.transforms(pose)), strict=True))


def test_a_raised_right_hand_is_the_person_s_own_right_one(rig):
    at = joints(rig, Pose(left=HANGING, right=RAISED))

    assert at["right_wrist"][0] < 0 < at["left_wrist"][0]
    assert at["right_index_tip"][1] > at["right_wrist"][1] > at["nose"][1]
    assert at["left_index_tip"][1] < at["left_wrist"][1] < at["left_shoulder"][1] - 0.3


def test_both_arms_are_mirror_pictures(rig):
    at = joints(rig, Pose(left=RAISED, right=RAISED))

    for joint in ("wrist", "index_tip", "thumb_tip", "pinky_tip", "elbow", "shoulder"):
        assert np.allclose(at[f"left_{joint}"], at[f"right_{joint}"] * [-1, 1, 1], atol=0.01), joint


def test_arms_keep_their_length(rig, person):
    heads = person.heads
    upper, lower, wrist = (heads[BONES.index(f"{bone}.L")] for bone in ("upperarm01", "lowerarm01", "wrist"))
    at = joints(rig, Pose(left=RAISED, right=HANGING))

    assert np.linalg.norm(at["left_elbow"] - at["left_shoulder"]) == pytest.approx(
        np.linalg.norm(lower - upper), abs=0.001
    )
    assert np.linalg.norm(at["left_wrist"] - at["left_elbow"]) == pytest.approx(
        np.linalg.norm(wrist - lower), abs=0.001
    )


def test_a_hand_that_should_be_in_the_belly_stays_before_it(rig, person):
    into = arm((-0.35, -0.6, 0.05), (-1, 0, 0.2), (0, -1, 0), "relaxed")
    wrist = joints(rig, Pose(left=into, right=HANGING))["left_wrist"] + [0, person.ground, 0]
    belly = person.trunk[np.abs(person.trunk[:, 1] - wrist[1]) < 0.03]

    assert wrist[2] > belly[np.abs(belly[:, 0] - wrist[0]) < 0.05][:, 2].max()


def test_soles_stand_on_the_floor(rig, person):
    transforms = rig.transforms(Pose(left=HANGING, right=HANGING))
    root = transforms[BONES.index("root")]

    assert (root[:, :3] @ [0, person.ground, 0] + root[:, 3])[1] == pytest.approx(0)


def test_who_walks_has_one_leg_before_the_other_and_the_soles_on_the_floor(person):
    rig = Rig(person)
    feet = {side: BONES.index(f"foot.{side}") for side in "LR"}

    def soles(stride, lower):
        transforms = rig.transforms(
            Pose(HANGING, HANGING, Trunk(stride=stride, shift=np.array([0, -lower, 0])))
        )
        return {
            side: transforms[bone, :, :3] @ person.heads[bone] + transforms[bone, :, 3]
            for side, bone in feet.items()
        }

    standing = soles(0.0, 0.0)
    seen = []
    for metres in np.linspace(0, 2 * 2 * LEG_METRES * np.sin(STRIDE), 40):
        at = soles(*walking(float(metres)))
        seen.append(at["L"][2] - at["R"][2])
        lowest = min(at["L"][1], at["R"][1])
        assert lowest == pytest.approx(standing["L"][1], abs=0.035)

    assert max(seen) > 0.4
    assert min(seen) < -0.4
    assert standing["L"][2] == pytest.approx(standing["R"][2], abs=0.02)


def test_walking_away_is_done_on_foot():
    timeline = MotionTimeline(np.random.default_rng(0), "hanging", 0.0)
    done = timeline.perform("none", "right", "leaving_and_coming_back")
    strides = np.array([timeline.pose(time).trunk.stride for time in np.linspace(0, done.rested, 200)])

    assert strides.max() > 0.25
    assert strides.min() < -0.25
    assert timeline.pose(0.0).trunk.stride == timeline.pose(done.rested).trunk.stride == 0.0
