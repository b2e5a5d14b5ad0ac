"""Every frame of a recording, at the time at which it was taken."""

import cv2
import numpy as np
import pytest

from gesturelrcn.errors import CaptureError
from gesturelrcn.recordings.frames import FILM_MARGIN, frame_rate, frames_of, middle_region, promised_seconds
from tests.capture.clips import HEIGHT, WIDTH, numbered_pictures, write_clip
from tests.mjpeg_server import read_number
from tests.recordings.uneven import TIMES, write_uneven


def times_of(path):
    return np.array([frame.captured_at for frame in frames_of(path)], np.float32)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
@pytest.mark.parametrize("fps", [8.0, 12.5, 20.0, 30.0])
def test_at_a_constant_rate_a_frame_has_the_time_of_its_number(tmp_path, name, fps):
    path = write_clip(tmp_path / name, count=120, fps=fps)
    assert frame_rate(path) == fps
    np.testing.assert_array_equal(times_of(path), (np.arange(120) / fps).astype(np.float32))


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.mov"])
def test_at_a_variable_rate_the_time_stamps_count(tmp_path, name):
    frames = list(frames_of(write_uneven(tmp_path / name)))
    assert [frame.captured_at for frame in frames] == pytest.approx(TIMES, abs=1e-3)
    assert [read_number(frame.image) for frame in frames] == list(range(len(TIMES)))


def test_a_folder_of_pictures(tmp_path):
    for number, picture in enumerate(numbered_pictures(3)):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
    frames = list(frames_of(tmp_path))
    assert [read_number(frame.image) for frame in frames] == [0, 1, 2]
    assert [frame.captured_at for frame in frames] == pytest.approx([0, 1 / 15, 2 / 15])


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    path = write_clip(tmp_path / "clip.avi", count=40)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 5 < len(list(frames_of(path))) < 40


@pytest.mark.parametrize("content", [None, b"", b"no film"])
def test_what_does_not_decode_is_one_sentence(tmp_path, content):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaptureError, match=r"clip\.mp4"):
        next(frames_of(path))
    assert frame_rate(path) is None
    assert promised_seconds(path) is None


def test_what_a_header_says(tmp_path):
    path = write_clip(tmp_path / "clip.avi", count=7, fps=12.0)
    assert (promised_seconds(path), frame_rate(path)) == (pytest.approx(7 / 12), 12.0)
    assert frame_rate(write_clip(tmp_path / "slow.avi", count=2, fps=0.5)) == 20.0


def test_the_person_of_a_film_is_in_its_middle():
    region = middle_region(np.zeros((HEIGHT, WIDTH, 3), np.uint8), 1.5)
    assert (region.x, region.y, region.located_at) == (WIDTH / 2, HEIGHT / 2, 1.5)
    assert region.side * FILM_MARGIN == WIDTH
