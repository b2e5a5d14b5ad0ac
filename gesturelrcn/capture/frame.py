"""What every source of pictures delivers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture and when it was taken.

    Attributes:
        image: (height, width, 3) uint8, BGR as OpenCV gives it, not mirrored: the user's right hand is
            at the left of the picture.
        captured_at: seconds; monotonic clock for live sources, media time for recordings.
        index: 0 for the first frame of the source; frames that were dropped are counted too.
        source: name of the source, for messages.
        media_time: seconds from the beginning of a recording; None for live sources.
        discontinuous: what came before does not belong to this frame: the source was opened anew, its
            pictures changed shape, or the computer slept.
    """

    image: NDArray[np.uint8]
    captured_at: float
    index: int
    source: str
    media_time: float | None = None
    discontinuous: bool = False
