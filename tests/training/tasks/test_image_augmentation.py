import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.training.tasks.image_augmentation import plain_augmentation, random_augmentation


def spotted(size=192):
    """A dark picture with a bright spot of its own colour at two joints."""
    image = np.zeros((size, size, 3), np.uint8)
    joints = np.zeros((len(KEYPOINTS), 3), np.float32)
    for name, at, channel in (("left_wrist", (120, 80), 0), ("right_wrist", (70, 100), 2)):
        y, x = np.mgrid[:size, :size]
        image[..., channel][(x - at[0]) ** 2 + (y - at[1]) ** 2 < 30] = 255
        joints[KEYPOINTS.index(name)] = ((at[0] + 0.5) / size, (at[1] + 0.5) / size, 1)
    return image, joints


def centre(channel):
    light = channel.astype(float) - np.median(channel)
    light[light < 60] = 0
    y, x = np.mgrid[: light.shape[0], : light.shape[1]]
    return (x * light).sum() / light.sum() + 0.5, (y * light).sum() / light.sum() + 0.5


@pytest.mark.parametrize("seed", range(40))
def test_joints_stay_on_their_spots_and_swap_names_when_flipped(seed):
    image, joints = spotted()
    rng = np.random.default_rng(seed)
    camera = random_augmentation(rng, 192, 128)
    changed, moved = camera.apply(image, rng), camera.move(joints, 192)
    blue_joint, red_joint = ("right_wrist", "left_wrist") if camera.flip else ("left_wrist", "right_wrist")
    for name, channel in ((blue_joint, 0), (red_joint, 2)):
        if camera.grey > 0.6 or camera.offset + 255 * min(camera.gain) < 120:
            continue  # too grey or too dark for this test to tell the two spots apart
        x, y, visible = moved[KEYPOINTS.index(name)]
        other = 2 - channel
        light = np.clip(changed[..., channel].astype(int) - changed[..., other], 0, 255)
        assert visible == 1
        assert (x * 128, y * 128) == pytest.approx(centre(light), abs=2.5)


def test_the_plain_augmentation_is_what_the_live_loop_sees():
    image, joints = spotted()
    camera = plain_augmentation(192, 128, margin=1.25)
    moved = camera.move(joints, 192)
    at = moved[KEYPOINTS.index("left_wrist")]
    assert at[0] == pytest.approx(((120.5 / 192) - 0.5) * 1.25 + 0.5, abs=1e-6)
    assert (
        camera.apply(image, np.random.default_rng(0)) == camera.apply(image, np.random.default_rng(9))
    ).all()


def test_joints_that_leave_the_picture_lose_their_weight():
    joints = np.zeros((len(KEYPOINTS), 3), np.float32)
    joints[0] = (0.02, 0.5, 1)
    assert plain_augmentation(192, 128).move(joints, 192)[0, 2] == 0
