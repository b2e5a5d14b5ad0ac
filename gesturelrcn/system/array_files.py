"""Files of arrays (`.npz`): somebody may have made or damaged them, and what is wrong is one sentence."""

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import GestureLrcnError, in_short

_DAMAGED = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    # What a damaged zip promises: a password, another compression, more than there is memory.
    *(RuntimeError, NotImplementedError, MemoryError, zipfile.BadZipFile, zlib.error, struct.error),
    # numpy reads the head of an array as a piece of Python.
    *(SyntaxError, tokenize.TokenError),
)


@contextmanager
def open_arrays(
    path: Path,
    what: str = "arrays",
    *,
    error: type[GestureLrcnError] = GestureLrcnError,
    mend: str = "make the file anew.",
) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays of a file by name; each is read from the disk when it is asked for.

    What is raised inside because they are others than they should be is taken for a fault of the file.

    Args:
        path: of the file.
        what: should be in it, for the message.
        error: is raised.
        mend: what to do, for the message.

    Raises:
        GestureLrcnError: as `error`; the file cannot be read, or its arrays are not what they should be.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except GestureLrcnError:
        raise
    except _DAMAGED as problem:
        # A key that is missing says its bare name, and some say nothing.
        why = f"{type(problem).__name__} {in_short(problem)}".strip()
        raise error(f"{path}: no {what} ({why}); {mend}") from problem
