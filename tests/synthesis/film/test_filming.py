"""Real pictures, small: what is drawn is where the truth says it is."""

from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.film.filming import Actor, Shot, film, seen, set_up
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rendering.camera import PinholeCamera, random_light
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import Webcam
from tests.synthesis.conftest import SIZE

MAGENTA = np.full((1, 1, 3), (255, 0, 255), np.uint8)


@pytest.fixture(scope="module")
def actor(renderer, person):
    actor = Actor(renderer, person)
    yield actor
    actor.release()


def shot_of(person, size=SIZE, distance=2.2):
    rng = np.random.default_rng(1)
    chest = np.array([0.0, person.crown - person.ground - 0.3, 0.0])
    camera = PinholeCamera(chest + np.array([0.1, 0.1, distance]), chest, 60.0, size, size)
    return Shot(camera, random_light(rng), random_room(rng), 0.5, Webcam())


POSES = {name: Pose(left=HANGING, right=movement.keys[-1].pose) for name, movement in MOVEMENTS.items()}


@pytest.mark.parametrize("name", POSES)
def test_every_joint_lies_on_the_person(renderer, actor, person, name):
    shot = shot_of(person)
    renderer.set_backdrop(MAGENTA)
    joints = seen(shot.camera, actor.pose(POSES[name]))
    on_person = (actor.picture(shot) != MAGENTA[0, 0]).any(axis=2)
    columns, rows = (np.clip((joints[:, axis] * SIZE).astype(int), 1, SIZE - 2) for axis in (0, 1))

    for keypoint, x, y, inside in zip(KEYPOINTS, columns, rows, joints[:, 2], strict=True):
        assert inside == 1, keypoint
        assert on_person[y - 1 : y + 2, x - 1 : x + 2].any(), keypoint


def test_joints_behind_the_body_are_hidden(renderer, actor, person):
    shot = shot_of(person)
    behind = HANGING.wrist * [0.3, 0.75, 1.0] + [0.0, 0.0, -0.55]
    back = replace(HANGING, wrist=behind, elbow=np.array([1.0, 0.0, -0.3]))

    def hidden(pose):
        joints = actor.pose(pose)
        actor.picture(shot)
        return {
            name
            for name, seen in zip(KEYPOINTS, actor.unhidden(shot.camera, joints), strict=True)
            if not seen
        }

    assert "right_wrist" not in hidden(POSES["stop"])
    assert not {"left_shoulder", "right_shoulder", "nose"} & hidden(Pose(left=HANGING, right=HANGING))
    assert {"right_index_tip", "right_thumb_tip"} <= hidden(Pose(left=HANGING, right=back))
    assert not {"left_wrist", "left_index_tip"} & hidden(Pose(left=HANGING, right=back))


def test_depths_are_metres_from_the_camera(renderer, actor, person):
    shot = shot_of(person, distance=2.2)
    renderer.set_backdrop(MAGENTA)
    joints = actor.pose(Pose(left=HANGING, right=HANGING))
    actor.picture(shot)
    places = shot.camera.project(joints)[:, :2]
    depths = renderer.depths()

    assert renderer.depths_at(np.array([[0.01, 0.01], [-0.2, 0.5]])) == pytest.approx([depths[1, 1], np.inf])
    nose = KEYPOINTS.index("nose")
    assert renderer.depths_at(places)[nose] == pytest.approx(shot.camera.depth(joints)[nose], abs=0.06)


def test_pointing_right_goes_to_the_left_of_the_unmirrored_picture(renderer, actor, person):
    shot = shot_of(person)
    renderer.set_backdrop(MAGENTA)
    actor.pose(Pose(left=HANGING, right=HANGING))
    resting = (actor.picture(shot) != MAGENTA[0, 0]).any(axis=2)
    actor.pose(POSES["point_outwards"])
    pointing = (actor.picture(shot) != MAGENTA[0, 0]).any(axis=2)
    columns = np.flatnonzero((pointing & ~resting).sum(axis=0) > 2)

    assert columns.max() < SIZE / 2
    assert columns.min() < np.flatnonzero(resting.any(axis=0)).min() - SIZE / 10


def test_the_picture_changes_with_the_pose_and_not_otherwise(actor, person):
    shot = shot_of(person)
    actor.pose(POSES["stop"])
    first, again = actor.picture(shot), actor.picture(shot)
    actor.pose(POSES["wave"])

    assert np.array_equal(first, again)
    assert not np.array_equal(first, actor.picture(shot))


def test_a_window_is_a_part_of_the_whole_picture(renderer, actor, person):
    shot = shot_of(person)
    renderer.set_backdrop(MAGENTA)
    actor.pose(POSES["stop"])
    whole = actor.picture(shot)
    upper_left = replace(shot, camera=replace(shot.camera, window=(0.0, 0.0, 0.5, 0.5)))
    shrunk = actor.picture(upper_left).reshape(SIZE // 2, 2, SIZE // 2, 2, 3).mean(axis=(1, 3))

    assert np.abs(shrunk - whole[: SIZE // 2, : SIZE // 2]).mean() < 4


def test_the_same_seed_gives_the_same_pixels(renderer, actor, person):
    def filmed():
        rng = np.random.default_rng(5)
        timeline = MotionTimeline(rng, {"left": HANGING, "right": HANGING})
        timeline.perform("swipe_left", "right", tempo=3.0)
        shot = shot_of(person)
        set_up(renderer, shot)
        return list(film(actor, timeline, shot, rng, fps=10))

    first, second = filmed(), filmed()

    assert len(first) > 4
    assert {frame.gesture for frame in first} == {"none", "swipe_left"}
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.image, other.image)
        assert np.array_equal(one.keypoints, other.keypoints)


@pytest.mark.mediapipe
def test_mediapipe_sees_the_hands_where_the_truth_says(person):
    """The truth is true: mean error of wrists and shoulders within 3 % of the picture's width."""
    from gesturelrcn.region.mediapipe import PoseLocator

    size, errors = 320, []
    locator = PoseLocator(tracking=False)
    with Renderer(size, size) as renderer:
        actor, shot = Actor(renderer, person), shot_of(person, size, distance=2.0)
        set_up(renderer, shot)
        for name in ("point_outwards", "raise_bent", "stop", "wave"):
            truth = seen(shot.camera, actor.pose(POSES[name]))
            landmarks = locator.landmarks(actor.picture(shot))
            assert landmarks is not None, name
            for mediapipe, keypoint in (
                (15, "left_wrist"),
                (16, "right_wrist"),
                (11, "left_shoulder"),
                (12, "right_shoulder"),
            ):
                errors.append(
                    np.linalg.norm(landmarks[mediapipe, :2] / size - truth[KEYPOINTS.index(keypoint), :2])
                )
    locator.close()

    assert np.mean(errors) < 0.03
