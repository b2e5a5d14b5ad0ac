from itertools import islice

import cv2
import numpy as np
import pytest

from gesturelrcn.synthesis.body.rig import HAND_LANDMARKS
from gesturelrcn.synthesis.dataset import hand_images
from gesturelrcn.synthesis.dataset.hand_moments import random_fingers
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.filming import Actor
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.synthesis.pose import HAND_SHAPES, Pose, between
from gesturelrcn.synthesis.rendering.camera import PinholeCamera
from gesturelrcn.synthesis.scene.handheld import random_held

SIZE = 48
TIPS = [4, 8, 12, 16, 20]


@pytest.fixture(scope="module")
def some(body_data, renderer):
    """Pictures of one person; asking for a renderer skips where there is no EGL."""
    stream = hand_images.hand_images(np.random.default_rng(0), SIZE)
    examples = list(islice(stream, 40))
    stream.close()
    return examples


def raised(shape, side="right"):
    goal = MOVEMENTS["raise_bent"].keys[0].pose
    arm = between(goal, goal, 1.0)
    arm = type(arm)(arm.wrist, arm.elbow, arm.hand, np.array(HAND_SHAPES[shape]))
    return Pose(HANGING, arm) if side == "right" else Pose(arm, HANGING)


def before(person):
    chest = person.crown - person.ground - 0.3
    return PinholeCamera(np.array([0, chest, 2.0]), np.array([0, chest, 0.0]), 60.0, 640, 480)


def test_pictures_and_landmarks_have_their_shapes(some):
    for frame in some:
        assert (frame.image.shape, frame.image.dtype) == ((SIZE, SIZE, 3), np.uint8)
        assert (frame.hand.shape, frame.hand.dtype) == ((HAND_LANDMARKS, 3), np.float32)
        assert np.isfinite(frame.hand).all() == frame.present
        assert np.linalg.norm(frame.normal) == pytest.approx(1.0 if frame.present else 0.0, abs=1e-5)
        assert frame.shape in {"", *HAND_SHAPES}


def test_the_hand_is_about_in_the_middle_and_most_squares_have_one(some):
    hands = np.array([frame.hand for frame in some if frame.present])
    middles = (hands[:, :, :2].min(axis=1) + hands[:, :, :2].max(axis=1)) / 2

    assert len(hands) > 0.7 * len(some)
    assert (np.abs(middles - 0.5) <= hand_images.SQUARE_ASTRAY + 1e-4).all()
    assert {frame.side for frame in some} == {"left", "right"}


def test_all_hands_look_like_right_ones(some):
    """Seen from the palm, the thumb of a right hand with its fingers up is on the picture's left."""
    turns = []
    for frame in (frame for frame in some if frame.present):
        forward, across = (frame.hand[i] - frame.hand[0] for i in (9, 5))
        turns.append(float(np.cross(across, forward) @ frame.normal))

    assert (np.array(turns) > 0).mean() > 0.95


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_open_hand_faces_the_camera_and_reaches_farther_than_a_fist(renderer, person, side):
    actor = Actor(renderer, person)
    points, palm = actor.hand(raised("open", side), side)
    fist, _ = actor.hand(raised("fist", side), side)
    actor.release()

    assert before(person).turned(palm[None])[0, 2] < -0.8
    assert np.linalg.norm(points[8] - points[0]) > 1.5 * np.linalg.norm(fist[8] - fist[0])
    assert (points[TIPS[1:], 1] > points[0, 1] + 0.08).all()
    # The hand's middle finger is where the person's hand is: 15 to 23 cm from wrist to tip.
    assert 0.12 < np.linalg.norm(points[12] - points[0]) < 0.23


