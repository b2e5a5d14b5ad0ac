"""Batches of pictures that are drawn at random from several sets, and can be entered anywhere again."""

from collections.abc import Callable, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class ImageSet(Protocol):
    """Pictures, and what is known of each.

    Attributes:
        images: N pictures, uint8 BGR.
        share: how often to draw from this set, relative to the others.
    """

    @property
    def images(self) -> Sized: ...  # noqa: D102 - see above

    @property
    def share(self) -> float: ...  # noqa: D102 - see above


Images = TypeVar("Images", bound=ImageSet)


class ImageBatches(Generic[Images]):
    """Random pictures of several sets.

    Every picture has its own random numbers, from the seed, the number of the batch and its place in it:
    so any batch can be made without the ones before it, and several threads make the same as one.
    """

    def __init__(
        self,
        sets: Sequence[Images],
        batch: int,
        seed: tuple[int, ...],
        sample: Callable[[Images, int, np.random.Generator], tuple[NDArray[Any], ...]],
        threads: int = 1,
    ) -> None:
        """What to draw from.

        Args:
            sets: to choose from.
            batch: pictures.
            seed: of every random choice.
            sample: picture number so and so of a set as it is trained on, and what is known of it.
            threads: that make a batch.
        """
        self._sets, self._batch, self._seed, self._sample = sets, batch, seed, sample
        self._shares = np.array([images.share for images in sets]) / sum(images.share for images in sets)
        self._map = ThreadPoolExecutor(threads).map if threads > 1 else map
        self._number = 0

    def next(self) -> tuple[Tensor, ...]:
        """The arrays of the samples, stacked."""
        samples = list(self._map(self._draw, range(self._batch)))
        self._number += 1
        return tuple(torch.from_numpy(np.stack(part)) for part in zip(*samples, strict=True))

    def _draw(self, place: int) -> tuple[NDArray[Any], ...]:
        rng = np.random.default_rng((*self._seed, self._number, place))
        images = self._sets[rng.choice(len(self._sets), p=self._shares)]
        return self._sample(images, int(rng.integers(len(images.images))), rng)

    def state(self) -> int:
        """The number of the next batch."""
        return self._number

    def restore(self, state: int) -> None:
        """Go to batch number `state`."""
        self._number = state
