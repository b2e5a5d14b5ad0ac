"""A recording whose frames are not equally far apart, as webcams and phones write it."""

from fractions import Fraction

import av
import numpy as np

from tests.capture.clips import HEIGHT, WIDTH, numbered_pictures

TIMES = (0.0, 0.1, 0.2, 0.7, 0.8, 1.6, 1.7, 1.8, 2.5, 2.6)
"""Seconds of its frames; at a constant rate not one but the first and the last would be there."""
_TICKS = 90_000


def write_uneven(path, pictures=None, times=TIMES, *, pixel=None, codec="libx264", rate=10, **options):
    """A video file of `pictures` (default: numbered ones) at `times`.

    `pixel`: its width by its height; `rate`: what its header says; `options`: of the container.
    """
    clock = Fraction(1, _TICKS)
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", clock
        shown = list(numbered_pictures(len(times)) if pictures is None else pictures)
        stream.height, stream.width = shown[0].shape[:2] if shown else (HEIGHT, WIDTH)
        if pixel is not None:
            stream.codec_context.sample_aspect_ratio = pixel
        for image, at in zip(shown, times, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
            frame.pts, frame.time_base = round(at * _TICKS), clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
