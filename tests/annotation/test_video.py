"""The events are those of the live path on the same file, bit for bit; decoding ahead changes nothing."""

import hashlib

import pytest

from gesturelrcn.annotation import origin_of, spans_of, watch_video
from gesturelrcn.annotation.video import AHEAD, DecodingAhead
from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.events import Phase
from gesturelrcn.model import load_model
from gesturelrcn.stream.stream import GestureStream
from tests.annotation.made import pointing
from tests.capture.clips import write_clip


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return pointing(tmp_path_factory.mktemp("film") / "film.avi")


@pytest.fixture(scope="module")
def live(film):
    """What `GestureStream` says, without anything of this room."""
    with GestureStream(film) as stream:
        return tuple(stream)


@pytest.mark.parametrize("beside", [False, True])
def test_the_same_events_as_live(film, live, beside):
    shares = []
    reading = watch_video(film, load_model(), beside=beside, progress=shares.append)

    assert [event.gesture for event in live if event.phase == Phase.START] == ["point_right"]
    assert reading.events == live
    assert reading.timeline.spans == spans_of(live)
    assert (reading.timeline.frames, reading.timeline.seconds) == (60, 3.0)
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (60 // AHEAD + 1, 1.0)
    assert reading.seconds > 0
    assert reading.cpu_seconds > 0


def test_mirrored_is_not_the_same(film, live):
    reading = watch_video(film, load_model(), mirrored=True)
    assert [span.gesture for span in reading.timeline.spans] == ["point_left"]
    assert reading.timeline.origin.mirrored


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("count", [1, AHEAD, 2 * AHEAD + 3])
def test_frames_decoded_ahead_are_the_same_in_the_same_order(tmp_path, count, beside):
    film = write_clip(tmp_path / "film.avi", count=count)
    with (
        open_source(film) as plain,
        open_source(film) as source,
        DecodingAhead(source, beside=beside) as ahead,
    ):
        for frame, decoded in zip(plain, ahead, strict=True):
            assert (decoded.index, decoded.captured_at) == (frame.index, frame.captured_at)
            assert (decoded.image == frame.image).all()
    assert ahead.times == pytest.approx([n / 20 for n in range(count)], abs=1e-3)


def test_what_goes_wrong_ahead_is_told():
    class Failing:
        name = "film"

        def __iter__(self):
            yield from ()
            raise CaptureError("no more")

    for beside in (False, True):
        with pytest.raises(CaptureError, match="no more"):
            list(DecodingAhead(Failing(), beside=beside))


def test_the_origin_changes_with_whatever_changes_the_events(tmp_path):
    card = load_model().card
    film = write_clip(tmp_path / "film.avi", count=3)
    origin = origin_of(film, card, "onnxruntime", False)

    assert origin == origin_of(film, card, "onnxruntime", False)
    assert origin.video_bytes == film.stat().st_size
    assert origin.model_sum == hashlib.sha256(card.to_json().encode()).hexdigest()
    assert origin_of(film, card, "torch", False) != origin
    assert origin_of(film, card, "onnxruntime", True) != origin
    content = bytearray(film.read_bytes())
    content[-1] ^= 1
    film.write_bytes(content)
    changed = origin_of(film, card, "onnxruntime", False)
    assert (changed.video_bytes, changed.model_sum) == (origin.video_bytes, origin.model_sum)
    assert changed.video_sum != origin.video_sum
    with pytest.raises(CaptureError, match=r"gone\.mp4"):
        origin_of(tmp_path / "gone.mp4", card, "onnxruntime", False)
