import math
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from gesturelrcn import CaptureError
from gesturelrcn.region import (
    BackgroundFollower,
    CachingLocator,
    PersonLocator,
    Region,
    RegionTracker,
    SteppedFollower,
    TrackerSettings,
    crop,
    region_from_landmarks,
)
from tests.waiting import wait_until


def at(x, y, side=100.0, when=0.0):
    return Region(x, y, side, 1.0, when)


def picture(width=640, height=480):
    y, x = np.mgrid[:height, :width]
    return np.stack([x % 256, y % 256, (x + y) % 256], -1).astype(np.uint8)


def test_crop_of_the_right_scale_is_a_copy():
    image = picture()
    assert (crop(image, at(164.0, 264.0, 128.0), 128) == image[200:328, 100:228]).all()


def test_crop_outside_the_frame_is_black():
    out = crop(np.full((100, 100, 3), 200, np.uint8), at(0.0, 50.0, 100.0), 64)
    assert (out[:, :31] == 0).all()
    assert (out[8:56, 34:] == 200).all()


@pytest.mark.parametrize("side", [60.0, 128.0, 300.0, 700.0, 1500.0])
def test_crop_puts_a_spot_where_it_belongs(side):
    image = np.zeros((960, 1280, 3), np.uint8)
    spot = np.array([700.0, 420.0])
    y, x = np.mgrid[:960, :1280]
    image[(x + 0.5 - spot[0]) ** 2 + (y + 0.5 - spot[1]) ** 2 < (side / 20) ** 2] = 255
    region = at(spot[0] - 0.2 * side, spot[1] + 0.15 * side, side)
    out = crop(image, region, 128)[..., 0].astype(float)
    found = [(out.sum(axis) * (np.arange(128) + 0.5)).sum() / out.sum() for axis in (0, 1)]
    expected = (spot - (region.x, region.y)) / side * 128 + 64
    assert found == pytest.approx(list(expected), abs=0.35)


def landmarks(left, right, face):
    held = np.zeros((33, 3))
    held[:11, :2] = face
    held[11, :2], held[12, :2] = left, right
    held[:, 2] = 0.9
    return held


def test_region_is_centred_on_the_shoulders():
    region = region_from_landmarks(landmarks((370, 200), (270, 200), (320, 140)), 2.0)
    assert (region.x, region.y, region.side, region.located_at) == (320.0, 215.0, 420.0, 2.0)


def test_a_person_seen_from_the_side_keeps_a_full_region():
    region = region_from_landmarks(landmarks((325, 200), (315, 200), (320, 100)), 0.0)
    assert region.side == pytest.approx(4.2 * 120)


def test_no_shoulders_no_region():
    assert region_from_landmarks(landmarks((5, 5), (5, 5), (5, 5)), 0.0) is None


def test_small_movements_do_not_shake_the_region():
    tracker = RegionTracker()
    tracker.update(at(100, 100))
    first = tracker.at(0.0)
    tracker.update(at(104, 98, 103, when=0.5))
    assert (tracker.at(0.5).x, tracker.at(1.5).side) == (first.x, first.side)


def test_the_region_glides_to_a_new_place_in_seconds_not_frames():
    places = []
    for fps in (10, 60):
        tracker = RegionTracker(TrackerSettings(glide=0.4))
        tracker.update(at(100, 100))
        tracker.at(0.0)
        tracker.update(at(130, 100, when=0.0))
        for i in range(1, fps + 1):
            region = tracker.at(i / fps)
        places.append(region.x)
    assert places[0] == pytest.approx(places[1], abs=1e-6)
    assert 125 < places[0] < 130
    assert not [tracker.take_jump(), tracker.take_jump()][1]


def test_a_jump_is_told_once():
    tracker = RegionTracker()
    tracker.update(at(100, 100))
    assert tracker.take_jump()
    assert not tracker.take_jump()
    tracker.at(0.0)
    tracker.update(at(300, 100, when=0.4))
    assert tracker.take_jump()
    assert tracker.at(0.4).x == 300


