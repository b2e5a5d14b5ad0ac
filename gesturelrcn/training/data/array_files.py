"""Files of arrays that a user may have made to train on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from numpy.typing import NDArray

from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.errors import TrainingError

T = TypeVar("T")


def read_arrays(path: Path, what: str, parse: Callable[[Mapping[str, NDArray[Any]]], T]) -> T:
    """What `parse` makes of the arrays in an `.npz`; each is read from the disk when it is asked for.

    Args:
        path: of the file.
        what: should be in it, for the message.
        parse: may raise ValueError, KeyError, TypeError or IndexError where the arrays are others.

    Raises:
        TrainingError: the file cannot be read, or its arrays are not what they should be.
    """
    mend = "docs/training.md says what belongs into the file."
    with open_arrays(path, what, error=TrainingError, mend=mend) as arrays:
        return parse(arrays)
