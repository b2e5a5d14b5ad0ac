"""Between two looks of the locator the square follows the joints that the model sees in every frame."""

import math

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.region import Region, SteppedFollower, region_from_landmarks
from gesturelrcn.region.joints import VISIBLE, AnchoredJoints, region_from_joints

PICTURE = np.zeros((480, 640, 3), np.uint8)
SQUARE = Region(300.0, 200.0, 400.0, 0.9, 1.0)


def at(x, y=200.0, side=400.0, when=0.0):
    return Region(x, y, side, 1.0, when)


def joints(visible=1.0, **places):
    """Keypoints with these places in shares of the square."""
    keypoints = np.full((len(KEYPOINTS), 3), 0.5, np.float32)
    for name, place in places.items():
        keypoints[KEYPOINTS.index(name)] = (*place, visible)
    return keypoints


def facing(visible=1.0):
    return joints(visible, left_shoulder=(0.62, 0.46), right_shoulder=(0.38, 0.46), nose=(0.5, 0.29))


def test_joints_and_landmarks_of_one_person_give_one_square():
    landmarks = np.zeros((33, 3))
    landmarks[:11, :2] = (300.0, 184.0 - 1.05 * 68.0)  # the middle of a face is above its nose
    landmarks[11, :2], landmarks[12, :2] = (348.0, 184.0), (252.0, 184.0)
    expected, found = region_from_landmarks(landmarks, 2.0), region_from_joints(facing(), SQUARE, 2.0)
    assert (found.x, found.y, found.side) == pytest.approx((expected.x, expected.y, expected.side))
    assert (found.confidence, found.located_at) == (1.0, 2.0)
    landmarks[11, :2], landmarks[12, :2] = (304.0, 184.0), (296.0, 184.0)  # from the side
    turned = joints(left_shoulder=(0.51, 0.46), right_shoulder=(0.49, 0.46), nose=(0.5, 0.29))
    expected, found = region_from_landmarks(landmarks, 2.0), region_from_joints(turned, SQUARE, 2.0)
    assert (found.x, found.y, found.side) == pytest.approx((expected.x, expected.y, expected.side))


@pytest.mark.parametrize("visible", [0.0, VISIBLE - 0.01, math.nan])
def test_shoulders_that_are_not_clearly_seen_say_nothing(visible):
    assert region_from_joints(facing(visible), SQUARE, 2.0) is None


def test_joints_give_the_way_and_not_the_place():
    anchored = AnchoredJoints(at(100.0, side=300.0))
    anchored.see(at(106.0, side=330.0, when=0.1))
    assert anchored.place == at(100.0, side=300.0, when=0.1)
    anchored.see(at(126.0, 190.0, side=330.0, when=0.2))
    assert anchored.place == at(120.0, 190.0, side=300.0, when=0.2)


def test_a_gesture_in_which_shoulders_look_narrower_makes_nobody_smaller():
    anchored = AnchoredJoints(at(100.0, side=300.0))
    anchored.see(at(106.0, side=330.0))
    anchored.see(at(106.0, side=290.0))
    assert anchored.place.side == 300.0
    for other in (330.0 / 1.25, 330.0 * 1.25):  # turned away, or come nearer: the locator shall look
        anchored.see(at(106.0, side=other))
        assert anchored.place is None


def test_joints_that_come_too_late_after_a_look_say_nothing():
    anchored = AnchoredJoints(at(100.0))
    anchored.see(None)
    anchored.see(at(150.0))
    assert anchored.place is None
    anchored = AnchoredJoints(at(100.0))
    anchored.see(at(100.0))
    anchored.see(None)
    assert anchored.place is None
    anchored.see(at(150.0))
    assert anchored.place.x == 150.0, "they are known from before"


class Walker:
    """Somebody, a locator that sees them, and joints that see them a little elsewhere."""

    def __init__(self):
        self.x, self.side, self.there, self.visible = 100.0, 300.0, True, True
        self.looks, self.seen, self.closed = [], [], False

    def locate(self, image, when):
        self.looks.append(when)
        return at(self.x, side=self.side, when=when) if self.there else None

    def see_joints(self, region):
        self.seen.append(region)

    def joints(self, when):
        return at(self.x + 8.0, 210.0, 1.05 * self.side, when) if self.visible else None

    def choose(self, x, y):
        self.x = x

    def close(self):
        self.closed = True