def test_nobody_for_too_long_is_nobody():
    tracker = RegionTracker(TrackerSettings(lost_after=2.0))
    tracker.update(at(100, 100))
    assert tracker.at(1.9) is not None
    tracker.update(None)
    assert tracker.at(2.1) is None


class CountingLocator:
    """A locator that finds a region where the test says."""

    def __init__(self, found=None):
        self.calls, self.found, self.closed = [], found, False
        self.called = threading.Event()

    def locate(self, image, when):
        self.calls.append(when)
        self.called.set()
        return None if self.found is None else at(50, 50, when=when)

    def close(self):
        self.closed = True


def test_stepped_follower_keeps_its_cadence_in_media_time():
    locator = CountingLocator(found=True)
    follower = SteppedFollower(locator, every=0.4)
    for i in range(41):
        follower.follow(picture(64, 48), i * 0.05)
    assert locator.calls == pytest.approx([0.0, 0.4, 0.8, 1.2, 1.6, 2.0], abs=0.051)
    follower.close()
    assert locator.closed


def test_background_follower_answers_at_once_and_closes():
    release, locator = threading.Event(), CountingLocator(found=True)
    slow = locator.locate
    locator.locate = lambda image, when: (release.wait(), slow(image, when))[1]
    follower = BackgroundFollower(lambda: locator, every=0.01)
    assert follower.follow(picture(64, 48), 0.0) is None  # the locator is still busy; nobody waits for it
    release.set()
    wait_until(locator.called.is_set)
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is not None)
    assert follower.follow(picture(64, 48), 0.1).x == 50
    follower.close()
    assert locator.closed


def test_background_follower_survives_a_bad_picture(caplog):
    locator = CountingLocator(found=True)
    good = locator.locate
    failed = threading.Event()

    def fail_once(image, when):
        if not failed.is_set():
            failed.set()
            raise RuntimeError("bad picture")
        return good(image, when)

    locator.locate = fail_once
    follower = BackgroundFollower(lambda: locator, every=0.01)
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is not None)
    follower.close()
    assert "failed on a frame" in caplog.text


@pytest.mark.mediapipe
def test_the_locator_finds_the_synthetic_person_and_is_silent_on_stderr():
    program = (
        "from gesturelrcn.capture import open_source; from gesturelrcn.model import assets;"
        "from gesturelrcn.region.mediapipe import PoseLocator;"
        "image = next(iter(open_source(assets() / 'sample.mp4'))).image; p = PoseLocator();"
        "print(p.locate(image * 0, 0.0), p.locate(image, 0.0).side > 200); p.close()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("None True", "")


def test_a_locator_that_hangs_is_replaced_and_the_person_is_kept_meanwhile(caplog):
    free, made = threading.Event(), []

    class Hanging(CountingLocator):
        def locate(self, image, when):
            if self is made[0] and when >= 1.0:
                free.wait()
            return super().locate(image, when)

    def make():
        made.append(Hanging(found=True))
        return made[-1]

    follower = BackgroundFollower(make, every=0.01, hung_after=0.3)
    wait_until(lambda: follower.follow(picture(64, 48), 0.5) is not None)
    begin = time.monotonic()

    def a_second_one_answers():
        region = follower.follow(picture(64, 48), 1.0 + time.monotonic() - begin)
        assert region is not None, "silence of the locator is nobody's absence"
        return len(made) == 2 and made[1].calls

    wait_until(a_second_one_answers)
    assert "has not answered for 0.3 s" in caplog.text
    follower.close()
    assert not made[0].closed, "nobody waits for one that hangs"
    free.set()
    wait_until(lambda: made[0].closed and made[1].closed)


def test_a_locator_that_fails_again_and_again_is_made_anew(caplog, monkeypatch):
    monkeypatch.setattr("gesturelrcn.region.background.FIRST_PAUSE", 0.05)
    made = []

    class Dying(CountingLocator):
        def locate(self, image, when):
            if self is made[0]:
                raise RuntimeError("graph is broken")
            return super().locate(image, when)

    def make():
        made.append(Dying(found=True))
        return made[-1]

    follower = BackgroundFollower(make, every=0.001)
    follower._pause = 0.05
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is not None)
    assert made[0].closed
    assert "has failed" in caplog.text
    follower.close()


