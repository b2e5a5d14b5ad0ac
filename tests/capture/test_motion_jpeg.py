"""Pictures of network cameras are decoded when they are looked at, and damaged ones lose nothing else."""

import itertools

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.capture.motion_jpeg import JpegDecoder, JpegPicture
from tests.mjpeg_server import MjpegServer
from tests.waiting import PATIENCE

pytest.importorskip("simplejpeg")


def scene(number, size=(48, 64)):
    """A picture in which no two columns, rows and numbers are alike."""
    height, width = size
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns * 3, rows * 4, np.full(size, number * 20)], -1).astype(np.uint8)


def file_of(image):
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].ravel()


@pytest.fixture
def decoder():
    return JpegDecoder()


class Counting(JpegDecoder):
    def __init__(self):
        super().__init__()
        self.decoded = 0

    def decode(self, jpeg, shape):
        self.decoded += 1
        return super().decode(jpeg, shape)


def test_a_frame_is_decoded_once_and_only_if_somebody_looks():
    decoder = Counting()
    frame = Frame(JpegPicture(file_of(scene(1)), decoder), 0.0, 0, "camera")
    assert decoder.decoded == 0
    assert frame.image.shape == (48, 64, 3)
    assert np.abs(frame.image.astype(int) - scene(1)).mean() < 4
    assert frame.image is frame.image
    assert decoder.decoded == 1


def test_its_size_is_known_and_it_can_be_flipped_before_it_is_decoded(decoder):
    picture = JpegPicture(file_of(scene(1, (40, 80))), decoder)
    assert picture.shape == (40, 80, 3)
    assert np.array_equal(picture.flipped().decoded(), picture.decoded()[:, ::-1])
    assert np.array_equal(picture.flipped().flipped().decoded(), picture.decoded())


def test_the_same_file_is_the_same_picture(decoder):
    one, same, other = (JpegPicture(file_of(scene(number)), decoder) for number in (1, 1, 2))
    assert one.is_same(same)
    assert not one.is_same(other)


def test_a_grey_file_becomes_bgr(decoder):
    grey = JpegPicture(file_of(scene(1)[..., 0]), decoder).decoded()
    assert grey.shape == (48, 64, 3)
    assert np.array_equal(grey[..., 0], grey[..., 2])


@pytest.mark.parametrize("content", [b"", b"<html>Log in again</html>" * 40, bytes(2**16)])
def test_what_is_no_file_is_no_picture(decoder, content):
    with pytest.raises(ValueError, match=r"."):
        JpegPicture(np.frombuffer(content, np.uint8), decoder)


def test_of_a_half_file_half_is_seen_and_nothing_is_written(decoder, capfd):
    jpeg = file_of(scene(1, (480, 640)))
    half = JpegPicture(jpeg[: len(jpeg) // 2], decoder).decoded()
    whole = JpegPicture(jpeg, decoder).decoded()
    assert np.array_equal(half[:160], whole[:160])
    assert not np.array_equal(half[-80:], whole[-80:])
    assert capfd.readouterr().err == ""


def test_where_nothing_can_be_read_the_picture_before_stays(decoder):
    jpeg = file_of(scene(1))
    before = JpegPicture(jpeg, decoder).decoded()
    jpeg[bytes(jpeg).index(b"\xff\xdb") + 4] = 3  # a table that the scan needs has another number
    assert np.array_equal(JpegPicture(jpeg, decoder).decoded(), before)
    first = JpegPicture(jpeg, JpegDecoder()).decoded()
    assert first.shape == (48, 64, 3)
    assert not first.any()


def test_a_network_camera_is_read_without_decoding_and_shows_what_it_sends():
    shown = [scene(number) for number in range(10)]
    with MjpegServer(itertools.cycle(shown), 30) as server, open_source(server.url) as source:
        frames = [source.newest(PATIENCE) for _ in range(5)]
    assert all(isinstance(vars(frame)["image"], JpegPicture) for frame in frames)
    for frame in frames:
        nearest = min(np.abs(frame.image.astype(int) - one).mean() for one in shown)
        assert nearest < 4