def test_landmarks_lie_on_the_hand_that_is_drawn(renderer, person):
    actor, camera = Actor(renderer, person), before(person)
    pose = raised("open")
    actor.pose(pose)
    points, _ = actor.hand(pose, "right")
    from gesturelrcn.synthesis.film.filming import Shot
    from gesturelrcn.synthesis.rendering.camera import random_light
    from gesturelrcn.synthesis.scene.webcam import Webcam

    renderer.set_backdrop(np.zeros((1, 1, 3), np.uint8))
    actor.picture(Shot(camera, random_light(np.random.default_rng(0)), [], 0.0, Webcam()))
    depths = renderer.depths()
    actor.release()

    places = camera.project(points)[:, :2]
    rows, columns = (places[:, 1] * depths.shape[0]).astype(int), (places[:, 0] * depths.shape[1]).astype(int)
    behind = camera.depth(points) - depths[rows, columns]
    assert (np.abs(behind) < 0.05).mean() > 0.85
    assert depths[0, 0] > 15


def test_depth_behind_the_wrist_is_in_the_unit_of_the_square():
    camera = PinholeCamera(np.array([0, 1.0, 2.0]), np.array([0, 1.0, 0.0]), 60.0, 640, 480)
    points = np.array([[0, 1.0, 0.0], [0.1, 1.0, 0.0], [0, 1.0, -0.1]])
    side = 128.0
    window = hand_images.window(camera, 320, 240, side)

    square = hand_images._in_square(
        PinholeCamera(camera.eye, camera.target, 60.0, 640, 480, window), points, side
    )

    assert square[0] == pytest.approx([0.5, 0.5, 0.0])
    assert square[2, 2] == pytest.approx(square[1, 0] - 0.5, rel=1e-6)


def test_things_stay_in_the_hand(renderer, person):
    actor = Actor(renderer, person)
    rng = np.random.default_rng(1)
    for _ in range(8):
        thing = random_held(rng)
        assert thing.shape in HAND_SHAPES
        assert np.abs(thing.surface.vertices).max() < 0.2
        actor.hold("left", thing.surface)
        actor.pose(raised("grip", "left"))
    actor.release()


def test_fingers_are_within_what_hands_can_do():
    rng = np.random.default_rng(0)
    for _ in range(200):
        fingers = random_fingers(rng)
        assert fingers.shape == (7,)
        assert ((fingers[:4] >= 0) & (fingers[:4] <= 1)).all()


def test_shards_are_whole_resumed_and_the_same_for_the_same_seed(some, tmp_path):
    first = hand_images.write_shards(tmp_path / "a", seed=3, pictures=3, shard=2, size=SIZE)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / first[0].name).write_bytes(first[0].read_bytes())
    second = hand_images.write_shards(tmp_path / "b", seed=3, pictures=3, shard=2, size=SIZE)

    assert [path.name for path in first] == ["hands-3-000.npz", "hands-3-001.npz"]
    assert [path.name for path in second] == ["hands-3-001.npz"]
    shards = [[np.load(tmp_path / name / path.name) for path in first] for name in "ab"]
    assert [len(shard["x"]) for shard in shards[0]] == [2, 1]
    assert shards[0][0]["x"].shape == (2, SIZE, SIZE, 3)
    assert list(shards[0][0]["shapes"]) == list(HAND_SHAPES)
    for name in ("x", "hand", "present", "normal", "side", "shape"):
        assert np.array_equal(shards[0][1][name], shards[1][1][name], equal_nan=name == "hand")


def test_a_folder_that_cannot_be_made_is_one_sentence(some, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SynthesisError, match=r"cannot be written to .*file.*choose another folder"):
        hand_images.write_shards(tmp_path / "file", 0, 1, size=SIZE)


def test_an_unknown_vocabulary_ends_with_its_name(tmp_path, capsys):
    out = ["--out", str(tmp_path), "--pictures", "1", "--gestures", str(tmp_path / "none.toml")]

    assert hand_images.main(out) == 2
    assert "none.toml" in capsys.readouterr().err


def test_a_picture_is_cut_from_the_room_where_the_window_is():
    room = np.zeros((480, 640, 3), np.uint8)
    cv2.rectangle(room, (320, 0), (639, 479), (255, 255, 255), -1)
    camera = PinholeCamera(np.zeros(3), np.ones(3), 60.0, 640, 480, (0.25, 0.25, 0.75, 0.75))

    part = hand_images._part(room, camera)

    assert part[:, : hand_images.DRAWN_PIXELS // 2 - 2].max() == 0
    assert part[:, hand_images.DRAWN_PIXELS // 2 + 2 :].min() == 255
