"""Write films as H.264 files that every player opens."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.system.whole_files import write_whole

CONSTANT_QUALITY = {"crf": "21", "preset": "veryfast", "threads": "1", "x264-params": "no-mbtree=1"}
"""For films without a bit rate: quick, and hardly worse than what was filmed.

x264's macroblock tree reads memory that nobody wrote: the same pictures would give other files now and then.
"""
TICKS_PER_SECOND = 90_000
"""Of the clock of films whose frames are not equally far apart."""


def write_video(
    out: Path,
    images: Iterable[Pixels],
    fps: int,
    bit_rate: int | None = None,
    times: Sequence[float] | None = None,
) -> None:
    """Write (H, W, 3) uint8 BGR images as H.264, yuv420p; the file appears only when it is whole.

    Without `bit_rate`, in bits a second, the quality is constant and the same images give the same file.
    With `times` (rising seconds from 0, one for each image) the frames are shown then, else at `fps`.

    Raises:
        GestureLrcnError: the folder is missing or cannot be written, or the disk is full.
    """
    import av

    # In memory first: the encoder's library does not report every write that failed.
    film = BytesIO()
    with av.open(film, "w", format="mp4") as container:
        stream = None
        for number, image in enumerate(images):
            if stream is None:
                stream = container.add_stream("libx264", rate=fps)
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt, stream.options = "yuv420p", dict(CONSTANT_QUALITY)
                if bit_rate is not None:
                    stream.bit_rate = bit_rate
                    stream.options = {"preset": "slow", "threads": "1"}
                if times is not None:
                    stream.codec_context.time_base = Fraction(1, TICKS_PER_SECOND)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            if times is not None:
                frame.pts, frame.time_base = (
                    round(times[number] * TICKS_PER_SECOND),
                    Fraction(1, TICKS_PER_SECOND),
                )
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())
    write_whole(out, film.getvalue())
