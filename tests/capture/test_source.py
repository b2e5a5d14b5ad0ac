"""What a source word means, and what a bad one says."""

from pathlib import Path

import pytest

from gesturelrcn.capture import LiveSource, Recording, open_source, parse_source
from gesturelrcn.capture.address import StreamAddress
from gesturelrcn.errors import CaptureError
from tests.capture.clips import write_clip


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (0, 0),
        ("0", 0),
        (" 2 ", 2),
        ("/dev/video1", 1),
        ("http://cam/video", StreamAddress("http://cam/video")),
        ("HTTPS://cam/video", StreamAddress("https://cam/video")),
        ("rtsp://cam:554/1", StreamAddress("rtsp://cam:554/1")),
        ("clip.mp4", Path("clip.mp4")),
        ("./0", Path("0")),
        ("httpd.avi", Path("httpd.avi")),
        (Path("7"), Path("7")),
        ("~/clip.mp4", Path.home() / "clip.mp4"),
    ],
)
def test_a_source_word_is_a_camera_an_address_or_a_path(spec, place):
    parsed = parse_source(spec)
    assert parsed == place
    assert type(parsed) is type(place)


@pytest.mark.parametrize("spec", ["", "  ", -1, "rtps://cam/1", "http://", "ftp://cam/film.mp4"])
def test_a_word_that_can_name_nothing_is_refused(spec):
    with pytest.raises(CaptureError):
        parse_source(spec)


def test_a_path_may_be_a_string_or_a_path(tmp_path):
    clip = write_clip(tmp_path / "clip.avi", count=3)
    for spec in (clip, str(clip)):
        with open_source(spec) as source:
            assert isinstance(source, Recording)
            assert not source.live
            assert source.name == str(clip)
            assert len(list(source)) == 3


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CaptureError, match=r"no file or folder .*gone\.mp4"):
        open_source(tmp_path / "gone.mp4")


def test_a_camera_that_is_not_there_is_named():
    with pytest.raises(CaptureError, match="Camera 99 cannot be opened"):
        open_source("99")


def test_what_is_neither_file_nor_folder_is_refused():
    with pytest.raises(CaptureError, match="neither a video file nor a folder"):
        open_source("/dev/null")


@pytest.mark.parametrize("fps", [0, -5, float("nan")])
def test_a_frame_rate_that_is_none_is_refused(tmp_path, fps):
    with pytest.raises(CaptureError, match="frame rate"):
        open_source(write_clip(tmp_path / "clip.avi", count=3), fps=fps)


def test_a_live_source_is_recognised_by_its_flag():
    assert LiveSource.live
    assert not Recording.live
