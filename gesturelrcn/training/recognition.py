"""Teach the recurrent part to name gestures, frame by frame, on streams with carried state."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.features import SeenClip
from gesturelrcn.training.figures_log import append_row
from gesturelrcn.training.streams import Chunk, StreamMaker

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecognitionSettings:
    """How long and how fast.

    Attributes:
        steps: optimiser steps.
        streams: streams side by side.
        chunk: frames through which the gradient flows (truncated back-propagation); the state
            is carried on from chunk to chunk.
        rate: highest learning rate.
        keypoint_noise: standard deviation added to joints, shares of the picture.
        seed: of every random choice.
    """

    steps: int = 2500
    streams: int = 32
    chunk: int = 48
    rate: float = 2e-3
    keypoint_noise: float = 0.006
    seed: int = 0


def recurrent_parameters(model: LRCN) -> list[torch.nn.Parameter]:
    """The weights that this stage trains; the CNN stays as it was taught."""
    parts = (model.joint_encoder, model.lstm, model.classify)
    return [weight for part in parts for weight in part.parameters()]


def train_recognition(
    model: LRCN,
    clips: list[SeenClip],
    settings: RecognitionSettings,
    log: Path,
    report: Callable[[LRCN], dict[str, float]] | None = None,
) -> None:
    """Train `model` in place; every fifth of the way a line of figures goes to the CSV file `log`.

    Raises:
        FloatingPointError: the loss is no longer a number; the weights are those of the step before.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    makers = [
        StreamMaker(clips, model.config.classes, settings.chunk, child).chunks()
        for child in rng.spawn(settings.streams)
    ]
    weights = recurrent_parameters(model)
    optimiser = torch.optim.AdamW(weights, settings.rate, weight_decay=2e-2)
    state = model.initial_state(settings.streams)
    began = time.monotonic()
    losses: list[float] = []
    model.train()
    for step in range(settings.steps):
        share = step / settings.steps
        for group in optimiser.param_groups:
            warm = min(1.0, (step + 1) / (0.04 * settings.steps))
            group["lr"] = settings.rate * warm * (0.02 + 0.49 * (1 + np.cos(np.pi * share)))
        chunks = [next(maker) for maker in makers]
        loss, state = _loss(model, chunks, state, settings.keypoint_noise)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"recognition training: the loss is {loss.item()} at step {step}")
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        losses.append(float(loss.item()))
        if (step + 1) % max(1, settings.steps // 5) == 0:
            row = {
                "step": step + 1,
                "seconds": round(time.monotonic() - began),
                "loss": round(float(np.mean(losses)), 4),
            }
            losses.clear()
            if report is not None:
                model.eval()
                row |= report(model)
                model.train()
            logger.info("recognition %s", row)
            append_row(log, row)
    model.eval()


def _loss(model: LRCN, chunks: list[Chunk], state: Tensor, noise: float) -> tuple[Tensor, Tensor]:
    fresh = torch.tensor([chunk.first for chunk in chunks])
    state = state.detach().masked_fill(fresh[None, :, None], 0.0)
    keypoints = torch.from_numpy(np.stack([chunk.keypoints for chunk in chunks]))
    keypoints = keypoints + noise * torch.randn_like(keypoints)
    dt = torch.from_numpy(np.stack([chunk.dt for chunk in chunks]))
    target = torch.from_numpy(np.stack([chunk.target for chunk in chunks]))
    logits, state = model.remember(keypoints, dt, state)
    return -(target * logits.log_softmax(-1)).sum(-1).mean(), state
