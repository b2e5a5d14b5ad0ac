"""Clips and key frames show what they should; the page needs nothing but itself."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest

from gesturelrcn.annotation import AnnotationRequest, Job, Outcome
from gesturelrcn.annotation.clips import ClipCutter, clip_name, place_for
from gesturelrcn.annotation.second_look import KEY_FRAME_WIDTH, KeyFrames, look_again
from gesturelrcn.annotation.summary import must_be_replaceable, page, write_summary
from gesturelrcn.capture.video import decode_video
from gesturelrcn.errors import CaptureError, GestureLrcnError
from tests.annotation.made import SPANS, TIMELINE
from tests.capture.clips import HEIGHT, WIDTH, write_clip
from tests.mjpeg_server import read_number
from tests.recordings.uneven import TIMES, write_uneven

SPAN = replace(SPANS[0], start=0.5, end=1.0, peak=0.75)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Forty numbered pictures, twenty a second."""
    return write_clip(tmp_path_factory.mktemp("film") / "film.avi", count=40, fps=20.0)


def test_clips_show_the_moment_and_its_margin(film, tmp_path):
    late = replace(SPAN, id=2, start=1.5, end=1.9)
    clips = [ClipCutter(span, 0.21, tmp_path / clip_name(film.stem, span)) for span in (SPAN, late)]
    look_again(film, clips)
    for clip in clips:
        clip.done()

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "film-00000.50s-raise_hand.mp4",
        "film-00001.50s-raise_hand.mp4",
    ]
    for span, first, last in ((SPAN, 6, 24), (late, 26, 39)):
        path = tmp_path / clip_name(film.stem, span)
        decoded = list(decode_video(path))
        assert [read_number(image) for _, _, image in decoded] == list(range(first, last + 1))
        assert all(
            after[1] - before[1] == pytest.approx(0.05, abs=1e-3) for before, after in pairwise(decoded)
        )
        with av.open(str(path)) as container:
            (stream,) = container.streams
            assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
            assert (stream.width, stream.height) == (WIDTH, HEIGHT)


def test_clips_of_another_video_are_left_alone(film, tmp_path):
    places = []
    for video_sum in ("one", "other", "one"):
        places.append(place_for(tmp_path, "cam.mp4", video_sum))
        clip = ClipCutter(SPAN, 0.0, places[-1], video_sum)
        look_again(film, [clip])
        clip.done()
    assert [place.name for place in places] == ["cam.mp4", "cam-2.mp4", "cam.mp4"]


def test_pictures_of_odd_size_become_a_clip(tmp_path):
    clip = ClipCutter(SPAN, 0.0, tmp_path / "odd.mp4")
    for at in (0.5, 0.6, 0.7):
        clip.take(np.full((121, 175, 3), 90, np.uint8), at)
    clip.done()
    assert [image.shape for _, _, image in decode_video(tmp_path / "odd.mp4")] == [(120, 174, 3)] * 3


def test_a_clip_without_pictures_is_not_written(tmp_path):
    clip = ClipCutter(SPAN, 0.0, tmp_path / "none.mp4")
    clip.take(np.zeros((64, 64, 3), np.uint8), 3.0)
    clip.done()
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_cannot_be_written_leaves_nothing(tmp_path):
    clip = ClipCutter(SPAN, 0.0, tmp_path / "gone" / "clip.mp4")
    clip.take(np.zeros((64, 64, 3), np.uint8), 0.5)
    with pytest.raises(GestureLrcnError, match=r"clip\.mp4 cannot be written"):
        clip.done()


def test_the_second_look_is_timed_by_the_stamps(tmp_path):
    class Noting:
        until = 2.55

        def take(self, image, at):
            noted.append((read_number(image), at))

    noted = []
    look_again(write_uneven(tmp_path / "uneven.mp4"), [Noting()])
    assert [number for number, _ in noted] == list(range(len(TIMES) - 1))
    assert [at for _, at in noted] == pytest.approx(TIMES[:-1], abs=1e-4)


def test_key_frames_are_of_the_surest_moment(film):
    spans = [SPAN, replace(SPAN, id=7, peak=1.3)]
    key_frames = KeyFrames(spans)
    look_again(film, [key_frames])
    shown = {
        number: read_number(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
        for number, jpeg in key_frames.jpegs.items()
    }
    assert shown == {1: 15, 7: 26}


def test_key_frames_are_small():
    key_frames = KeyFrames([SPAN])
    key_frames.take(np.zeros((480, 640, 3), np.uint8), 0.75)
    image = cv2.imdecode(np.frombuffer(key_frames.jpegs[1], np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (240, KEY_FRAME_WIDTH, 3)


def test_a_video_that_is_gone_by_then(tmp_path):
    with pytest.raises(CaptureError):
        look_again(tmp_path / "gone.mp4", [KeyFrames([SPAN])])
    look_again(tmp_path / "gone.mp4", [])


class Page(HTMLParser):
    """Which elements stand open, what refers to elsewhere, and the pictures."""

    def __init__(self, text):
        super().__init__()
        self.open, self.references, self.images, self.words = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.references += [told[name] for name in ("src", "href") if name in told]
        if tag == "img":
            assert told["alt"]
            self.images.append(told["src"])
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def outcomes(tmp_path, jpeg):
    job = Job(tmp_path / "a.mp4", {}, AnnotationRequest(find=("raise_hand",)))
    broken = Job(tmp_path / "<b>.mp4", {}, AnnotationRequest())
    return [
        Outcome(job, TIMELINE, key_frames={1: jpeg, 3: jpeg}),
        Outcome(broken, problem="It is <broken> & gone."),
    ]


def test_the_page_is_whole_and_stands_alone(tmp_path):
    jpeg = cv2.imencode(".jpg", np.zeros((24, 32, 3), np.uint8))[1].tobytes()
    text = page(outcomes(tmp_path, jpeg))
    read = Page(text)

    assert read.open == []
    assert len(read.images) == 2  # the wave was not looked for
    assert all(reference.startswith("data:image/jpeg;base64,") for reference in read.references)
    assert base64.b64decode(read.images[0].partition(",")[2]) == jpeg
    assert not re.search(r"https?:|url\(|@import|<script", text)
    words = " ".join(read.words)
    for said in ("2 gestures in 1 video", TIMELINE.video, "1:02:05.5 to 1:02:06.8", "It is <broken> & gone."):
        assert said in words


def test_a_page_of_ours_may_be_replaced_and_no_other(tmp_path):
    path = tmp_path / "page.html"
    must_be_replaceable(path)
    write_summary(path, [])
    must_be_replaceable(path)
    path.write_text("<html>my own</html>")
    with pytest.raises(GestureLrcnError, match="no summary of ours"):
        must_be_replaceable(path)
    with pytest.raises(GestureLrcnError, match="is a folder"):
        must_be_replaceable(tmp_path)
