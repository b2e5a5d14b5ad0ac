"""What users of other programs met: films of phones and camcorders give the right gestures.

The gestures of a film are those of the plain one that it was made of, at the same times within one frame;
within three where the network sees twice as many pictures.
"""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from gesturelrcn.annotation import watch_video
from gesturelrcn.model import load_model
from tests.capture.containers import trim, turn
from tests.evaluation.films import pictures
from tests.recordings.uneven import write_uneven

BEGIN, END = 2.5, 6.0
HELD_UNTIL = 4.777  # sample.jsonl
RATE = 20
ONE_FRAME = 1 / RATE + 1e-6


@pytest.fixture(scope="module")
def plain():
    return pictures(BEGIN, END)


@pytest.fixture(scope="module")
def engine():
    return load_model()


def times_of(images):
    return [number / RATE for number in range(len(images))]


def turned(path, images):
    clockwise = [np.ascontiguousarray(np.rot90(image)) for image in images]
    return turn(write_uneven(path / "phone.mp4", clockwise, times_of(images)), (0, 1, -1, 0))


def mirrored(path, images):
    flipped = [np.ascontiguousarray(image[:, ::-1]) for image in images]
    return turn(write_uneven(path / "selfie.mp4", flipped, times_of(images)), (-1, 0, 0, 1))


def squeezed(path, images):
    narrow = [cv2.resize(image, (360, 480), interpolation=cv2.INTER_AREA) for image in images]
    return write_uneven(path / "dv.mpg", narrow, times_of(images), pixel=Fraction(16, 9))


def late(path, images):
    return write_uneven(path / "late.mkv", images, [10 + at for at in times_of(images)])


def trimmed(path, images):
    before = [images[0]] * RATE + images
    return trim(write_uneven(path / "trimmed.mp4", before, times_of(before)), 1.0, 1.0 + len(images) / RATE)


def paused(path, images):
    return write_uneven(
        path / "paused.mp4", images, [at + (11 if at > 0.2 else 0) for at in times_of(images)]
    )


def grown(path, images):
    small, large = images[:10], images[10:]
    write_uneven(path / "a.ts", [cv2.resize(image, (320, 240)) for image in small], times_of(small))
    write_uneven(path / "b.ts", large, [len(small) / RATE + at for at in times_of(large)])
    both = path / "grown.ts"
    both.write_bytes((path / "a.ts").read_bytes() + (path / "b.ts").read_bytes())
    return both


def hurried(path, images):
    often = [image for image in images for _ in range(6)]
    return write_uneven(path / "120.mp4", often, [number / (6 * RATE) for number in range(len(often))])


@pytest.mark.parametrize(
    "make",
    [turned, mirrored, squeezed, late, trimmed, paused, grown, hurried],
    ids=lambda make: make.__name__,
)
def test_the_gestures_are_those_that_a_player_shows(tmp_path, plain, engine, make):
    later = 11 if make is paused else 0
    within = (3 if make is hurried else 1) * ONE_FRAME
    timeline = watch_video(make(tmp_path, plain), engine).timeline
    as_it_was = write_uneven(tmp_path / "plain.mp4", plain, times_of(plain))
    (shown,) = watch_video(as_it_was, engine).timeline.spans
    (span,) = timeline.spans
    assert span.gesture == "point_right"
    assert (span.start, span.end) == pytest.approx([shown.start + later, shown.end + later], abs=within)
    assert shown.start < HELD_UNTIL - BEGIN < shown.end
    assert timeline.seconds == pytest.approx(len(plain) / RATE + later, abs=ONE_FRAME)
    assert timeline.notes == ()


def test_more_pictures_than_the_model_knows_cost_no_more(tmp_path, plain, engine):
    asked = []

    class Counting:
        def __getattr__(self, name):
            return getattr(engine, name)

        def step(self, *arguments, **named):
            asked.append(None)
            return engine.step(*arguments, **named)

    reading = watch_video(hurried(tmp_path, plain), Counting())
    assert reading.timeline.frames == 6 * len(plain)
    assert len(asked) <= engine.card.max_fps * (END - BEGIN) + 2


def test_fewer_than_it_knows_are_told(tmp_path, plain, engine):
    few = plain[::5] * 2
    film = write_uneven(tmp_path / "slow.mp4", few, [number / 4 for number in range(len(few))])
    (note,) = watch_video(film, engine).timeline.notes
    assert note.startswith("shows 4.0 pictures a second; gestures-6 was trained for 8 to 40")
