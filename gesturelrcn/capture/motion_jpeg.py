"""Network cameras that send JPEG files one after the other: each is decoded when somebody looks at it.

Decoding is a quarter of what a program costs that watches such a camera, and many a frame is passed over.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.opencv import cv2

try:
    # OpenCV's own decoder of files writes to stderr about damaged ones, and gives half ones up.
    import simplejpeg
except ImportError:  # then OpenCV decodes each picture as it comes
    simplejpeg = None

_MOTION_JPEG = cv2.VideoWriter.fourcc(*"MJPG")
_UNDECODED = -1


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


class MotionJpeg:
    """A `Device` of OpenCV's that is asked for files instead of pictures."""

    def __init__(self, capture: Any) -> None:
        """Args: capture: a `cv2.VideoCapture` that `gives_files`."""
        self._capture = capture
        self._decoder = JpegDecoder()

    def grab(self) -> bool:
        """See `Device`."""
        return bool(self._capture.grab())

    def retrieve(self) -> tuple[bool, JpegPicture | None]:
        """See `Device`."""
        whole, jpeg = self._capture.retrieve()
        try:
            return (True, JpegPicture(jpeg.ravel(), self._decoder)) if whole else (False, None)
        except ValueError:
            return False, None

    def release(self) -> None:
        """See `Device`."""
        self._capture.release()


def gives_files(capture: Any) -> bool:
    """Whether a `cv2.VideoCapture` that was just opened delivers JPEG files from now on."""
    if simplejpeg is None or int(capture.get(cv2.CAP_PROP_FOURCC)) != _MOTION_JPEG:
        return False
    return bool(capture.set(cv2.CAP_PROP_FORMAT, _UNDECODED))
