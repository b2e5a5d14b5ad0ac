"""Cut the moments in which a gesture was found into films of their own: H.264, through PyAV."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.annotation.timeline import Span
from gesturelrcn.capture.container import open_container
from gesturelrcn.capture.display import even, fitted
from gesturelrcn.system.whole_files import write_whole

_TICKS = 90_000
"""A second of the clips' clock, so that frames which are not equally far apart stay so."""
_QUALITY = {"crf": "20", "preset": "veryfast", "threads": "1"}
_NOMINAL_FPS = 30
_ORIGIN = "comment"
"""What a clip says of the video that it was cut from."""


def clip_name(label: str, span: Span) -> str:
    """The file for one gesture: what the video is called by, when it starts, and what it is."""
    return f"{label}-{span.start:08.2f}s-{span.gesture}.mp4"


def place_for(folder: Path, name: str, video_sum: str) -> Path:
    """Where a clip of this name goes: beside a clip that another command cut of another video."""
    place, number = folder / name, 1
    while place.exists() and _cut_from(place) not in (video_sum, ""):
        number += 1
        place = folder / f"{name.removesuffix('.mp4')}-{number}.mp4"
    return place


def _cut_from(clip: Path) -> str:
    """The sum of the video that a clip was cut from; "" where it does not say."""
    import av

    try:
        with clip.open("rb") as file, open_container(file) as container:
            return str(container.metadata.get(_ORIGIN, ""))
    except (OSError, ValueError, av.error.FFmpegError):
        return ""


class ClipCutter:
    """One gesture with some time before and after it. A `Taker` of pictures; `done` writes the file."""

    def __init__(self, span: Span, margin: float, out: Path, video_sum: str = "") -> None:
        """Set up; nothing is written yet.

        Args:
            span: what to show.
            margin: seconds before and after it.
            out: the file, an .mp4.
            video_sum: of the video that it is cut from.
        """
        self._video_sum = video_sum
        self._since = span.start - margin
        self.until = span.end + margin
        self._out = out
        self._film = BytesIO()  # FFmpeg does not report every write that failed
        self._container: Any = None
        self._stream: Any = None
        self._began = 0.0

    def take(self, image: NDArray[np.uint8], at: float) -> None:
        """See `Taker`."""
        if not self._since <= at <= self.until:
            if at > self.until:
                self.done()
            return
        import av

        if self._container is None:
            self._open(even(image), at)
        image = fitted(image, (self._stream.width, self._stream.height))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame.pts, frame.time_base = round((at - self._began) * _TICKS), Fraction(1, _TICKS)
        self._container.mux(self._stream.encode(frame))

    def _open(self, image: NDArray[np.uint8], at: float) -> None:
        import av

        self._began = at
        self._container = av.open(self._film, "w", format="mp4")
        self._container.metadata[_ORIGIN] = self._video_sum
        self._stream = self._container.add_stream("libx264", rate=_NOMINAL_FPS, options=_QUALITY)
        self._stream.height, self._stream.width = image.shape[:2]
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, _TICKS)

    def done(self) -> None:
        """Write the file; nothing is written where the video held no picture of that time.

        Raises:
            GestureLrcnError: the file cannot be written.
        """
        if self._container is None:
            return
        self._container.mux(self._stream.encode())
        self._container.close()
        self._container = None
        write_whole(self._out, self._film.getvalue())
        self._film = BytesIO()
