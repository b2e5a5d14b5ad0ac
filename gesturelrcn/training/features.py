"""What the taught CNN sees in every frame of every clip, under several cameras, computed once.

The recurrent part trains on these a hundred times faster than on pictures.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.augmentation import PictureChange, plain_change, random_change
from gesturelrcn.training.index import Clip
from gesturelrcn.training.teacher import TaughtClip
from gesturelrcn.vocabulary import mirrored

_BATCH = 64


@dataclass(frozen=True)
class SeenClip:
    """A clip as the recurrent part gets it.

    Attributes:
        clip: where it comes from; `gesture` below is its label, which a flip may have mirrored.
        gesture: label.
        keypoints: (T, J, 3) float32.
        times: (T,) float32 seconds from the beginning of the clip.
        hands: (T, HAND_VALUES) float32, or None for a network that sees no hand.
    """

    clip: Clip
    gesture: str
    keypoints: NDArray[np.float32]
    times: NDArray[np.float32]
    hands: NDArray[np.float32] | None = None


def see(
    model: LRCN, clip: Clip, taught: TaughtClip, change: PictureChange, rng: np.random.Generator
) -> SeenClip:
    """Run the CNN over `taught`, its pictures changed by `change`."""
    pictures = np.stack([change.apply(picture, rng) for picture in taught.pictures])
    parts = []
    with torch.inference_mode():
        for i in range(0, len(pictures), _BATCH):
            parts.append(model.look(torch.from_numpy(pictures[i : i + _BATCH])))
    return SeenClip(
        clip=clip,
        gesture=mirrored(clip.gesture) if change.flip else clip.gesture,
        keypoints=torch.cat(parts).numpy(),
        times=taught.times,
    )


def see_many(
    model: LRCN, taught: list[tuple[Clip, TaughtClip]], versions: int, seed: int
) -> tuple[list[SeenClip], list[SeenClip]]:
    """Every clip as it is, and under `versions` random cameras.

    Returns:
        The plain ones in the order of `taught`, and all changed ones.
    """
    rng = np.random.default_rng(seed)
    size = model.config.size
    plain, changed = [], []
    for clip, held in taught:
        source = held.pictures.shape[1]
        plain.append(see(model, clip, held, plain_change(source, size), rng))
        for _ in range(versions):
            changed.append(see(model, clip, held, random_change(rng, source, size), rng))
    return plain, changed
