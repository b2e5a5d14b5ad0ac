"""Batches of long streams for the recurrent part; which streams comes next goes on where it was."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gesturelrcn.training.data.clip_features import ClipSet
from gesturelrcn.training.tasks.stream_sampling import UNSEEN, Chunk, StreamMaker, nobody_looked


class StreamBatches:
    """Chunks of endless streams side by side; every stream is of one set, chosen by weight."""

    def __init__(
        self, sets: list[ClipSet], classes: tuple[str, ...], streams: int, chunk: int, seed: tuple[int, ...]
    ) -> None:
        """Args: sets: to choose from. classes: of the targets. streams: side by side. chunk: frames."""
        generators = np.random.default_rng(seed).spawn(streams)
        every = [clip.hands for clip_set in sets for clip in clip_set.clips if clip.hands is not None]
        seen = [hands for hands in every if not nobody_looked(hands)]
        lent, unseen = (seen, UNSEEN) if len(seen) < len(every) else ([], 0.0)
        self._streams = [_MixedStream(sets, classes, chunk, rng, lent, unseen) for rng in generators]

    def next(self) -> tuple[Tensor, ...]:
        """The arrays of `Chunk`, each of all streams.

        Keypoints, hands, dt and target (B, T, ...); the marks of a beginning (B,); what is told (B, T); the
        classes that are no error in `none` (B, C); where the clips come with numbers, these (B, T, K).
        """
        chunks = [stream.next() for stream in self._streams]
        parts = ("keypoints", "hands", "dt", "target")
        stacked = [torch.from_numpy(np.stack([getattr(chunk, name) for chunk in chunks])) for name in parts]
        first = torch.tensor([chunk.first for chunk in chunks])
        told = [np.ones(len(chunk.dt), np.float32) if chunk.told is None else chunk.told for chunk in chunks]
        unlabelled = torch.from_numpy(np.stack([stream.unlabelled for stream in self._streams]))
        batch = (*stacked, first, torch.from_numpy(np.stack(told)), unlabelled)
        numbers = [chunk.numbers for chunk in chunks if chunk.numbers is not None]
        return (*batch, torch.from_numpy(np.stack(numbers))) if numbers else batch

    def state(self) -> list[Any]:
        """For each stream, how its present part began and how much of it is over."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[Any]) -> None:
        """Go to where `state` was taken."""
        for stream, place in zip(self._streams, state, strict=True):
            stream.restore(place)


class _MixedStream:
    """One stream after another, each of one set.

    What a stream is follows from the random numbers at its beginning; so its beginning and the number of
    chunks since then say where in the sequence this is.
    """

    def __init__(
        self,
        sets: list[ClipSet],
        classes: tuple[str, ...],
        chunk: int,
        rng: np.random.Generator,
        lent: Sequence[NDArray[np.float32]],
        unseen: float,
    ) -> None:
        self._makers = [StreamMaker(clip_set.clips, classes, chunk, rng, lent, unseen) for clip_set in sets]
        self._unlabelled = [np.array([name in clip_set.unlabelled for name in classes]) for clip_set in sets]
        self._which = 0
        self._shares = np.array([clip_set.weight for clip_set in sets]) / sum(
            clip_set.weight for clip_set in sets
        )
        self._rng = rng
        self._began = rng.bit_generator.state
        self._over = 0
        self._chunks: Iterator[Chunk] = iter(())

    def next(self) -> Chunk:
        """The next chunk, of this stream or of the one after it."""
        while True:
            for chunk in self._chunks:
                self._over += 1
                return chunk
            self._began, self._over = self._rng.bit_generator.state, 0
            several = len(self._makers) > 1
            self._which = int(self._rng.choice(len(self._makers), p=self._shares)) if several else 0
            self._chunks = self._makers[self._which].stream()

    @property
    def unlabelled(self) -> NDArray[np.bool_]:
        """(C,) of the set from which the last chunk came."""
        return self._unlabelled[self._which]

    def state(self) -> list[Any]:
        """The random numbers at the beginning of the stream, and the chunks since then."""
        return [self._began, self._over]

    def restore(self, state: list[Any]) -> None:
        """Make the stream again, as far as it was."""
        self._rng.bit_generator.state, over = state
        self._chunks = iter(())
        for _ in range(over):
            self.next()
