"""What counts as a picture, and as a square in it."""

import math

import numpy as np

from gesturelrcn.errors import CaptureError
from gesturelrcn.region.region import Region


def must_be_picture(image: object, name: str = "The picture") -> None:
    """Refuse what is no picture, in one sentence.

    Args:
        image: whatever was given for one.
        name: how the sentence calls it.

    Raises:
        CaptureError: it is not (H, W, 3) uint8.
    """
    if isinstance(image, np.ndarray):
        if image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8 and image.size:
            return
        kind = f"{image.shape} {image.dtype}"
    else:
        kind = f"of type {type(image).__name__}"
    raise CaptureError(f"{name} is {kind}; give pictures as (height, width, 3) uint8 BGR.")


def must_be_square(region: object) -> None:
    """Refuse what is no square, in one sentence.

    Raises:
        CaptureError: it is no `Region` with numbers for its place and a side above 0.
    """
    if (
        isinstance(region, Region)
        and region.side > 0
        and all(map(math.isfinite, (region.x, region.y, region.side)))
    ):
        return
    raise CaptureError(f"{region!r:.200} is no square; give a Region: x, y and a side above 0, in pixels.")
