"""Pictures of hands for the second CNN, from every kind of data set that has some."""

from pathlib import Path

import numpy as np

from gesturelrcn.training.data.datasets import DataSet
from gesturelrcn.training.data.keypoint_images import stills_path
from gesturelrcn.training.tasks.hands import HandPictures, hand_pictures, synthetic_hands
from gesturelrcn.training.teacher.teacher import TaughtClip, load_taught

_STILLS_EVERY = 1  # no still looks like its neighbour
_HELD_OUT_EVERY = 5


def hands_of(held: DataSet, cache: Path) -> HandPictures | None:
    """Everything in `held` to learn hands from, or None where there is nothing."""
    share = held.settings.hands
    if held.kind == "hands":
        return synthetic_hands(held.folder, share)
    if held.kind == "stills":
        with np.load(stills_path(cache)) as stills:
            taught = TaughtClip(times=np.zeros(len(stills["hands"]), np.float32), **stills)
        return hand_pictures([taught], _STILLS_EVERY, share)
    if held.kind in ("index", "folders"):
        found = (load_taught(cache, clip) for clip in held.training)
        return hand_pictures((taught for taught in found if taught is not None), held.settings.every, share)
    return None


def held_out_hands(held: DataSet, cache: Path) -> HandPictures | None:
    """Hands of the people held out who stand near, where the teacher is right, or None."""
    near = [clip for clip in held.held_out if clip.distance_m <= 1]
    found = (load_taught(cache, clip) for clip in near)
    seen = hand_pictures((taught for taught in found if taught is not None), _HELD_OUT_EVERY)
    if seen is None:
        return None
    hand = seen.present == 1
    return HandPictures(seen.images[hand], seen.landmarks[hand], seen.present[hand], seen.margin, seen.share)
