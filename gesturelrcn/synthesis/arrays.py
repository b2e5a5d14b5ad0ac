"""Names for the kinds of arrays that this room passes around."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Places, directions, rotations, measures."""
Indices = NDArray[np.int64]
"""Faces and which vertex is which."""
Image = NDArray[np.float32]
"""A picture or mask with shares from 0 to 1; colours are red, green, blue in sRGB."""
Pixels = NDArray[np.uint8]
"""A finished picture, (H, W, 3) BGR, or a texture, (H, W, 4) RGB and relief."""
