"""What the recurrent part gets of people of whom there are joints only, no pictures."""

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.region.locator import DROP, FACE_UNITS, SHOULDER_WIDTHS
from gesturelrcn.training.data.clip_features import UNKNOWN_HAND
from gesturelrcn.training.features.simulation import mistaken

_ZOOM, _SHIFT = 0.1, 0.03  # of the picture of the body
_SHOULDERS = [KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right")]


def joints_alone(
    places: NDArray[np.float64],
    centre: NDArray[np.float64],
    side: NDArray[np.float64],
    visible: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """(T, J, 3) joints as a network points at them, in a square that lies a little otherwise.

    Args:
        places: (T, J, 2) x, y in any unit.
        centre: (T, 2) of the square of the body.
        side: (T,) of it.
        visible: (T, J) whether each joint can be seen.
        rng: another camera and a network's errors for the whole clip.
    """
    side = side * float(np.exp(rng.uniform(-_ZOOM, _ZOOM)))
    centre = centre + rng.uniform(-_SHIFT, _SHIFT, 2) * side[:, None]
    return mistaken((places - centre[:, None]) / side[:, None, None] + 0.5, visible, rng)


def another_square(
    centre: NDArray[np.float64], side: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """(T, 2) centre and side of a square that lies a little otherwise than this, all the time the same."""
    side = side * float(np.exp(rng.uniform(-_ZOOM, _ZOOM)))
    return centre + rng.uniform(-_SHIFT, _SHIFT, 2) * side, side


def square_around(places: NDArray[np.float64], card: ModelCard) -> tuple[NDArray[np.float64], float]:
    """Centre (T, 2) and side of the square of the body; people who walk are followed.

    Args:
        places: (T, J, 2) joints, x to the right and y down, in any unit.
        card: of the model for which it is.
    """
    shoulders = places[:, _SHOULDERS]
    middle = shoulders.mean(1)
    wide = float(np.median(np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1)))
    face = places[:, KEYPOINTS.index("nose")]
    unit = max(wide, FACE_UNITS * float(np.median(np.linalg.norm(face - middle, axis=-1))))
    region = SHOULDER_WIDTHS * unit
    centre = middle + np.array([0.0, DROP * unit - card.lift * region])
    return centre, card.zoom * region


def unknown_hands(frames: int, card: ModelCard) -> NDArray[np.float32] | None:
    """(T, HAND_VALUES) of frames in which nobody looked at hands; None for a model that sees none."""
    return np.tile(UNKNOWN_HAND, (frames, 1)) if card.hand_size else None
