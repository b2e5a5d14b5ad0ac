"""Recordings are seen as a player shows them: the right way up, in proportion, when their stamps say."""

from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.capture.stamps import media_times
from tests.capture.clips import HEIGHT, WIDTH, numbered_pictures
from tests.capture.containers import trim, turn
from tests.mjpeg_server import read_number
from tests.recordings.uneven import write_uneven

CORNERS = np.zeros((80, 120, 3), np.uint8)
CORNERS[:40, :60], CORNERS[:40, 60:], CORNERS[40:, :60] = (0, 0, 220), (0, 220, 0), (220, 0, 0)
"""Red, green, blue and black: each turned and mirrored picture of it is another one."""

TURNS = {
    "as it is": ((1, 0, 0, 1), lambda image: image),
    "a quarter clockwise": ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
    "upside down": ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    "a quarter anticlockwise": ((0, -1, 1, 0), lambda image: np.rot90(image)),
    "mirrored": ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    "mirrored upside down": ((1, 0, 0, -1), lambda image: image[::-1]),
    "mirrored at one diagonal": ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
    "mirrored at the other": ((0, -1, -1, 0), lambda image: image.transpose(1, 0, 2)[::-1, ::-1]),
}


@pytest.mark.parametrize("way", TURNS)
def test_a_film_is_turned_and_mirrored_as_it_says(tmp_path, way):
    matrix, expected = TURNS[way]
    path = turn(write_uneven(tmp_path / "phone.mp4", [CORNERS] * 3, (0.0, 0.1, 0.2)), matrix)
    for frame in open_source(path):
        shown = expected(CORNERS)
        assert frame.image.shape == shown.shape
        assert frame.image.flags.c_contiguous
        assert np.abs(frame.image.astype(int) - shown).mean() < 8


