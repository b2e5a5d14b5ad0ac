"""Video files: every frame, in order, in the time of the recording."""

import logging
import os
import re
import time
from pathlib import Path

import av
import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError
from tests.capture.clips import HEIGHT, WIDTH, cut, with_an_unknown_codec, write_clip
from tests.mjpeg_server import read_number


def patch_timecodes(path, change):
    """Rewrite the time stamps (milliseconds within their cluster) of a Matroska file that OpenCV wrote."""
    content = bytearray(path.read_bytes())
    # A SimpleBlock: its identifier, its length in one to four bytes, track 1, 16 bits of time, flags.
    blocks = list(
        re.finditer(rb"\xa3(?:[\x40-\x7f].|[\x20-\x3f]..|[\x10-\x1f]...)\x81(..)[\x00\x80]", content, re.S)
    )
    for number, block in enumerate(blocks):
        stamp = int.from_bytes(block[1], "big", signed=True)
        content[block.start(1) : block.end(1)] = change(number, stamp).to_bytes(2, "big", signed=True)
    path.write_bytes(content)
    return len(blocks)


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv"])
def test_every_frame_comes_once_in_order_with_its_media_time(tmp_path, suffix, caplog):
    path = write_clip(tmp_path / f"clip{suffix}", count=40, fps=20)
    with open_source(path) as source:
        frames = list(source)
    assert [read_number(frame.image) for frame in frames] == list(range(40))
    assert [frame.index for frame in frames] == list(range(40))
    np.testing.assert_allclose([frame.media_time for frame in frames], np.arange(40) / 20, atol=1e-3)
    for frame in frames:
        assert frame.captured_at == frame.media_time
        assert frame.image.shape == (HEIGHT, WIDTH, 3)
        assert frame.image.dtype == np.uint8
        assert frame.source == str(path)
    assert not caplog.records, "a whole clip gives no reason to warn"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
