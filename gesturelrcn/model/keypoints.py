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
