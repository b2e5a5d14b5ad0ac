"""Teach the CNN where joints are: MediaPipe's answers on real pictures, exact joints of synthetic ones."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from gesturelrcn.model.keypoints import KEYPOINTS
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.augmentation import plain_change, random_change
from gesturelrcn.training.figures_log import append_row

logger = logging.getLogger(__name__)

_BETA = 0.02  # below this error (share of the picture) the loss is quadratic
_VISIBILITY_WEIGHT = 0.1
_FINGERTIPS = [i for i, name in enumerate(KEYPOINTS) if name.endswith("_tip")]


@dataclass(frozen=True)
class Pictures:
    """Pictures with joints.

    Attributes:
        images: (N, S, S, 3) uint8 BGR.
        keypoints: (N, J, 3) float32: x, y in shares of the picture, weight.
        margin: how much wider than the person region the pictures are.
        exact: joints come from a renderer, so an invisible joint is known to be invisible;
            a teacher's missing fingertip may just be a hand that it did not find.
        share: how often to draw from this set, relative to the others.
    """

    images: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    margin: float
    exact: bool
    share: float


@dataclass(frozen=True)
class KeypointSettings:
    """How long and how fast.

    Attributes:
        steps: optimiser steps.
        batch: pictures a step.
        rate: highest learning rate.
        early_layers: train the layers up to stride 8 as well.
        seed: of every random choice.
    """

    steps: int
    batch: int = 32
    rate: float = 1.5e-3
    early_layers: bool = False
    seed: int = 0


def train_keypoints(
    model: LRCN, sets: list[Pictures], settings: KeypointSettings, validation: Pictures | None, log: Path
) -> None:
    """Train backbone and keypoint head of `model` in place; a line of figures goes to the CSV file `log`."""
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    weights = [*model.backbone.stages[3:].parameters(), *model.keypoint_head.parameters()]
    if settings.early_layers:
        weights += [*model.backbone.stem.parameters(), *model.backbone.stages[:3].parameters()]
    optimiser = torch.optim.AdamW(weights, settings.rate, weight_decay=1e-2)
    began = time.monotonic()
    model.train()
    for step in range(settings.steps):
        if step % max(1, settings.steps // 5) == 0:
            _report(model, validation, step, time.monotonic() - began, log)
        warm = min(1.0, (step + 1) / (0.03 * settings.steps))
        for group in optimiser.param_groups:
            share = step / settings.steps
            group["lr"] = settings.rate * warm * max(0.02, 0.5 * (1 + np.cos(np.pi * share)))
        loss = _loss(model, *_batch(sets, settings.batch, model.config.size, rng), settings.early_layers)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"keypoint training: the loss is {loss.item()} at step {step}")
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 5.0)
        optimiser.step()
    _report(model, validation, settings.steps, time.monotonic() - began, log)
    model.eval()


def _batch(
    sets: list[Pictures], batch: int, size: int, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    shares = np.array([s.share for s in sets]) / sum(s.share for s in sets)
    images, joints, exact = [], [], []
    for which in rng.choice(len(sets), batch, p=shares):
        pictures = sets[which]
        i = rng.integers(len(pictures.images))
        source = pictures.images.shape[1]
        change = random_change(rng, source, size, pictures.margin, strength=1.6)
        images.append(change.apply(pictures.images[i], rng))
        joints.append(change.move(pictures.keypoints[i], source))
        exact.append(pictures.exact)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(joints)), torch.tensor(exact)


def _loss(
    model: LRCN, images: torch.Tensor, joints: torch.Tensor, exact: torch.Tensor, early: bool
) -> torch.Tensor:
    pictures = model.normalise(images)
    with torch.set_grad_enabled(early):
        fine = model.backbone.early(pictures)
    coarse = model.backbone.late(fine)
    positions, visible = model.keypoint_head(fine, coarse)
    seen = joints[..., 2]
    apart = functional.smooth_l1_loss(positions, joints[..., :2], beta=_BETA, reduction="none").sum(-1)
    where = (apart * seen).sum() / seen.sum().clamp(min=1)
    known = torch.ones_like(seen)
    known[:, _FINGERTIPS] = (exact[:, None] | (seen[:, _FINGERTIPS] > 0)).float()
    sight = functional.binary_cross_entropy_with_logits(visible, seen, known)
    return 10.0 * where + _VISIBILITY_WEIGHT * sight


def keypoint_errors(model: LRCN, pictures: Pictures) -> NDArray[np.float32]:
    """(N, J) distances to the given joints in shares of the picture; NaN where there is none."""
    source = pictures.images.shape[1]
    plain = plain_change(source, model.config.size, pictures.margin)
    rng = np.random.default_rng(0)
    joints = plain.move(pictures.keypoints, source)
    images = np.stack([plain.apply(image, rng) for image in pictures.images])
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [model.look(torch.from_numpy(images[i : i + 64])) for i in range(0, len(images), 64)]
    model.train(was_training)
    found = torch.cat(parts).numpy()
    apart = np.linalg.norm(found[..., :2] - joints[..., :2], axis=-1).astype(np.float32)
    apart[joints[..., 2] == 0] = np.nan
    return np.asarray(apart, np.float32)


def _report(model: LRCN, validation: Pictures | None, step: int, seconds: float, log: Path) -> None:
    row: dict[str, float] = {"step": step, "seconds": round(seconds)}
    if validation is not None:
        apart = keypoint_errors(model, validation)
        for joint in ("wrist", "index_tip", "thumb_tip", "elbow", "shoulder"):
            columns = [i for i, name in enumerate(KEYPOINTS) if name.endswith(joint)]
            known = apart[:, columns][~np.isnan(apart[:, columns])]
            if known.size:
                row[f"{joint}_median"] = round(float(np.median(known)), 4)
                row[f"{joint}_within_10_percent"] = round(float(np.mean(known < 0.1)), 4)
    logger.info("keypoints %s", row)
    append_row(log, row)