@pytest.fixture
def walker():
    return Walker()


@pytest.fixture
def play(walker):
    """Plays frames, 20 a second, from one second to another; returns the regions."""
    follower = SteppedFollower(walker, every=0.4, check_every=2.0)

    def play(begin, end, move=lambda when: None):
        regions = []
        for number in range(round(20 * begin), round(20 * end)):
            move(number / 20)
            regions.append(follower.follow(PICTURE, number / 20))
            if regions[-1] is not None:
                follower.see_joints(walker.joints(number / 20))
        return regions

    play.follower = follower
    return play


def test_while_joints_are_seen_the_locator_is_only_asked_to_check(walker, play):
    regions = play(0.0, 10.0)
    assert walker.looks == pytest.approx([0.0, 2.0, 4.0, 6.0, 8.0], abs=0.3)
    assert {(region.x, region.y, region.side) for region in regions} == {(100.0, 200.0, 300.0)}
    assert walker.seen[-1] == at(100.0, side=300.0, when=9.95), "the locator hears where they went"


def test_the_square_goes_with_somebody_who_walks_and_comes_nearer(walker, play):
    def walk(when):
        walker.x, walker.side = 100.0 + 60.0 * when, 300.0 * 1.05**when

    play.follower.follow(PICTURE, 0.0)
    play.follower.take_jump()
    for region, when in zip(play(0.05, 8.0, walk), np.arange(0.05, 8.0, 0.05), strict=True):
        assert region.x == pytest.approx(100.0 + 60.0 * when, abs=0.15 * region.side)
        assert region.side == pytest.approx(300.0 * 1.05**when, rel=0.15)
    assert len(walker.looks) <= 6
    assert not play.follower.take_jump()


def test_joints_that_are_not_clearly_seen_send_for_the_locator(walker, play):
    walker.visible = False
    play(0.0, 2.0)
    assert walker.looks == pytest.approx([0.0, 0.4, 0.8, 1.2, 1.6], abs=0.11)


def test_joints_of_an_empty_square_do_not_keep_it_alive(walker, play):
    play(0.0, 3.0)
    walker.there = False  # but joints are still seen in what hangs there
    regions = play(3.0, 8.0)
    gone = next(number for number, region in enumerate(regions) if region is None) / 20 + 3.0
    asked = [when for when in walker.looks if 3.0 <= when < gone]
    assert asked[0] == pytest.approx(4.0, abs=0.15)
    assert 1.5 < gone - asked[0] <= 2.05, "at most two seconds after the look that found nobody"
    assert np.diff(asked).max() <= 0.16, "asked again and again meanwhile"


def test_somebody_elsewhere_is_a_jump_at_the_next_look(walker, play):
    play(0.0, 1.0)
    assert play.follower.take_jump()
    walker.x, walker.visible = 500.0, False
    regions = play(1.0, 1.5)
    assert play.follower.take_jump()
    assert regions[-1].x == 500.0


def test_a_choice_asks_the_locator_at_once(walker, play):
    play(0.0, 1.0)
    play.follower.choose(320.0, 100.0)
    assert play(1.0, 1.05)[0].x == 320.0
    assert walker.looks[-1] == 1.0


def test_joints_of_another_picture_are_forgotten(walker, play):
    play(0.0, 1.0)
    walker.there = False
    assert play.follower.follow(np.zeros((640, 480, 3), np.uint8), 1.0) is None
    assert play.follower.follow(PICTURE, 0.1) is None


def test_without_a_time_for_them_joints_are_not_followed(walker):
    follower = SteppedFollower(walker, every=0.4)
    for number in range(40):
        follower.follow(PICTURE, number / 20)
        follower.see_joints(at(600.0, when=number / 20))
    assert len(walker.looks) == 5
    assert walker.seen == []
    assert follower.follow(PICTURE, 2.0).x == 100.0
    follower.close()
    assert walker.closed


def test_one_film_gives_one_row_of_regions(walker, play):
    def stroll(when):
        walker.x = 300.0 + 100.0 * math.sin(3.0 * when)
        walker.visible = int(5 * when) % 4 > 0

    first = play(0.0, 6.0, stroll)
    walker.looks.clear()
    again = play(0.0, 6.0, stroll)
    assert again == first
