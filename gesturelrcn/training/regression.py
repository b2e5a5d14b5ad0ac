"""Numbers beside the classes: what `regression` in [network] names is learnt from tables beside the clips."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.tables import numbers_of, table_of
from gesturelrcn.training.data.clip_features import SeenClip
from gesturelrcn.training.errors import TrainingError

if TYPE_CHECKING:
    from gesturelrcn.training.data.datasets import DataSet
    from gesturelrcn.training.tasks.recognition import ClipSet

_NARROWEST = 1e-6


def with_numbers(model: LRCN, sets: "list[ClipSet]", data: "Sequence[DataSet]") -> "list[ClipSet]":
    """The same clips with the numbers that the tables beside their videos tell; the model learns their scale.

    Args:
        model: to be trained; for one without `regression` nothing happens.
        sets: what the recurrent part trains on.
        data: the data sets of these names.

    Raises:
        TrainingError: a number stands in no table.
        GestureLrcnError: a table is none.
    """
    names = model.config.regression
    if not names:
        return sets
    folders = {held.name: held for held in data}
    found = [replace(held, clips=_numbered(held.clips, folders[held.name], names)) for held in sets]
    for number, name in enumerate(names):
        if not any(_known(seen, number) for held in found for seen in held.clips):
            raise TrainingError(
                f"The number {name!r} of `regression` is told of no clip: put a table with the columns t and"
                f" {name} beside each, CLIP.csv beside CLIP.mp4."
            )
    told = np.concatenate([seen.numbers for held in found for seen in held.clips if seen.numbers is not None])
    model.number_middle.copy_(torch.from_numpy(np.nanmean(told, axis=0)))
    model.number_spread.copy_(torch.from_numpy(np.maximum(np.nanstd(told, axis=0), _NARROWEST)))
    return found


def tables_of(data: "Iterable[DataSet]") -> list[Any]:
    """JSON values that differ where the tables beside the clips differ."""
    tables = [table_of(clip.path) for held in data for clip in held.training]
    return [[path.name, path.stat().st_size, path.stat().st_mtime] for path in tables if path.is_file()]


def _numbered(clips: Sequence[SeenClip], held: "DataSet", names: Sequence[str]) -> list[SeenClip]:
    """The clips of one data set with their numbers, (T, K) NaN where nobody tells them."""
    told = [numbers_of(held.folder / seen.clip.name, names, seen.times) for seen in clips]
    return [replace(seen, numbers=numbers) for seen, numbers in zip(clips, told, strict=True)]


def number_loss(told: Tensor, true: Tensor, spread: Tensor) -> Tensor:
    """Huber's loss (1964) of (B, T, K) numbers in units of their spread; NaN in `true` counts for nothing."""
    known = torch.isfinite(true)
    apart = torch.where(known, (told - true.nan_to_num()) / spread, torch.zeros_like(told))
    losses = functional.huber_loss(apart, torch.zeros_like(apart), reduction="none")
    return losses.sum() / known.sum().clamp_min(1)


def _known(seen: SeenClip, number: int) -> bool:
    return seen.numbers is not None and bool(np.isfinite(seen.numbers[:, number]).any())
