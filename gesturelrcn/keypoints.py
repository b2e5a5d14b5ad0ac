"""The joints that the network points at. Left and right are the person's own."""

KEYPOINTS: tuple[str, ...] = (
    "left_wrist",
    "right_wrist",
    "left_index_tip",
    "right_index_tip",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "nose",
    "left_thumb_tip",
    "right_thumb_tip",
    "left_pinky_tip",
    "right_pinky_tip",
)
"""Order of the joints in every array of keypoints: (len(KEYPOINTS), 3) of x, y, visibility."""

MIRRORED: tuple[int, ...] = tuple(
    KEYPOINTS.index(
        name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
    )
    for name in KEYPOINTS
)
"""Which joint each joint becomes in the mirror picture."""

HAND_LANDMARKS = 21
"""Landmarks of a hand, in MediaPipe's order: the wrist, then thumb, index, middle, ring and little finger
from palm to tip (Zhang et al. 2020, arXiv:2006.10214)."""

HAND_SHAPE = 8
"""Numbers that say how a hand is held: straightness of thumb, index, middle, ring and little finger (distance
from base to tip over the length of its bones, 1 for a straight one), and whereto the palm faces (unit vector:
to the right, down, away from the camera)."""

HAND_VALUES = 3 * HAND_LANDMARKS + HAND_SHAPE + 2
"""What the network says of the hand that it looks at: x, y, z of each landmark in shares of the picture of
the hand, relative to its centre (z to the wrist, smaller is nearer to the camera); its shape; whether a hand
is there, 0 to 1; and its side, -1 left, 1 right, 0 for no picture. Left hands are mirrored to look like
right ones."""
