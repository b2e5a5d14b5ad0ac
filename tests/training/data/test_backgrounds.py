"""Other rooms behind people: which pictures serve, and that a training sees them."""

import cv2
import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.training.data.backgrounds import Backgrounds, read_backgrounds, replace_background
from gesturelrcn.training.data.keypoint_images import KeypointImages
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.tasks.keypoints import keypoint_batches


def test_a_part_of_the_background_is_seen_each_time_another():
    picture = np.zeros((40, 40, 3), np.uint8)
    ramp = np.tile(np.arange(80, dtype=np.uint8)[:, None, None] * 3, (1, 80, 3))
    rng = np.random.default_rng(0)
    empty = np.zeros((20, 20), np.uint8)
    spans = [np.ptp(replace_background(picture, empty, ramp, rng)) for _ in range(20)]
    assert min(spans) >= 0.45 * np.ptp(ramp)
    assert len(set(spans)) > 5


def test_backgrounds_are_the_middle_of_any_pictures_that_decode(tmp_path):
    (tmp_path / "deep").mkdir()
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, 30:60] = 255
    cv2.imwrite(str(tmp_path / "deep" / "wide.png"), wide)
    (tmp_path / "damaged.jpg").write_bytes(b"no picture")
    read = read_backgrounds(tmp_path)
    assert len(read) == 1
    assert read.min() == 255
    (tmp_path / "deep" / "wide.png").unlink()
    with pytest.raises(TrainingError, match="no picture here can be read"):
        read_backgrounds(tmp_path)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.0), (0.5, 0.3, 0.7), (1.0, 1.0, 1.0)])
def test_as_many_pictures_as_asked_for_get_another_room(share, least, most):
    joints = np.full((4, len(KEYPOINTS), 3), 0.5, np.float32)
    black = np.zeros((4, 40, 40, 3), np.uint8)
    people = KeypointImages(black, joints, 1.0, False, 1.0, np.zeros((4, 20, 20), np.uint8))
    drawn = KeypointImages(black, joints, 1.0, True, 1.0)
    rooms = Backgrounds(np.full((2, 40, 40, 3), 255, np.uint8), share)
    batches = keypoint_batches([people, drawn], 400, 32, (0, 0), backgrounds=rooms)
    images, _, exact = batches.next()
    light = (images.float().mean((1, 2, 3)) > 60).numpy()
    assert not light[exact.numpy()].any()  # nobody knows where people end who were drawn
    assert least <= light[~exact.numpy()].mean() <= most
