"""Network cameras that send JPEG files one after the other: each is decoded when somebody looks at it.

Decoding is a quarter of what a program costs that watches such a camera, and many a frame is passed over.
"""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.opencv import cv2

try:
    # OpenCV's own decoder of files writes to stderr about damaged ones, and gives half ones up.
    import simplejpeg
except ImportError:  # then FFmpeg decodes each picture as it comes
    simplejpeg = None

CAN_WAIT = simplejpeg is not None
"""Whether pictures can be left undecoded."""


class JpegPicture:
    """A picture of a camera that is still a JPEG file.

    Attributes:
        shape: (H, W, 3).
    """

    def __init__(self, jpeg: NDArray[np.uint8], decoder: "JpegDecoder", *, mirrored: bool = False) -> None:
        """Read its size.

        Args:
            jpeg: (N,) uint8, the file.
            decoder: of this camera's pictures.
            mirrored: flip what is decoded.

        Raises:
            ValueError: it is no JPEG file.
        """
        height, width, *_ = simplejpeg.decode_jpeg_header(jpeg, strict=False)
        self.shape = (height, width, 3)
        self._jpeg = jpeg
        self._decoder = decoder
        self._mirrored = mirrored

    def flipped(self) -> "JpegPicture":
        """The same picture, mirrored."""
        return JpegPicture(self._jpeg, self._decoder, mirrored=not self._mirrored)

    def is_same(self, other: "JpegPicture") -> bool:
        """Whether both are the same, bit for bit."""
        return np.array_equal(self._jpeg, other._jpeg)

    def decoded(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR. Where the file is damaged beyond repair, the camera's picture before it."""
        image = self._decoder.decode(self._jpeg, self.shape)
        return np.asarray(cv2.flip(image, 1), np.uint8) if self._mirrored else image


class JpegDecoder:
    """Decodes the pictures of one camera. What of a damaged one can be read is read; the rest is grey."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None

    def decode(self, jpeg: NDArray[np.uint8], shape: tuple[int, int, int]) -> NDArray[np.uint8]:
        """See `JpegPicture.decoded`."""
        try:
            self._last = np.asarray(simplejpeg.decode_jpeg(jpeg, "BGR", strict=False), np.uint8)
        except ValueError:
            if self._last is None or self._last.shape != shape:
                self._last = np.zeros(shape, np.uint8)
        return self._last
