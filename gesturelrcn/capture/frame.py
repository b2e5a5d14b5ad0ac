"""What every source of pictures delivers."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture.motion_jpeg import JpegPicture
from gesturelrcn.errors import CaptureError

Picture = NDArray[np.uint8] | JpegPicture
"""(H, W, 3) uint8 BGR, or what is decoded to that."""


def must_be_time(frame: "Frame") -> None:
    """Refuse a frame whose times are no numbers, in one sentence.

    Raises:
        CaptureError: they are not.
    """
    for at in (frame.captured_at, 0.0 if frame.media_time is None else frame.media_time):
        try:
            is_time = math.isfinite(at)
        except (TypeError, ValueError):
            is_time = False
        if not is_time:
            raise CaptureError(
                f"Frame {frame.index} of {frame.source} was taken at {at!r:.50}; give seconds, as a number."
            )


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture and when it was taken.

    Attributes:
        image: (height, width, 3) uint8, BGR as OpenCV gives it, not mirrored: the user's right hand is
            at the left of the picture. Pictures of some network cameras are decoded when it is first read.
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


class _Decoded:
    """`Frame.image`: what is still a file is decoded when somebody looks at it."""

    def __get__(self, frame: Frame, owner: type) -> NDArray[np.uint8]:
        picture: Picture = frame.__dict__["image"]
        if isinstance(picture, JpegPicture):
            picture = frame.__dict__["image"] = picture.decoded()
        return picture

    def __set__(self, frame: Frame, picture: Picture) -> None:
        frame.__dict__["image"] = picture


Frame.image = _Decoded()  # type: ignore[assignment]  # once the dataclass is made: it is no default
