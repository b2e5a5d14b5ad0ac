"""What is drawn, where, and that it does not cover the person. Pictures are drawn without any window."""

import subprocess
import sys

import numpy as np
import pytest

from gesturelrcn.actions import ActionState
from gesturelrcn.overlay import Known, Note, draw_overlay
from gesturelrcn.overlay.drawing import AMBER, GREEN, GREY, RED, colour_of
from gesturelrcn.overlay.text import shortened, width_of, write
from gesturelrcn.region import Region

SIZES = [(640, 480), (1280, 720), (480, 640)]
READY = ActionState(None, "")
ARMED = ActionState(7.6, "")
UNARMED = ActionState(0.0, "not armed (hold raise_hand 0.5 s)")
PAUSED = ActionState(None, "paused")
TYPING = ActionState(None, "somebody types (0.4 s to go)")


def grey(width=640, height=480):
    return np.full((height, width, 3), 128, np.uint8)


def region_of(image, share=0.6):
    height, width = image.shape[:2]
    return Region(width / 2, 0.55 * height, share * height, 1.0, 0.0)


def changed(image, known, **options):
    """(H, W) bool: where the overlay is."""
    return (draw_overlay(image, known, **options) != image).any(axis=2)


def all_known(image):
    region = region_of(image)
    look = Region(region.x - 0.3 * region.side, region.y, 0.2 * region.side, 1.0, 0.0)
    joints = np.array([[look.x, look.y, 1.0]] * 4, np.float32)
    return Known(
        *(region, look, joints, "right", "point_right", 0.58, 0.62),
        **{"state": READY, "latency": 0.012, "fps": 29.6},
        action=Note("next slide", 0.5, good=True),
        near_miss=Note("point_right 0.58 of 0.62"),
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_new_picture_of_the_same_size(size):
    image = grey(*size)
    picture = draw_overlay(image, all_known(image))
    assert (picture.shape, picture.dtype) == (image.shape, np.uint8)
    assert (image == 128).all(), "the frame itself is left as it is"
    assert not np.shares_memory(picture, draw_overlay(image, Known()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_words_leave_the_person_free(size, mirrored):
    image = grey(*size)
    known = all_known(image)
    words = Known(
        *(None, None, None, None, known.gesture, known.score, known.start),
        **{"state": UNARMED, "latency": known.latency, "fps": known.fps},
        action=Note("no next slide: somebody uses the mouse (0.4 s to go)"),
        near_miss=known.near_miss,
    )
    covered = changed(image, words, mirrored=mirrored)
    height, width = image.shape[:2]
    assert not covered[round(0.25 * height) : round(0.9 * height)].any()
    head = covered[: round(0.9 * height), round(0.45 * width) : round(0.6 * width)]
    assert not head.any() or size[0] < size[1], "upright pictures have no room beside the head"
    assert covered.mean() < 0.2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("part", ["gesture", "latency", "state", "action", "near_miss"])
def test_letters_are_as_large_in_every_size(size, part):
    """At least 2 % of the height of a picture of 4:3; read off the pixels, not off what was asked for."""
    image = grey(*size)
    value = {
        **{"gesture": "point_right", "latency": 0.012, "state": READY},
        **{"action": Note("next slide", 0.0, good=True), "near_miss": Note("point_right 0.58 of 0.62")},
    }
    plain = draw_overlay(image, Known(**{part: value[part]}))
    bright = (plain.max(axis=2) > 180) | ((plain.max(axis=2) < 40) & (part == "state"))
    rows = np.flatnonzero(bright.any(axis=1))
    assert np.ptp(rows) + 1 >= 0.02 * min(size[1], 0.75 * size[0])


def test_the_person_is_marked_at_the_corners():
    image = grey()
    region = Region(200, 250, 160, 1.0, 0.0)
    rows, columns = np.nonzero(changed(image, Known(region))[70:])
    assert (columns.min(), columns.max()) == pytest.approx((120, 280), abs=3)
    assert (rows.min() + 70, rows.max() + 70) == pytest.approx((170, 330), abs=3)
    assert not changed(image, Known(region))[240:260].any(), "edges are not drawn right through"
    rows, columns = np.nonzero(changed(image, Known(region), mirrored=True)[70:])
    assert (columns.min(), columns.max()) == pytest.approx((640 - 280, 640 - 120), abs=3)


def test_a_mirror_turns_the_picture_and_not_the_words():
    image = grey()
    image[200:300, :100] = (0, 0, 255)
    mirrored = draw_overlay(image, Known(state=READY), mirrored=True)
    assert tuple(mirrored[250, 600]) == (0, 0, 255)
    plain = draw_overlay(grey(), Known(state=READY))
    assert np.array_equal(mirrored[-38:], plain[-38:])


def test_the_hand_that_acts_stands_out():
    image = grey()
    joints = np.array([[100, 200, 1], [400, 200, 1], [120, 200, 1], [420, 200, 1]], np.float32)
    region = Region(300, 300, 300, 1.0, 0.0)
    picture = draw_overlay(image, Known(region, None, joints, "right"))
    assert tuple(picture[200, 400]) == AMBER
    assert tuple(picture[200, 100]) == GREY
    joints[1, 2] = 0.0
    assert tuple(draw_overlay(image, Known(region, None, joints, "right"))[200, 400]) == (128, 128, 128)


def bar_of(known):
    """Pixels of the bar that are filled, and where its mark is, from its left end; its length is 192."""
    row = draw_overlay(grey(), known)[45, 15:207].astype(int)
    mark = draw_overlay(grey(), known)[39, 15:207].astype(int)
    return int((np.abs(row - 90).max(axis=1) > 40).sum()), float(
        np.flatnonzero(np.ptp(mark, axis=1) > 60).mean()
    )


@pytest.mark.parametrize(("score", "start"), [(0.2, 0.5), (0.5, 0.62), (0.3, 0.9)])
def test_the_bar_is_as_long_as_the_score_and_marked_at_the_threshold(score, start):
    known = Known(Region(300, 300, 200, 1.0, 0.0), gesture="wave", score=score, start=start)
    filled, mark = bar_of(known)
    assert filled == pytest.approx(192 * score, abs=4)
    assert mark == pytest.approx(192 * start, abs=2)


def test_the_state_is_told_by_colour_and_words():
    assert colour_of(READY) == colour_of(ARMED) == GREEN
    assert colour_of(UNARMED) == GREY
    assert colour_of(PAUSED) == colour_of(TYPING) == RED
    pictures = [draw_overlay(grey(), Known(state=each)) for each in (READY, ARMED, UNARMED, PAUSED, TYPING)]
    assert [tuple(each[470, 3]) for each in pictures] == [GREEN, GREEN, GREY, RED, RED]
    assert not any(
        np.array_equal(one, other) for number, one in enumerate(pictures) for other in pictures[:number]
    )


@pytest.mark.parametrize("part", [Known(action=Note("x", 0.1, good=True)), Known(near_miss=Note("x"))])
def test_what_is_not_known_is_left_out(part):
    nothing = draw_overlay(grey(), Known())
    assert not np.array_equal(draw_overlay(grey(), part), nothing)
    assert (nothing[-38:] == 128).all()


def test_news_stand_out_and_fade():
    def colour(note):
        return tuple(
            draw_overlay(np.zeros((480, 640, 3), np.uint8), Known(action=note))[-38:].max(axis=(0, 1))
        )

    done, held, old = Note("done", 0.1, good=True), Note("held", 0.1), Note("done", 5.0, good=True)
    assert colour(done) == pytest.approx(GREEN, abs=3)
    assert colour(held) == pytest.approx(AMBER, abs=3)
    assert colour(old) == pytest.approx(GREY, abs=3)


@pytest.mark.parametrize("size", [(16, 16), (33, 21), (3000, 40), (40, 3000)])
def test_any_picture_can_be_drawn_into(size):
    image = grey(*size)
    far = Region(-1e9, 1e9, 1e12, 1.0, 0.0)
    joints = np.full((4, 3), 1e9, np.float32)
    for region in (region_of(image), far):
        known = Known(
            region, region, joints, "both", "raise_hand", 2.0, 0.5, state=TYPING, latency=9.0, fps=1e4
        )
        assert draw_overlay(image, known, mirrored=True).shape == image.shape


def test_words_beyond_the_edge_are_cut_off():
    black = np.zeros((30, 60, 3), np.uint8)
    whole = black.copy()
    wide = write(whole, "wave", (10, 2), 16, (255, 255, 255))
    assert wide == width_of("wave", 16)
    for shift in (-25, 55):
        moved = black.copy()
        write(moved, "wave", (10 + shift, 2), 16, (255, 255, 255))
        left, right = max(0, shift), min(60, 60 + shift)
        assert np.array_equal(moved[:, left:right], whole[:, left - shift : right - shift])


def test_long_words_are_shortened():
    text = "no next slide: somebody uses the mouse"
    cut = shortened(text, 16, 150)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert 110 < width_of(cut, 16) <= 150
    assert shortened("short", 16, 150) == "short"
    assert shortened(text, 16, 3) == ""


def test_accents_are_letters():
    pictures = []
    for text in ("nächste", "nachste", "n?chste"):
        picture = np.zeros((30, 120, 3), np.uint8)
        write(picture, text, (0, 0), 18, (255, 255, 255))
        pictures.append(picture)
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_the_package_is_not_loaded_with_the_others():
    code = "import sys, gesturelrcn; print([n for n in sys.modules if n.startswith(('PIL', 'av'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
