"""Files of arrays that a user may have made: whatever is wrong with one is one sentence."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import in_short
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
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return parse(arrays)
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as problem:
        raise TrainingError(
            f"{path}: no {what} ({in_short(problem)}); docs/training.md says what belongs into the file."
        ) from problem
