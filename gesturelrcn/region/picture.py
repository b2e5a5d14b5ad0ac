"""What counts as a picture."""

import numpy as np

from gesturelrcn.errors import CaptureError


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
