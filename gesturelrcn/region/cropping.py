"""Cut the person out of the frame: one way, for training, evaluation and the live loop."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.region import Region
from gesturelrcn.system.opencv import cv2


def crop(image: NDArray[np.uint8], region: Region, size: int) -> NDArray[np.uint8]:
    """Cut `region` out of `image` and scale it to `size` x `size`.

    Near the camera the region is larger than the frame; what lies outside is black.

    Args:
        image: (H, W, 3) uint8.
        region: square in pixels of `image`.
        size: side of the result, pixels.

    Returns:
        (size, size, 3) uint8, channel order as in `image`.
    """
    scale = size / region.side
    # Pixel centres lie at half integers, in the picture and in the crop.
    shift_x = size / 2 - 0.5 - scale * (region.x - 0.5)
    shift_y = size / 2 - 0.5 - scale * (region.y - 0.5)
    shrunk = image
    if scale < 0.5:
        # warpAffine looks at four pixels only: without averaging first, small hands would flicker.
        # A side of one pixel is halved no more: such a picture is a speck in the region anyway.
        halvings = min(int(np.log2(1.0 / scale)), int(np.log2(min(image.shape[:2]))))
        part, left, top = _around(image, region, 2**halvings)
        shrunk = halved(part, halvings)
        true_x, true_y = shrunk.shape[1] / part.shape[1], shrunk.shape[0] / part.shape[0]
        scale_x, scale_y = scale / true_x, scale / true_y
        shift_x = size / 2 - 0.5 - scale_x * ((region.x - left) * true_x - 0.5)
        shift_y = size / 2 - 0.5 - scale_y * ((region.y - top) * true_y - 0.5)
        matrix = np.array([[scale_x, 0.0, shift_x], [0.0, scale_y, shift_y]])
    else:
        matrix = np.array([[scale, 0.0, shift_x], [0.0, scale, shift_y]])
    out = cv2.warpAffine(shrunk, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    return np.asarray(out, np.uint8)


def halved(image: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """The picture averaged down to half its sides so many times.

    Half by half where sides allow it: OpenCV averages blocks of 2 x 2 eight times as fast as larger ones.
    """
    block = 2**times
    if image.shape[0] % block or image.shape[1] % block:
        factor = 1.0 / block
        return np.asarray(
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
    for _ in range(times):
        size = (image.shape[1] // 2, image.shape[0] // 2)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return image


def _around(image: NDArray[np.uint8], region: Region, block: int) -> tuple[NDArray[np.uint8], int, int]:
    """The part of `image` that is enough to cut out `region`, and its left and top edge.

    Pixels are averaged by blocks; edges lie between two blocks, so that each average stays what it was.
    """
    height, width = image.shape[:2]
    if height % block or width % block:
        return image, 0, 0
    reach = region.side / 2 + 2 * block  # the interpolation looks beyond the edge
    left, top = (max(0, int((middle - reach) // block) * block) for middle in (region.x, region.y))
    right, bottom = (int((middle + reach) // block + 1) * block for middle in (region.x, region.y))
    part = image[top : max(bottom, 0), left : max(right, 0)]
    return (part, left, top) if part.size else (image, 0, 0)
