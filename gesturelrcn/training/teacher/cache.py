"""The teacher's labels on disk: pictures of the body and of the hands, and what was found in them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region import Region
from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.system.private_files import make_private
from gesturelrcn.training.errors import TrainingError

ZOOM, LIFT = 4.8 / 4.2, 0.15 / 4.2
"""The picture of the body for which the pictures are kept (see `ModelCard`): 4.8 shoulder widths around the
middle of the shoulders, so that the tips of a straight raised or stretched arm stay inside."""

MARGIN = 1.2
"""The kept picture is this much wider than that, so that augmentation can move and zoom."""

SIZE = 208
"""Side of the kept picture in pixels."""

HAND_MARGIN = 1.5
"""The kept picture of a hand is this much wider than the fovea."""

HAND_SIZE = 112
"""Side of the kept picture of a hand in pixels."""


@dataclass(frozen=True)
class LabelledClip:
    """A clip with the labels of the teacher.

    Attributes:
        pictures: (T, SIZE, SIZE, 3) uint8 BGR, the body and a margin around it.
        keypoints: (T, J, 3) float32: x, y in shares of the picture, and weight: 1 where the teacher
            sees the joint, 0 where it says nothing.
        times: (T,) float32 seconds from the beginning of the clip.
        hand_pictures: (T, 2, HAND_SIZE, HAND_SIZE, 3) uint8 BGR, the left and the right hand.
        hands: (T, 2, 21, 3) float32 landmarks in shares of those pictures, z relative to the wrist; NaN
            where the teacher finds no hand.
    """

    pictures: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    times: NDArray[np.float32]
    hand_pictures: NDArray[np.uint8]
    hands: NDArray[np.float32]


@dataclass(frozen=True)
class LabelledFrame:
    """What the teacher says of one frame; shapes as in `LabelledClip`, without time."""

    picture: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    hand_pictures: NDArray[np.uint8]
    hands: NDArray[np.float32]


def kept_square(region: Region) -> Region:
    """The square of a frame that is kept, for a person in `region`."""
    return replace(region, y=region.y - LIFT * region.side, side=ZOOM * MARGIN * region.side)


def cached_path(cache: Path, clip: Clip) -> Path:
    """Where the labels of `clip` lie below the folder `cache`."""
    return cache / f"{clip.cache_name}.npz"


def stills_path(cache: Path) -> Path:
    """Where the labelled stills of a set lie."""
    return cache / "stills.npz"


def load_labelled_clips(cache: Path, clips: Iterable[Clip]) -> Iterator[LabelledClip]:
    """Those of `clips` that the teacher has labelled, one after another."""
    for clip in clips:
        path = cached_path(cache, clip)
        if path.is_file():
            with open_arrays(path, "labels of a clip", error=TrainingError) as arrays:
                yield LabelledClip(**arrays)


def stacked(frames: list[LabelledFrame]) -> dict[str, Any]:
    """The frames as arrays, named as in `LabelledClip`, without times."""
    return {
        "pictures": np.stack([frame.picture for frame in frames]),
        "keypoints": np.stack([frame.keypoints for frame in frames]),
        "hand_pictures": np.stack([frame.hand_pictures for frame in frames]),
        "hands": np.stack([frame.hands for frame in frames]),
    }


def keep_arrays(path: Path, arrays: Mapping[str, Any], *, compressed: bool = False) -> None:
    """Write an `.npz` that nobody else can read, for it shows real people; it appears only when whole."""
    partial = path.with_suffix(".partial")
    make_private(partial)
    with partial.open("wb") as out:
        (np.savez_compressed if compressed else np.savez)(out, **arrays)
    os.replace(partial, path)  # noqa: PTH105 - atomic on every platform
