"""Files of arrays that a user may have made to train on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.system.array_files import open_arrays
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.vocabulary import NONE

_NOTHING = ("neg", "other")
_SHORTEST = 8  # frames

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


@dataclass(frozen=True)
class Motion:
    """One clip of a file in which clips of many people lie one after another.

    Attributes:
        name: for messages.
        subject: who.
        gesture: name, or `none`.
        fps: frames a second.
        places: (T, ...) its part of all frames.
    """

    name: str
    subject: str
    gesture: str
    fps: float
    places: NDArray[Any]


def motions_in(
    path: Path, arrays: Mapping[str, NDArray[Any]], places: NDArray[Any], names: Mapping[str, str]
) -> Iterator[Motion]:
    """The clips that are long enough.

    Args:
        path: of the file.
        arrays: `start` (N+1,), `vocab` (N,), `subject` (N,), `fps` (N,) and, if it is there, `trim_start`
            (N,): frames at the beginning of each clip to be left out. What begins with `neg` or `other` is no
            gesture.
        places: all frames.
        names: other words for those in `vocab`.

    Raises:
        ValueError: the arrays do not fit together.
    """
    start = arrays["start"]
    if len(start) != len(arrays["vocab"]) + 1 or start[-1] > len(places):
        raise ValueError(f"{len(start)} beginnings for {len(arrays['vocab'])} clips")
    trim = arrays.get("trim_start", np.zeros(len(start), int))
    for number, word in enumerate(map(str, arrays["vocab"])):
        part = places[int(start[number]) + max(0, int(trim[number])) : int(start[number + 1])]
        if len(part) >= _SHORTEST:
            gesture = str(names.get(word, NONE if word.startswith(_NOTHING) else word))
            subject = f"{path.stem} {arrays['subject'][number]}"
            yield Motion(f"{path.stem}:{number}", subject, gesture, float(arrays["fps"][number]), part)