def test_a_title_in_any_code_keeps_no_film_from_being_seen(tmp_path, suffix):
    path, title = tmp_path / f"clip{suffix}", "a title in the code of 1995"
    with av.open(path, "w") as film:
        film.metadata["title"] = title
        stream = film.add_stream("mpeg4", rate=20)
        stream.width, stream.height = WIDTH, HEIGHT
        for number in range(4):
            image = np.full((HEIGHT, WIDTH, 3), 40 * number, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        film.mux(stream.encode(None))
    content = path.read_bytes()
    assert content.count(title.encode()) == 1
    path.write_bytes(content.replace(title.encode(), b"\xfc\xff" * (len(title) // 2) + b"\xe9"))
    assert [frame.index for frame in open_source(path)] == [0, 1, 2, 3]


def test_each_iteration_begins_at_the_beginning(tmp_path):
    source = open_source(write_clip(tmp_path / "clip.mp4", count=5))
    assert [f.index for f in source] == [f.index for f in source] == [0, 1, 2, 3, 4]


def test_frames_kept_by_the_consumer_do_not_change_later(tmp_path):
    frames = iter(open_source(write_clip(tmp_path / "clip.mp4", count=5)))
    first = next(frames)
    before = first.image.copy()
    for _ in frames:
        pass
    np.testing.assert_array_equal(first.image, before)


def test_media_time_follows_a_container_with_an_uneven_frame_rate(tmp_path):
    path = write_clip(tmp_path / "clip.mkv", count=10, fps=20)
    assert patch_timecodes(path, lambda number, stamp: stamp + (700 if number >= 5 else 0)) == 10
    times = [frame.media_time for frame in open_source(path)]
    expected = [number * 0.05 + (0.7 if number >= 5 else 0) for number in range(10)]
    np.testing.assert_allclose(times, expected, atol=2e-3)


@pytest.mark.parametrize(
    "broken", [lambda _n, _s: 0, lambda n, s: 0 if n == 5 else s, lambda n, s: s + (n == 5) * 15_000]
)
def test_media_time_advances_where_the_containers_own_does_not(tmp_path, broken):
    path = write_clip(tmp_path / "clip.mkv", count=10, fps=20)
    assert patch_timecodes(path, broken) == 10
    times = [frame.media_time for frame in open_source(path)]
    np.testing.assert_allclose(times, np.arange(10) * 0.05, atol=0.051)
    assert all(np.diff(times) > 0)


def test_a_given_frame_rate_overrules_the_container(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", count=10, fps=20)
    times = [frame.media_time for frame in open_source(path, fps=10)]
    np.testing.assert_allclose(times, np.arange(10) / 10)


def test_mirrored_pictures_are_flipped_once(tmp_path):
    path = write_clip(tmp_path / "clip.avi", count=3)
    for plain, flipped in zip(open_source(path), open_source(path, mirrored=True), strict=True):
        np.testing.assert_array_equal(flipped.image, plain.image[:, ::-1])


def test_realtime_paces_by_media_time_and_without_it_nothing_waits(tmp_path):
    path = write_clip(tmp_path / "clip.avi", count=21, fps=20)
    begin = time.monotonic()
    frames = []
    for frame in open_source(path, realtime=True):
        assert time.monotonic() - begin >= frame.media_time, "no frame comes before it is due"
        frames.append(frame)
    assert len(frames) == 21
    paced = time.monotonic() - begin
    begin = time.monotonic()
    assert len(list(open_source(path))) == 21
    assert time.monotonic() - begin < paced


def test_close_ends_an_iteration(tmp_path):
    source = open_source(write_clip(tmp_path / "clip.avi", count=20))
    seen = []
    for frame in source:
        seen.append(frame.index)
        if frame.index == 4:
            source.close()
    assert seen == [0, 1, 2, 3, 4]


def test_a_file_whose_name_looks_like_a_protocol_is_a_file(tmp_path, monkeypatch):
    write_clip(tmp_path / "clip.avi", count=3).rename(tmp_path / "concat:clip.avi")
    monkeypatch.chdir(tmp_path)
    assert len(list(open_source("concat:clip.avi"))) == 3


@pytest.mark.parametrize("name", [b"caf\xe9.avi", "Grüße.avi".encode(), b"a\nb.avi"])
def test_a_name_may_hold_any_bytes(tmp_path, name):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    write_clip(tmp_path / "clip.avi", count=3).rename(path)
    assert len(list(open_source(path))) == 3


def test_a_truncated_video_is_read_as_far_as_it_goes_with_a_warning(tmp_path, caplog):
    path = cut(write_clip(tmp_path / "clip.avi", count=40), 0.6)
    frames = list(open_source(path))
    assert 15 <= len(frames) < 40
    assert [read_number(frame.image) for frame in frames[:-1]] == list(range(len(frames) - 1))
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert f"clip.avi breaks off after {len(frames) / 20:.1f} s of 2.0 s" in record.getMessage()


def test_a_truncated_video_without_its_table_of_contents_is_refused(tmp_path):
    path = cut(write_clip(tmp_path / "clip.mp4", count=40), 0.6)
    with pytest.raises(CaptureError, match=r"No picture can be decoded from .*clip\.mp4"):
        open_source(path)


def test_a_text_file_renamed_is_refused(tmp_path):
    path = tmp_path / "letter.mp4"
    path.write_text("Dear Sir or Madam,\n" * 100)
    with pytest.raises(CaptureError, match=r"No picture can be decoded from .*letter\.mp4"):
        open_source(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "nothing.mp4"
    path.touch()
    with pytest.raises(CaptureError, match=r"nothing\.mp4 is empty"):
        open_source(path)


def test_random_bytes_are_refused(tmp_path):
    path = tmp_path / "noise.avi"
    path.write_bytes(np.random.default_rng(3).bytes(20_000))
    with pytest.raises(CaptureError):
        open_source(path)


def test_a_film_of_an_unknown_codec_is_refused(tmp_path):
    path = with_an_unknown_codec(write_clip(tmp_path / "clip.avi", count=8))
    with pytest.raises(CaptureError, match=r"No picture can be decoded from .*clip\.avi"):
        open_source(path)
