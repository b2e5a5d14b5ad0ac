"""Teach the recurrent part to name gestures, frame by frame, on streams with carried state."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import RecognitionSettings
from gesturelrcn.training.data.clip_features import ClipSet
from gesturelrcn.training.loop.loop import Loop, Schedule, Task
from gesturelrcn.training.tasks.stream_batches import StreamBatches
from gesturelrcn.vocabulary import NONE

_SEEDS_APART = 1000
_NARROWEST = 1e-6  # spread of a number that is always the same


def train_recognition(
    model: LRCN,
    sets: list[ClipSet],
    settings: RecognitionSettings,
    log: Path,
    report: Callable[[LRCN], dict[str, float]] | None = None,
    loop: Loop | None = None,
    name: str = "recognition",
) -> None:
    """Train the recurrent part of `model` in place; figures go to the CSV file `log`.

    Temporal heads are trained one after another, each from its own start on its own streams, so that they
    make different mistakes; the log of the second is `log` with -2 behind its name.

    Args:
        model: its CNN stays as it is.
        sets: what streams are made of.
        settings: how long and how fast.
        log: one line for every fiftieth of the way.
        report: figures on validation data, for every fifth of the way.
        loop: devices and checkpoints; one CPU process without checkpoints if None.
        name: of the checkpoints.

    Raises:
        LossError: the loss is no longer a number; the weights are those of the step before.
    """
    loop = loop or Loop()
    streams = max(1, settings.streams // loop.fabric.world_size)
    figures = None if report is None else lambda: _on_cpu(model, report)
    if model.config.regression:
        _learn_number_scale(model, sets)
    for number, head in enumerate(model.temporal_heads):
        numbered = name if number == 0 else f"{name}-{number + 1}"
        seed = settings.seed + _SEEDS_APART * number
        shares = [clip_set.of_reader(number) for clip_set in sets]
        batches = StreamBatches(
            shares, model.config.classes, streams, settings.chunk, (seed, loop.fabric.global_rank)
        )
        schedule = Schedule(settings.steps, settings.rate, decay=2e-2, clip=1.0, warm_up=0.04, seed=seed)
        task = RecognitionTask(model, streams, settings, number)
        path = log if number == 0 else log.with_stem(f"{log.stem}-{number + 1}")
        loop.run(numbered, task, list(head.parameters()), batches, schedule, path, figures)


def _learn_number_scale(model: LRCN, sets: list[ClipSet]) -> None:
    """Where the numbers of `regression` lie in these clips, and how far they spread: the unit of the loss."""
    numbers = [clip.numbers for clip_set in sets for clip in clip_set.clips if clip.numbers is not None]
    if numbers:
        known = np.concatenate(numbers)
        model.number_middle.copy_(torch.from_numpy(np.nanmean(known, axis=0)))
        model.number_spread.copy_(torch.from_numpy(np.maximum(np.nanstd(known, axis=0), _NARROWEST)))


def _on_cpu(model: LRCN, report: Callable[[LRCN], dict[str, float]]) -> dict[str, float]:
    """Reports decode frame by frame, which a GPU only slows down."""
    device = next(model.parameters()).device
    try:
        return report(model.cpu())
    finally:
        model.to(device)


class RecognitionTask(Task):
    """Which gesture it is, frame by frame, with a state that goes on from chunk to chunk."""

    def __init__(self, model: LRCN, streams: int, settings: RecognitionSettings, head: int = 0) -> None:
        """Args: model: of which one head is trained. streams: side by side. settings: noise and weights."""
        super().__init__()
        self.model = model
        self._head = head
        self._noise = settings.keypoint_noise
        self._none_weight = settings.none_weight
        self._none = model.config.classes.index(NONE)
        self._state = model.initial_state(streams)

    def forward(
        self,
        keypoints: Tensor,
        hands: Tensor,
        dt: Tensor,
        target: Tensor,
        first: Tensor,
        told: Tensor,
        unlabelled: Tensor,
        numbers: Tensor | None = None,
    ) -> Tensor:
        """The loss of a batch of `StreamBatches`; the state is kept for the next one."""
        state = self._state.to(keypoints.device).masked_fill(first[None, :, None], 0.0)
        keypoints = keypoints + self._noise * torch.randn_like(keypoints)
        shown = hands if self.model.config.hand_size else None
        output = self.model.temporal_pass(keypoints, shown, dt, state, self._head)
        self._state = output.state.detach().float()
        weight = told * (1.0 + (self._none_weight - 1.0) * target[..., self._none])
        shares = self._without_error(output.logits.float().log_softmax(-1), unlabelled)
        losses = -(target * shares).sum(-1)
        loss = (weight * losses).sum() / weight.sum().clamp_min(1e-3)
        if output.numbers is None or numbers is None:
            return loss
        return loss + number_loss(output.numbers.float(), numbers, self.model.number_spread)

    def _without_error(self, shares: Tensor, unlabelled: Tensor) -> Tensor:
        """(B, T, C) logarithms of the scores; that of `none` is of everything that nobody labelled."""
        if not unlabelled.any():
            return shares
        allowed = unlabelled.clone()
        allowed[:, self._none] = True
        none = shares.masked_fill(~allowed[:, None, :], -torch.inf).logsumexp(-1, keepdim=True)
        return torch.cat([shares[..., : self._none], none, shares[..., self._none + 1 :]], -1)

    def carried(self) -> dict[str, Tensor]:
        """The LSTM's state."""
        return {"state": self._state}

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Put back the LSTM's state."""
        self._state = tensors["state"]


def number_loss(predicted: Tensor, true: Tensor, spread: Tensor) -> Tensor:
    """Huber's loss (1964) of (B, T, K) numbers in units of their spread; NaN in `true` counts for nothing."""
    known = torch.isfinite(true)
    apart = torch.where(known, (predicted - true.nan_to_num()) / spread, torch.zeros_like(predicted))
    losses = functional.huber_loss(apart, torch.zeros_like(apart), reduction="none")
    return losses.sum() / known.sum().clamp_min(1)
