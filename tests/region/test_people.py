"""Several people: one is chosen and followed. Who is in the picture, the tests say."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.region import Person, PersonLocator, Region
from gesturelrcn.region.people import LIKELY, MOST_CLOSER, SURE

PICTURE = np.zeros((480, 640, 3), np.uint8)


def somebody(x, y=200.0, unit=60.0, raised=0.0, presence=0.9):
    return Person(x, y, unit, presence, raised)


def moving(x, y=200):
    """Another picture in which something has changed at this place."""
    picture = PICTURE.copy()
    picture[y - 20 : y + 20, x - 20 : x + 20] = 200
    return picture


class Room:
    """Says who is in the picture."""

    def __init__(self):
        self.people = []

    def find(self, image):
        return sorted(self.people, key=lambda person: -person.unit)


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def locator(room):
    return PersonLocator(find=room.find)


def test_who_raises_a_hand_is_chosen_and_stays_chosen(room, locator, caplog):
    caplog.set_level("INFO")
    room.people = [somebody(160, unit=70), somebody(480, raised=0.8)]
    assert locator.locate(PICTURE, 0.0).x == 480
    assert "2 people: following the one at x=480, who raises a hand" in caplog.text
    room.people = [somebody(160, unit=70, raised=0.8), somebody(480)]
    assert [locator.locate(PICTURE, 0.4 * number).x for number in range(1, 8)] == [480] * 7


def test_when_the_chosen_one_leaves_the_other_is_followed_after_two_seconds(room, locator):
    room.people = [somebody(160, raised=0.8), somebody(480)]
    assert locator.locate(PICTURE, 0.0).x == 160
    room.people = [somebody(480)]
    assert [locator.locate(PICTURE, at) for at in (0.6, 1.2, 1.8)] == [None] * 3
    assert locator.locate(PICTURE, 2.4).x == 480
    room.people = [somebody(160, raised=0.8), somebody(480)]
    found = [locator.locate(PICTURE, at).x for at in (2.8, 3.2, 3.6)]
    assert found == [480] * 3, "who comes back does not take over"


def test_a_click_chooses_and_the_one_clicked_on_stays(room, locator):
    room.people = [somebody(160, raised=0.8), somebody(480)]
    assert locator.locate(PICTURE, 0.0).x == 160
    locator.choose(500, 300)
    assert [locator.locate(PICTURE, 0.4 * number).x for number in range(1, 4)] == [480] * 3


@pytest.mark.parametrize("nearer", [160, 480])
def test_the_nearest_is_chosen_where_nobody_raises_a_hand(room, locator, nearer):
    room.people = [somebody(x, unit=90 if x == nearer else 60) for x in (160, 480)]
    assert locator.locate(PICTURE, 0.0).x == nearer


def test_the_nearest_of_those_who_raise_a_hand_is_chosen(room, locator):
    room.people = [somebody(100, unit=90), somebody(300, unit=50, raised=0.9), somebody(500, raised=0.6)]
    assert locator.locate(PICTURE, 0.0).x == 500


def test_the_nearest_is_chosen_whoever_raises_a_hand_if_so_wanted(room):
    locator = PersonLocator("nearest", find=room.find)
    room.people = [somebody(160, unit=90), somebody(480, raised=0.9)]
    assert locator.locate(PICTURE, 0.0).x == 160


def test_who_walks_is_followed_and_somebody_else_at_another_distance_is_not(room, locator):
    room.people = [somebody(100)]
    locator.locate(PICTURE, 0.0)
    for number in range(1, 10):
        room.people = [somebody(100 + 50 * number, unit=60 + 3 * number)]
        assert locator.locate(PICTURE, 0.4 * number).x == 100 + 50 * number
    room.people = [somebody(550, unit=190)]  # steps before the followed one, three times as near
    assert locator.locate(PICTURE, 4.0) is None


def test_joints_say_where_the_followed_one_went_meanwhile(room, locator):
    room.people = [somebody(100), somebody(500)]
    assert locator.locate(PICTURE, 0.0).x == 100
    locator.see_joints(Region(380.0, 209.0, 252.0, 0.9, 1.9))
    room.people = [somebody(400), somebody(100)]
    assert locator.locate(PICTURE, 2.0).x == 400


def test_joints_do_not_keep_somebody_who_is_not_found(room, locator):
    room.people = [somebody(100), somebody(500)]
    locator.locate(PICTURE, 0.0)
    room.people = [somebody(500)]
    for number in range(1, 5):
        assert locator.locate(PICTURE, 0.4 * number) is None
        locator.see_joints(Region(100.0, 209.0, 252.0, 0.9, 0.4 * number))
        locator.see_joints(None)
    assert locator.locate(PICTURE, 2.1).x == 500


def test_nobody_is_nobody_and_what_is_too_small_too(room, locator):
    assert locator.locate(PICTURE, 0.0) is None
    room.people = [somebody(100, unit=1.5)]
    assert locator.locate(PICTURE, 0.1) is None
    room.people = [somebody(100)]
    locator.close()
    assert locator.locate(PICTURE, 0.2) is None


def test_time_that_goes_back_is_another_recording(room, locator):
    room.people = [somebody(100)]
    assert locator.locate(PICTURE, 50.0).x == 100
    room.people = [somebody(500)]
    assert locator.locate(PICTURE, 1.0).x == 500


def test_pictures_of_another_size_have_the_followed_one_at_another_place(room, locator):
    room.people = [somebody(100, unit=30)]
    assert locator.locate(PICTURE[::2, ::2], 0.0).x == 100
    room.people = [somebody(500, unit=120)]
    assert locator.locate(PICTURE, 0.4).x == 500


def test_furniture_that_looks_like_somebody_is_nobody_until_it_moves(room, locator):
    room.people = [somebody(160, presence=(SURE + LIKELY) / 2)]
    assert [locator.locate(PICTURE, 0.1 * number) for number in range(5)] == [None] * 5
    assert locator.locate(moving(480), 0.5) is None, "something moves elsewhere"
    assert locator.locate(moving(480), 0.6) is None
    assert locator.locate(moving(160), 0.7).x == 160


def test_what_is_hardly_anybody_is_nobody_even_if_it_moves(room, locator):
    room.people = [somebody(160, presence=LIKELY - 0.01)]
    locator.locate(PICTURE, 0.0)
    assert locator.locate(moving(160), 0.1) is None


def test_who_is_followed_is_believed_with_less(room, locator):
    room.people = [somebody(160)]
    assert locator.locate(PICTURE, 0.0) is not None
    room.people = [somebody(160, presence=LIKELY - 0.05)]
    assert [locator.locate(PICTURE, 0.4 * number) is None for number in range(1, 9)] == [False] * 8


def test_who_was_never_surely_there_gives_way_to_somebody_who_is(room, locator):
    room.people = [somebody(160, unit=90, presence=0.6)]
    locator.locate(PICTURE, 0.0)
    assert locator.locate(moving(160), 0.1).x == 160
    room.people = [somebody(160, unit=90, presence=0.6), somebody(480)]
    assert locator.locate(PICTURE, 0.5).x == 480
    room.people = [somebody(160, unit=90), somebody(480)]
    assert locator.locate(PICTURE, 0.9).x == 480, "now that it is sure, it stays"


def test_a_click_chooses_whom_nobody_was_sure_of(room, locator):
    room.people = [somebody(160, presence=0.5), somebody(480)]
    locator.choose(150, 200)
    assert locator.locate(PICTURE, 0.0).x == 160
    assert locator.locate(PICTURE, 0.4).x == 160


class CloserLooks:
    """Second looks that give everybody such a presence; counts them."""

    def __init__(self, presence):
        self.presence, self.number = presence, 0

    def __call__(self, image, person):
        self.number += 1
        return replace(person, presence=self.presence)


def test_whom_a_closer_look_does_not_agree_to_is_nobody(room):
    room.people = [somebody(160)]
    looks = CloserLooks(SURE - 0.01)
    locator = PersonLocator(find=room.find, look_closer=looks)
    assert locator.locate(PICTURE, 0.0) is None
    looks.presence = SURE
    assert locator.locate(PICTURE, 0.1).x == 160


def test_who_is_followed_needs_no_closer_look(room):
    looks = CloserLooks(SURE)
    locator = PersonLocator(find=room.find, look_closer=looks)
    room.people = [somebody(160)]
    assert [locator.locate(PICTURE, 0.4 * number).x for number in range(5)] == [160] * 5
    assert looks.number == 1


def test_who_was_never_surely_there_is_looked_at_closer_until_it_is(room):
    looks = CloserLooks(LIKELY)
    locator = PersonLocator(find=room.find, look_closer=looks)
    room.people = [somebody(160, presence=0.6)]
    locator.locate(PICTURE, 0.0)
    assert locator.locate(moving(160), 0.1).x == 160
    looks.presence = SURE
    assert [locator.locate(PICTURE, 0.1 * number).x for number in (2, 3, 4)] == [160] * 3
    assert looks.number == 3


def test_of_a_crowd_only_the_likeliest_are_looked_at_closer(room):
    looks = CloserLooks(SURE)
    locator = PersonLocator(find=room.find, look_closer=looks)
    room.people = [somebody(60 + 80 * number, presence=0.6 + 0.02 * number) for number in range(7)]
    assert locator.locate(PICTURE, 0.0).x >= 60 + 80 * (7 - MOST_CLOSER)
    assert looks.number == MOST_CLOSER


def chair(rng):
    """An office chair with something bright behind its back, in a room where nobody is."""
    wall, dark, bright = rng.uniform(120, 230, 3), rng.uniform(10, 70, 3), rng.uniform(60, 250, 3)
    image = np.full((240, 320, 3), wall)
    image[int(rng.uniform(150, 190)) :] = wall * rng.uniform(0.3, 0.7)
    unit = rng.uniform(14, 40)
    x, y = rng.uniform(60, 260), rng.uniform(70, 140)

    def at(right, down):
        return round(x + right * unit), round(y + down * unit)

    cv2.circle(image, at(rng.uniform(-0.1, 0.1), -0.55), int(0.36 * unit), bright.tolist(), -1)
    for down, wide, high in ((0.5, 0.55, 0.75), (1.3, 0.6, 0.15)):
        cv2.ellipse(image, at(0, down), (int(wide * unit), int(high * unit)), 0, 0, 360, dark.tolist(), -1)
    cv2.rectangle(image, at(-0.06, 1.0), at(0.06, 2.0), dark.tolist(), -1)
    cv2.line(image, at(-0.5, 2.1), at(0.5, 2.1), dark.tolist(), 2)
    noisy = cv2.GaussianBlur(image, (0, 0), 0.7) + rng.normal(0, 2, image.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def test_chairs_that_look_like_somebody_are_hardly_ever_followed():
    """At the first look more than half of these look as sure as people do."""
    rng = np.random.default_rng(3)
    followed = [PersonLocator().locate(chair(rng), 0.0) is not None for _ in range(40)]
    assert sum(followed) <= 4


@pytest.fixture(scope="module")
def standing():
    """A synthetic person who stands in the middle of 640 x 480, the shoulders 130 pixels apart."""
    with open_source(assets() / "sample.mp4") as source:
        return next(iter(source)).image


def on_the_wall(image, person):
    """A photograph of somebody, a quarter as large as life, hangs at the upper right."""
    image = image.copy()
    image[24:176, 478:602] = (30, 40, 60)
    image[30:170, 484:596] = cv2.resize(person[130:480, 180:460], (112, 140), interpolation=cv2.INTER_AREA)
    return image


def test_a_photograph_on_the_wall_is_somebody_until_another_is_clicked_on(standing):
    """It is followed where it hangs alone, and no longer than that for who clicks."""
    wall = np.full((480, 640, 3), 150, np.uint8)
    locator = PersonLocator()
    assert abs(locator.locate(on_the_wall(wall, standing), 0.0).x - 540) < 20
    beside = on_the_wall(np.roll(standing, -140, axis=1), standing)
    assert abs(locator.locate(beside, 0.5).x - 540) < 20, "who comes in later does not take over"
    locator.choose(180, 260)
    assert abs(locator.locate(beside, 1.0).x - 180) < 20


def test_who_is_nearer_than_a_photograph_is_followed_and_the_photograph_once_nobody_is_there(standing):
    wall = on_the_wall(np.full((480, 640, 3), 150, np.uint8), standing)
    beside = on_the_wall(np.roll(standing, -140, axis=1), standing)
    locator = PersonLocator()
    assert abs(locator.locate(beside, 0.0).x - 180) < 20
    assert locator.locate(wall, 0.5) is None
    assert abs(locator.locate(wall, 2.5).x - 540) < 20


def test_a_person_who_stands_still_is_followed_at_once(standing):
    image = standing
    for picture in (image, image[::2, ::2], image[:, ::-1], cv2.resize(image, None, fx=2, fy=2)):
        assert PersonLocator().locate(picture, 0.0) is not None
