"""The frames of a recording with their real time stamps: one way for all who look at recordings.

What is trained on, labelled, measured and shown is thereby timed as `gesturelrcn run` times it.
"""

from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.capture.video import film_facts
from gesturelrcn.errors import CaptureError
from gesturelrcn.region import Region

FILM_MARGIN = 1.25
"""Films by `gesturelrcn synth` are wider than the person region by this factor, for most people: training can
move and zoom."""

_PLAUSIBLE_FPS = (1.0, 240.0)
_FPS_UNKNOWN = 20.0


def frames_of(recording: Path) -> Generator[Frame, None, None]:
    """Every frame of a video file or of a folder of pictures, in order, with its own time.

    Raises:
        CaptureError: there is no such recording, or no picture in it can be decoded.

    Examples:
        >>> for frame in frames_of(Path("clip.mp4")):                 # doctest: +SKIP
        ...     print(frame.captured_at, frame.image.shape)
    """
    with open_source(recording) as source:
        yield from source


def frame_rate(video: Path) -> float | None:
    """Frames a second as the video says (20 where it says nothing plausible); None if nothing decodes."""
    try:
        next(frames_of(video))
        fps = film_facts(video).fps
    except CaptureError:
        return None
    slowest, fastest = _PLAUSIBLE_FPS
    return fps if fps is not None and slowest <= fps <= fastest else _FPS_UNKNOWN


def promised_seconds(video: Path) -> float | None:
    """How long the header says that the video is, roughly; None where it does not say."""
    try:
        return film_facts(video).seconds
    except CaptureError:
        return None


def middle_region(image: NDArray[np.uint8], at: float = 0.0) -> Region:
    """The person region of a film by `gesturelrcn synth`: the middle of its picture.

    Args:
        image: (H, W, 3).
        at: seconds.
    """
    height, width = image.shape[:2]
    return Region(width / 2, height / 2, max(width, height) / FILM_MARGIN, 1.0, at)