@pytest.mark.parametrize(
    ("pixel", "size"),
    [
        (Fraction(64, 45), (171, 80)),
        (Fraction(1, 2), (120, 160)),
        (Fraction(1), (120, 80)),
        (Fraction(1000, 1), (120, 80)),  # damage
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_pixels_that_are_not_square_are_made_so(tmp_path, pixel, size, suffix):
    path = write_uneven(tmp_path / f"dv{suffix}", [CORNERS] * 3, (0.0, 0.1, 0.2), pixel=pixel)
    for frame in open_source(path):
        assert frame.image.shape[1::-1] == size
        shown = cv2.resize(CORNERS, size)
        assert np.abs(frame.image.astype(int) - shown).mean() < 8


PAUSE = [0.0, 0.05, 0.1, 0.15, 11.25, 11.3, 11.35, 40.0, 40.05, 40.1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize(
    "times",
    [
        pytest.param(PAUSE, id="pauses"),
        pytest.param([0.0, 0.1, 0.2, 0.3, 15.0], id="the last one after a pause"),
        pytest.param([number / 5 for number in range(12)], id="5 a second"),
        pytest.param([number / 240 for number in range(40)], id="240 a second"),
        pytest.param([2.0 * number for number in range(6)], id="one in two seconds"),
    ],
)
def test_time_is_what_the_stamps_say(tmp_path, suffix, times, caplog):
    frames = list(open_source(write_uneven(tmp_path / f"film{suffix}", times=times)))
    assert [read_number(frame.image) for frame in frames] == list(range(len(times)))
    assert [frame.media_time for frame in frames] == pytest.approx(times, abs=1e-3)
    assert not caplog.records, "it is whole"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_stamps_that_begin_late_begin_at_zero(tmp_path, suffix, caplog):
    path = write_uneven(tmp_path / f"late{suffix}", times=[10.0 + number / 20 for number in range(20)])
    times = [frame.media_time for frame in open_source(path)]
    assert times == pytest.approx([number / 20 for number in range(20)], abs=1e-3)
    assert not caplog.records


def test_an_edit_list_is_obeyed(tmp_path, caplog):
    path = trim(write_uneven(tmp_path / "phone.mp4", times=[number / 20 for number in range(60)]), 1.0, 2.0)
    frames = list(open_source(path))
    assert [read_number(frame.image) for frame in frames] == list(range(20, 40))
    assert [frame.media_time for frame in frames] == pytest.approx([n / 20 for n in range(20)], abs=1e-3)
    assert not caplog.records, "who trimmed it wanted it so"


def test_transport_streams_joined_end_to_end_go_on(tmp_path, caplog):
    times = [number / 20 for number in range(20)]
    parts = [write_uneven(tmp_path / f"{name}.ts", times=times).read_bytes() for name in "ab"]
    (tmp_path / "both.ts").write_bytes(b"".join(parts))
    frames = list(open_source(tmp_path / "both.ts"))
    assert [read_number(frame.image) for frame in frames] == [*range(20), *range(20)]
    assert [frame.media_time for frame in frames] == pytest.approx([n / 20 for n in range(40)], abs=1e-3)
    assert not caplog.records


def test_pictures_that_change_their_size_are_the_real_ones(tmp_path):
    small = [cv2.resize(image, (WIDTH * 2, HEIGHT * 2)) for image in numbered_pictures(10)]
    times = [number / 20 for number in range(10)]
    write_uneven(tmp_path / "a.ts", small, times)
    write_uneven(tmp_path / "b.ts", list(numbered_pictures(20))[10:], [0.5 + at for at in times])
    both = tmp_path / "both.ts"
    both.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    frames = list(open_source(both))
    assert [frame.image.shape[:2] for frame in frames] == [(HEIGHT * 2, WIDTH * 2)] * 10 + [
        (HEIGHT, WIDTH)
    ] * 10
    assert [read_number(frame.image) for frame in frames[10:]] == list(range(10, 20))
    assert [frame.media_time for frame in frames] == pytest.approx([n / 20 for n in range(20)], abs=1e-3)


def times_of(stamps, period=0.1):
    told = list(media_times(enumerated(stamps), period))
    assert [number for _, number in told] == list(range(len(stamps)))
    times = [at for at, _ in told]
    assert all(one < other for one, other in pairwise(times))
    return times


def enumerated(stamps):
    return [(stamp, number) for number, stamp in enumerate(stamps)]


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        pytest.param([0.0, 0.1, 99.1, 99.2, 99.3], [0.0, 0.1, 99.1, 99.2, 99.3], id="a pause"),
        pytest.param([0.0, 0.1, 99.0], [0.0, 0.1, 99.0], id="nothing contradicts the last one"),
        pytest.param([0.0, 0.1, 15.0, 0.3, 0.4], [0.0, 0.1, 0.2, 0.3, 0.4], id="too high once"),
        pytest.param([0.0, 0.1, 0.0, 0.3, 0.4], [0.0, 0.1, 0.2, 0.3, 0.4], id="too low once"),
        pytest.param([0.0, 0.1, 15.0, 16.0, 0.4], [0.0, 0.1, 0.2, 0.3, 0.4], id="too high twice"),
        pytest.param([0.0] * 5, [0.0, 0.1, 0.2, 0.3, 0.4], id="none that say anything"),
        pytest.param([None] * 3, [0.0, 0.1, 0.2], id="none"),
        pytest.param([5.0, 5.1, 5.2, 1.0, 1.2, 1.3], [5.0, 5.1, 5.2, 5.3, 5.5, 5.6], id="begun anew"),
        pytest.param([0.0, 0.1, 0.2, 0.15, 0.4, 0.5], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], id="a little low once"),
        pytest.param(
            [0.0, 0.1, 0.2, 0.3, 0.2, 0.3, 0.4, 0.5], [n / 10 for n in range(8)], id="begun anew in between"
        ),
        pytest.param([-0.2, -0.1, 0.0], [0.0, 0.1, 0.2], id="below zero"),
    ],
)
def test_a_stamp_is_believed_unless_the_next_ones_contradict_it(stamps, times):
    assert times_of(stamps) == pytest.approx(times)
