import cv2
import numpy as np
import pytest

from gesturelrcn.region import CachingLocator, Person, PersonLocator, Region
from gesturelrcn.region.caching import LONGEST, LONGEST_EMPTY


class Asked:
    """A locator that counts how often it is asked."""

    def __init__(self):
        self.times, self.chosen, self.closed = [], [], False
        self.found, self.broken = Region(50.0, 60.0, 70.0, 0.9, -1.0), False

    def locate(self, image, at):
        self.times.append(at)
        if self.broken:
            raise RuntimeError("broken")
        return self.found

    def choose(self, x, y):
        self.chosen.append((x, y))

    def close(self):
        self.closed = True


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def caching(asked):
    return CachingLocator(lambda: asked)


def noisy(seed=0):
    rng = np.random.default_rng(seed)
    picture = np.full((480, 640, 3), 120.0) + rng.normal(0, 3, (480, 640, 3))
    return picture.round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("somebody", [True, False])
def test_noise_is_not_looked_at_again_for_a_while(caching, asked, somebody):
    asked.found = asked.found if somebody else None
    found = [caching.locate(noisy(number), 0.4 * number) for number in range(12)]
    assert np.diff(asked.times) == pytest.approx(LONGEST if somebody else LONGEST_EMPTY, abs=0.4)
    assert [one is not None for one in found] == [somebody] * 12
    if somebody:
        assert found[3].located_at == pytest.approx(1.2)  # a sign of life of now
        assert (found[3].x, found[3].side) == (50.0, 70.0)


def test_who_comes_in_is_seen_at_once_and_a_lamp_is_nobody(caching, asked):
    caching.locate(noisy(), 0.0)
    lamp = noisy(1)
    lamp[:16, :100] = 255
    caching.locate(lamp, 0.4)
    assert asked.times == [0.0]
    far = noisy(2)
    far[200:330, 300:360] += 20  # somebody at six metres, hardly lighter than the wall
    caching.locate(far, 0.8)
    assert asked.times == [0.0, 0.8]


def test_a_choice_a_failure_and_time_that_goes_back_ask_again(caching, asked):
    caching.locate(noisy(), 10.0)
    caching.choose(5.0, 6.0)
    caching.locate(noisy(), 10.1)
    asked.broken = True
    with pytest.raises(RuntimeError):
        caching.locate(noisy(), 20.0)
    asked.broken = False
    caching.locate(noisy(), 20.1)
    caching.locate(noisy(), 3.0)
    assert (asked.times, asked.chosen) == ([10.0, 10.1, 20.0, 20.1, 3.0], [(5.0, 6.0)])
    caching.close()
    assert asked.closed


def test_who_was_chosen_stays_chosen_while_nobody_moves():
    people = [Person(160.0, 200.0, 60.0, 0.9, 0.8), Person(480.0, 200.0, 90.0, 0.9, 0.0)]
    locator = CachingLocator(lambda: PersonLocator(find=lambda image: people))
    assert locator.locate(noisy(), 0.0).x == 160.0
    people[0] = Person(160.0, 200.0, 60.0, 0.9, 0.0)  # the hand goes down, and hardly a block changes
    assert {locator.locate(noisy(number), 0.4 * number).x for number in range(1, 15)} == {160.0}


def test_joints_reach_a_locator_that_follows_them(caching, asked):
    caching.see_joints(None)
    asked.see_joints = asked.chosen.append
    caching.see_joints(asked.found)
    assert asked.chosen == [asked.found]


def test_the_same_picture_in_another_size_is_looked_at_again(caching, asked):
    caching.locate(noisy(), 0.0)
    caching.locate(cv2.resize(noisy(), (320, 240), interpolation=cv2.INTER_AREA), 0.1)
    assert asked.times == [0.0, 0.1]
