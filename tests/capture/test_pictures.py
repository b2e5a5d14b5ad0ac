"""Folders of pictures: natural order, a place in time for each, damaged ones named."""

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError
from tests.capture.clips import cut, numbered_pictures
from tests.mjpeg_server import read_number


def write_pictures(folder, names):
    folder.mkdir(exist_ok=True)
    for name, picture in zip(names, numbered_pictures(len(names)), strict=True):
        assert cv2.imwrite(str(folder / name), picture)
    return folder


def numbers(source):
    return [read_number(frame.image) for frame in source]


def test_pictures_come_in_natural_order_fifteen_to_a_second(tmp_path, caplog):
    names = ["b1.png", "b2.png", "b10.png", "B11.png", "b100.png"]
    folder = write_pictures(tmp_path / "set", names)
    frames = list(open_source(folder))
    assert numbers(frames) == [0, 1, 2, 3, 4]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    np.testing.assert_allclose([frame.media_time for frame in frames], np.arange(5) / 15)
    assert all(frame.captured_at == frame.media_time for frame in frames)
    assert not caplog.records


def test_the_frame_rate_may_be_given(tmp_path):
    folder = write_pictures(tmp_path / "set", ["1.png", "2.png", "3.png"])
    np.testing.assert_allclose([frame.media_time for frame in open_source(folder, fps=4)], [0, 0.25, 0.5])


def test_every_kind_of_picture_is_read_and_other_files_are_left_alone(tmp_path, caplog):
    names = ["1.bmp", "2.jpg", "3.png", "4.ppm", "5.tif", "6.webp", "7.JPEG"]
    folder = write_pictures(tmp_path / "set", names)
    (folder / "labels.txt").write_text("none")
    (folder / "._1.jpg").write_bytes(b"what a Mac leaves behind")
    (folder / "8.png").mkdir()
    assert numbers(open_source(folder)) == [0, 1, 2, 3, 4, 5, 6]
    assert not caplog.records


def test_grey_and_deep_pictures_become_three_bytes_a_pixel(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), np.full((20, 30), 40_000, dtype=np.uint16))
    [frame] = open_source(tmp_path)
    assert frame.image.shape == (20, 30, 3)
    assert frame.image.dtype == np.uint8


@pytest.mark.parametrize("kind", ["jpg", "png", "bmp", "ppm"])
def test_damaged_pictures_are_named_and_skipped_and_keep_their_place_in_time(tmp_path, caplog, capfd, kind):
    folder = write_pictures(tmp_path / "set", [f"{n}.{kind}" for n in range(6)])
    cut(folder / f"0.{kind}", 0.5)
    cut(folder / f"3.{kind}", 0.5)
    (folder / f"4.{kind}").write_bytes(b"")
    frames = list(open_source(folder))
    assert numbers(frames) == [1, 2, 5]
    assert [frame.index for frame in frames] == [0, 1, 4]
    np.testing.assert_allclose([frame.media_time for frame in frames], [0, 1 / 15, 4 / 15])
    [record] = caplog.records
    assert f"0.{kind}, 3.{kind}, 4.{kind}" in record.getMessage()
    assert capfd.readouterr().err == ""


def test_mirrored_pictures_are_flipped_once(tmp_path):
    folder = write_pictures(tmp_path / "set", ["1.png"])
    [plain] = open_source(folder)
    [flipped] = open_source(folder, mirrored=True)
    np.testing.assert_array_equal(flipped.image, plain.image[:, ::-1])


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(CaptureError, match="contains no pictures"):
        open_source(tmp_path)


def test_a_folder_of_damaged_pictures_is_refused(tmp_path):
    (tmp_path / "1.jpg").write_text("not a picture")
    (tmp_path / "2.jpg").write_text("nor this")
    with pytest.raises(CaptureError, match=r"None of the 2 pictures .* can be read"):
        open_source(tmp_path)
