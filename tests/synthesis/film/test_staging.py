"""Chairs, desks, backgrounds, light and other people: what is around the person."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.sitting import seat_height
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.film.backdrops import picture_files, read_picture
from gesturelrcn.synthesis.film.filming import Actor, LightChange, film, set_up
from gesturelrcn.synthesis.film.staging import Chances, furnish, random_light_change
from gesturelrcn.synthesis.motion.shipped import HANGING, IN_LAP
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rendering import solids
from gesturelrcn.synthesis.scene import furniture
from tests.synthesis.conftest import SIZE
from tests.synthesis.film.test_filming import shot_of

NOSE = KEYPOINTS.index("nose")
ALWAYS = Chances(desk=1, picture=1, light_change=1, bystander=1)
NEVER = Chances(desk=0, picture=0, light_change=0, bystander=0)
STILL = Pose(left=HANGING, right=HANGING)


@pytest.fixture
def standing(renderer, person):
    actor = Actor(renderer, person)
    yield actor
    actor.release()


@pytest.fixture
def seated(renderer, person):
    actor = Actor(renderer, person, seated=True)
    yield actor
    actor.release()


def test_sitting_lowers_the_body_and_leaves_the_soles_on_the_floor(standing, seated, person):
    from gesturelrcn.synthesis.body.makehuman import BONES

    heights = [actor.joints(STILL)[NOSE, 1] for actor in (standing, seated)]
    transforms = seated._transforms(STILL)
    foot, knee, hip = (BONES.index(f"{bone}.L") for bone in ("foot", "lowerleg01", "upperleg01"))
    places = [transforms[b, :, :3] @ person.heads[b] + transforms[b, :, 3] for b in (foot, knee, hip)]

    assert heights[0] - heights[1] == pytest.approx(seated.lowered)
    assert 0.3 < seated.lowered < 0.6
    assert 0.3 < seat_height(person) < 0.6
    # Knees as high as hips, before them; ankles below the knees, a little above the floor.
    assert places[1][1] == pytest.approx(places[2][1], abs=0.12)
    assert places[1][2] - places[2][2] > 0.3
    assert 0.0 < places[0][1] < 0.2


def test_joints_are_those_of_the_pose(seated):
    assert np.array_equal(seated.joints(STILL), seated.pose(STILL))


def test_a_desk_hides_the_lap_but_not_the_face(renderer, seated, person):
    rng = np.random.default_rng(3)
    shot = shot_of(person, distance=1.6)
    eye = np.array([0.0, seated.focus[1] + 0.3, 1.6])
    shot = replace(shot, camera=replace(shot.camera, eye=eye, target=seated.focus))
    renderer.set_props([])
    renderer.set_backdrop(np.zeros((1, 1, 3), np.uint8))
    seated.pose(Pose(left=IN_LAP, right=IN_LAP))
    bare = seated.picture(shot).astype(int)
    renderer.set_props(furniture.desk(rng, person, 1.6)[:1])
    behind_desk = seated.picture(shot).astype(int)
    renderer.set_props([])
    differs = np.abs(bare - behind_desk).max(axis=2) > 24

    assert differs[SIZE * 2 // 3 :].mean() > 0.3
    assert differs[: SIZE // 3].mean() < 0.02


def test_furnishing_adds_what_the_chances_say(renderer, seated, person, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((40, 60, 3), (10, 200, 30), np.uint8))
    plain = replace(shot_of(person, distance=1.5))
    plain = replace(plain, camera=replace(plain.camera, eye=np.array([0.0, 1.4, 1.5])))
    full = furnish(np.random.default_rng(0), renderer, plain, seated, 3.0, picture_files(tmp_path), ALWAYS)
    bare = furnish(np.random.default_rng(0), renderer, plain, seated, 3.0, (), NEVER)

    assert len(full.props) > len(bare.props) > 0
    assert full.backdrop is not None
    assert full.light_change is not None
    assert (bare.backdrop, bare.light_change, bare.bystander) == (None, None, None)
    full.release()


def test_a_background_picture_is_behind_the_person(renderer, standing, person):
    picture = np.zeros((60, 80, 3), np.uint8)
    picture[:, :40], picture[:, 40:] = (200, 0, 0), (0, 0, 200)
    shot = replace(shot_of(person), backdrop=picture)
    set_up(renderer, shot)
    standing.pose(STILL)
    drawn = standing.picture(shot)

    assert drawn[5, 5, 0] > 150
    assert drawn[5, 5, 2] < 40
    assert drawn[5, SIZE - 6, 2] > 150


def test_a_light_change_changes_the_room_and_the_person(renderer, standing, person):
    shot = shot_of(person)
    dark = replace(
        shot.light, main=shot.light.main * 0.2, sky=shot.light.sky * 0.2, floor=shot.light.floor * 0.2
    )
    shot = replace(shot, light_change=LightChange(1.0, 0.5, dark))
    set_up(renderer, shot)
    standing.pose(STILL)
    levels = [standing.picture(shot, time).mean() for time in (0.0, 1.0, 1.25, 1.5, 9.0)]

    assert levels[0] == levels[1] > levels[2] > levels[3] == levels[4]
    assert levels[4] < 0.75 * levels[0]


def test_a_random_light_change_is_seen(person):
    light = shot_of(person).light
    for seed in range(20):
        change = random_light_change(np.random.default_rng(seed), light, 10.0)
        ratio = change.light.brightness() / light.brightness()
        assert 0 <= change.start <= 10
        assert abs(ratio - 1) > 0.1


def test_a_bystander_is_in_the_picture_and_walks(renderer, standing, person):
    shot = shot_of(person, distance=4.0)
    room = [replace(surface, vertices=surface.vertices - [0, 0, 2.0]) for surface in shot.room]
    shot = replace(shot, room=room)
    moved = set()
    for seed in range(6):
        chances = replace(NEVER, bystander=1)
        crowded = furnish(np.random.default_rng(seed), renderer, shot, standing, 3.0, (), chances)
        assert crowded.bystander is not None
        places = [crowded.bystander.actor.joints(crowded.bystander.pose(t))[NOSE] for t in (0.0, 1.0)]
        moved.add(bool(np.linalg.norm(places[1] - places[0]) > 0.5))
        crowded.release()

    assert moved == {True, False}


def test_fast_movements_smear_and_slow_ones_do_not(renderer, person, standing):
    shot = shot_of(person)
    sharp = replace(shot.webcam, blur=0.0, noise=0.0, jpeg=0)
    timeline = MotionTimeline(np.random.default_rng(2), {"left": HANGING, "right": HANGING}, liveliness=0.0)
    done = timeline.perform("swipe_left", "right", tempo=1.5)
    middle = done.stroke_end - 0.12
    times = [done.onset, middle - 0.02, middle]

    def frames(exposure):
        exposed_shot = replace(shot, webcam=replace(sharp, exposure=exposure))
        set_up(renderer, exposed_shot)
        return list(film(standing, timeline, exposed_shot, np.random.default_rng(0), times=times))

    frozen, smeared = frames(0.0), frames(1 / 20)

    assert [frame.time for frame in frozen] == times
    assert np.array_equal(frozen[0].image, smeared[0].image)
    assert np.abs(frozen[2].image.astype(int) - smeared[2].image).max() > 25
    assert np.array_equal(frozen[2].keypoints, smeared[2].keypoints)


def test_unreadable_backgrounds_are_one_sentence(tmp_path):
    with pytest.raises(SynthesisError, match="no picture"):
        picture_files(tmp_path)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    assert picture_files(tmp_path) == [broken]
    with pytest.raises(SynthesisError, match=r"broken\.jpg"):
        read_picture(broken)


def test_solids_are_as_large_as_asked_for_and_face_outwards():
    vertices, faces = solids.ball(np.array([0.0, 1.0, 0.0]), np.array([0.1, 0.2, 0.3]), 0.5)
    corners = vertices[faces]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    line = np.array([[0.0, 0, 0], [0, 0, 1.0]])
    around, _ = solids.tube(line, 0.05)

    assert np.ptp(vertices, axis=0) == pytest.approx([0.2, 0.4, 0.6], abs=0.02)
    assert volume > 0.02
    assert np.hypot(around[:, 0], around[:, 1]) == pytest.approx(np.full(len(around), 0.05))
