"""What a player shows of a decoded picture: in its colours, its proportions, and the right way up.

Phones film lying and write into the file how to turn the picture; DV and DVD have pixels that are not square.
"""

import struct
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.opencv import cv2

Matrix = tuple[int, int, int, int]
"""a, b, c, d: the point (x, y) is shown at (a x + c y, b x + d y), in 65536ths."""

UPRIGHT: Matrix = (65536, 0, 0, 65536)
_MATRIX = struct.Struct("9i")
_LONGEST_PIXEL = 8
"""Times as long as it is wide. More is damage, and would ask for gigabytes."""
_NEARLY_SQUARE = 0.01
"""Share by which the proportions may be wrong; less is rounding, and not worth a blurred picture."""


def shown_stream(container: Any) -> Any:
    """The video stream that a player would show; None where there is none that can be decoded.

    Args:
        container: `av.container.InputContainer`.
    """
    # The best one first: no cover picture if there is anything else. FFmpeg names it without asking whether
    # it knows the codec.
    streams = (container.streams.best("video"), *container.streams.video)
    return next((each for each in streams if each is not None and each.codec_context is not None), None)


class Display:
    """Turns the frames of one video stream, as PyAV decodes them, into the pictures that a player shows."""

    def __init__(self, pixel: Fraction | None) -> None:
        """Args: pixel: width of a pixel by its height, as the container says; None for square."""
        from av.video.reformatter import VideoReformatter

        self._pixel = pixel
        self._reformatter = VideoReformatter()

    def picture(self, frame: Any) -> NDArray[np.uint8]:
        """A frame (`av.VideoFrame`) as (height, width, 3) uint8 BGR."""
        width, height = displayed_size(frame.width, frame.height, self._pixel)
        # More threads for one picture only wait for each other.
        shown = self._reformatter.reformat(frame, width, height, "bgr24", threads=1)
        # FFmpeg pads its lines; what comes after us wants them without.
        return turned(np.ascontiguousarray(shown.to_ndarray(), np.uint8), matrix_of(frame))


def displayed_size(width: int, height: int, pixel: Fraction | None) -> tuple[int, int]:
    """Width and height with square pixels; the longer way is stretched, so that no pixel is lost."""
    if not pixel or abs(pixel - 1) < _NEARLY_SQUARE:
        return width, height
    if not Fraction(1, _LONGEST_PIXEL) <= pixel <= _LONGEST_PIXEL:
        return width, height
    return (round(width * pixel), height) if pixel > 1 else (width, round(height / pixel))


def matrix_of(frame: Any) -> Matrix:
    """How a frame (`av.VideoFrame`) is to be turned."""
    content = bytes(frame.side_data.get("DISPLAYMATRIX") or b"")
    if len(content) != _MATRIX.size:
        return UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(content)
    return (a, b, c, d) if (a or c) and (b or d) else UPRIGHT


def turned(image: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """A picture (height, width, 3) turned and mirrored; an angle that is no quarter goes to the nearest."""
    a, b, c, d = matrix
    lies = abs(b) + abs(c) > abs(a) + abs(d)
    if lies:
        image = np.asarray(cv2.transpose(image), np.uint8)
    from_right, from_below = (c < 0, b < 0) if lies else (a < 0, d < 0)
    if not (from_right or from_below):
        return image
    # OpenCV's codes: 0 upside down, 1 left to right, -1 both.
    way = -1 if from_right and from_below else 1 if from_right else 0
    return np.asarray(cv2.flip(image, way), np.uint8)


def even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without the last column or row where there is an odd number of them: H.264 stores colours by twos."""
    return picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]


def fitted(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) in a film of this width and height; other proportions get black borders."""
    image = even(picture)
    if image.shape[1::-1] == size:
        return image
    width, height = size
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    film = np.zeros((height, width, 3), np.uint8)
    film[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner)
    return film