def test_a_locator_that_cannot_be_made_is_tried_again():
    tries = []

    def make():
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise OSError("its files are missing")
        return CountingLocator(found=True)

    follower = BackgroundFollower(make, every=0.01)
    follower._pause = 0.05
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is not None)
    assert len(tries) == 3
    follower.close()


def test_no_more_than_three_locators_hang_at_the_same_time():
    free, made = threading.Event(), []

    class Hanging(CountingLocator):
        def locate(self, image, when):
            free.wait()
            return

    def make():
        made.append(Hanging())
        return made[-1]

    follower = BackgroundFollower(make, every=0.01, hung_after=0.05)
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is None and len(made) == 3)
    for _ in range(50):
        assert follower.follow(picture(64, 48), 0.1) is None
        time.sleep(0.01)
    assert len(made) == 3
    free.set()
    follower.close()
    wait_until(lambda: all(locator.closed for locator in made))


@pytest.mark.parametrize("kind", ["stepped", "background"])
def test_another_size_of_picture_forgets_the_region(kind):
    locator = CountingLocator(found=True)
    follower = (
        SteppedFollower(locator) if kind == "stepped" else BackgroundFollower(lambda: locator, every=0.01)
    )
    wait_until(lambda: follower.follow(picture(64, 48), 0.1) is not None)
    follower.take_jump()
    locator.found = None
    assert follower.follow(picture(48, 64), 0.2) is None
    follower.close()


def test_time_that_goes_back_forgets_the_region():
    locator = CountingLocator(found=True)
    follower = SteppedFollower(locator)
    assert follower.follow(picture(64, 48), 100.0) is not None
    locator.found = None
    assert follower.follow(picture(64, 48), 3.0) is None
    follower.close()


@pytest.mark.parametrize("side", [9.0, 40.0, 4000.0, 40000.0])
def test_crop_of_a_very_far_and_a_very_near_person(side):
    out = crop(np.full((480, 640, 3), 99, np.uint8), at(600.0, 30.0, side), 128)
    assert out.shape == (128, 128, 3)
    assert out.max() <= 99


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 0.0, -5.0])
def test_what_cannot_be_a_place_is_nobody(wrong):
    tracker = RegionTracker()
    tracker.update(Region(50.0, 50.0, wrong, 1.0, 0.0))
    assert tracker.at(0.1) is None
    tracker.update(Region(50.0, 50.0, 60.0, 1.0, 0.2))
    assert tracker.at(0.3).side == 60.0
    tracker.update(Region(50.0, 50.0, wrong, 1.0, 0.4))
    assert tracker.at(0.5).side == pytest.approx(60.0)
    assert tracker.at(4.0) is None, "nonsense is no sign of life"


@pytest.mark.parametrize(
    "wrong", [None, [[1, 2, 3]], np.zeros((48, 64), np.uint8), np.full((48, 64, 3), np.nan), picture()[:0]]
)
def test_what_is_no_picture_is_refused_by_all_who_look(wrong):
    """And the next one is looked at."""
    found = CountingLocator(found=True)
    background = BackgroundFollower(lambda: found)
    looks = PersonLocator().locate, CachingLocator(lambda: found).locate, SteppedFollower(found).follow
    for look in (*looks, background.follow):
        with pytest.raises(CaptureError, match=r"The picture is .*; give pictures as \(height, width, 3\)"):
            look(wrong, 0.0)
    for look in (*looks[1:], background.follow):
        wait_until(lambda look=look: look(picture(64, 48), 0.1) is not None)
    background.close()
