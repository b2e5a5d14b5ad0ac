"""Shards: files of arrays in a folder that depend on a seed and their number only.

A shard appears when it is whole, and one that is there is kept: a run that was killed goes on where it ended.
"""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.system.whole_files import open_whole

Example = TypeVar("Example")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shards:
    """The shards NAME-SEED-000.npz and so on of one seed.

    Attributes:
        folder: made where it is missing.
        name: what is in them; `seed`: another one gives other examples.
    """

    folder: Path
    name: str
    seed: int

    def path(self, number: int) -> Path:
        """The file of a shard."""
        return self.folder / f"{self.name}-{self.seed}-{number:03d}.npz"

    def count(self) -> int:
        """How many are there."""
        return len(list(self.folder.glob(f"{self.name}-{self.seed}-*.npz")))

    def rng(self, number: int) -> np.random.Generator:
        """Every random choice of a shard comes from it."""
        return np.random.default_rng([self.seed, number])

    def write(
        self,
        number: int,
        stream: Generator[Example, None, None],
        count: int,
        arrays: Callable[[list[Example]], Mapping[str, Any]],
    ) -> bool:
        """Write a shard of the first `count` examples of a stream, which is closed; or keep the one there is.

        Returns:
            Whether it was written.

        Raises:
            GestureLrcnError: the folder cannot be written, or whatever the stream raises.
        """
        path = self.path(number)
        if path.exists():
            stream.close()
            return False
        with writing_to(self.folder, "Shards"):
            examples = list(islice(stream, count))
            stream.close()
            with open_whole(path) as file:
                np.savez(file, **arrays(examples))
        logger.info("%s: %d examples", path, count)
        return True

    def write_all(
        self,
        total: int,
        size: int,
        stream: Callable[[int], Generator[Example, None, None]],
        arrays: Callable[[list[Example]], Mapping[str, NDArray[Any]]],
    ) -> list[Path]:
        """Write what is missing of the shards of `size` examples that hold `total` together.

        Args:
            total: how many examples in all; the last shard may have fewer than `size`.
            size: examples a shard.
            stream: the examples of a shard, given its number.
            arrays: what is written of the examples.

        Returns:
            What was written.

        Raises:
            GestureLrcnError: as in `write`.
        """
        written = []
        for number in range(-(-total // size)):
            if self.write(number, stream(number), min(size, total - number * size), arrays):
                written.append(self.path(number))
        return written


@contextmanager
def writing_to(folder: Path, what: str) -> Iterator[None]:
    """The folder is there and is being written to.

    Args:
        folder: made where it is missing.
        what: is written, for the message.

    Raises:
        SynthesisError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise SynthesisError(
            f"{what} cannot be written to {folder} ({error}): choose another folder or make room."
        ) from error
