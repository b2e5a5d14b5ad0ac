"""How right the numbers are that a model with `regression` tells beside its scores."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.model import Engine
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.recordings.listing import Listing
from gesturelrcn.recordings.tables import numbers_of, table_of


def measure_numbers(listing: Listing, engine: Engine) -> dict[str, dict[str, Any]]:
    """Play every recording with a table beside it through the whole recogniser, and compare frame by frame.

    Args:
        listing: what on; recordings without a table are left out.
        engine: of a model with `regression`.

    Returns:
        For each name: `frames` and `recordings` compared, `mae` (mean absolute error), `mae_of_the_median`
        (what always telling the median of the truth would have), `correlation` (Pearson's; None where
        something does not change). Empty if nothing could be compared.
    """
    names = engine.card.regression
    paths = [path for path in _recordings(listing) if table_of(path).is_file()]
    pairs = [_estimated_and_true(path, engine, names) for path in paths]
    if not pairs:
        return {}
    estimated, true = (np.concatenate(arrays) for arrays in zip(*pairs, strict=True))
    counts = [np.asarray(np.isfinite(truth).any(axis=0)) for _, truth in pairs]
    measured = {}
    for number, name in enumerate(names):
        known = np.isfinite(true[:, number])
        if known.any():
            figures = _figures(estimated[known, number], true[known, number])
            measured[name] = {"recordings": int(sum(count[number] for count in counts)), **figures}
    return measured


def _recordings(listing: Listing) -> Iterable[Path]:
    return dict.fromkeys([clip.path for clip in listing.clips] + [film.path for film in listing.films])


def _estimated_and_true(
    path: Path, engine: Engine, names: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(T, K) what the model tells of the frames in which it sees somebody, and what is true."""
    recognizer = Recognizer(engine)
    estimated, times = [], []
    try:
        for frame in frames_of(path):
            recognizer.process(frame)
            if recognizer.view.numbers is not None:
                estimated.append([recognizer.view.numbers[name] for name in names])
                times.append(frame.media_time)
    finally:
        recognizer.close()
    true = numbers_of(path, names, np.array(times, float))
    return np.array(estimated, float).reshape(len(times), len(names)), true.astype(float)


def _figures(estimated: NDArray[np.float64], true: NDArray[np.float64]) -> dict[str, Any]:
    changes = bool(estimated.std() > 0 and true.std() > 0)
    return {
        "frames": len(true),
        "mae": round(float(np.abs(estimated - true).mean()), 4),
        "mae_of_the_median": round(float(np.abs(np.median(true) - true).mean()), 4),
        "correlation": round(float(np.corrcoef(estimated, true)[0, 1]), 4) if changes else None,
    }
