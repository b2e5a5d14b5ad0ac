"""Teach the second CNN where the landmarks of a hand are: MediaPipe's on real pictures, else exact ones.

Far hands are a few pixels wide and no teacher finds their fingers; so near hands, whose landmarks are known,
are made as coarse as far ones, and keep their landmarks.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gesturelrcn.keypoints import HAND_LANDMARKS
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import HandSettings
from gesturelrcn.training.data.hand_images import HandImages
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.features.in_batches import in_batches
from gesturelrcn.training.loop.loop import Loop, Schedule, Task
from gesturelrcn.training.tasks.image_augmentation import (
    Augmentation,
    plain_augmentation,
    random_augmentation,
)
from gesturelrcn.training.tasks.image_batches import ImageBatches

_BETA = 0.02  # below this error (share of the picture) the loss is quadratic
_DEPTH_WEIGHT, _SHAPE_WEIGHT, _PRESENCE_WEIGHT = 0.3, 0.6, 0.05

_COARSEST = 7
"""Pixels across the picture of the hand when somebody stands six metres from a 640 pixel wide camera."""


def train_hands(
    model: LRCN,
    sets: list[HandImages],
    settings: HandSettings,
    validation: HandImages | None,
    log: Path,
    loop: Loop | None = None,
) -> None:
    """Train hand backbone and hand head of `model` in place; figures go to the CSV file `log`.

    Raises:
        LossError: the loss is no longer a number.
    """
    loop = loop or Loop()
    backbone = model.hand_backbone
    weights = [*backbone.stages[3:].parameters(), *model.hand_head.parameters()]
    if settings.early_layers:
        weights += [*backbone.stem.parameters(), *backbone.stages[:3].parameters()]
    batches = hand_batches(
        sets,
        max(1, settings.batch // loop.fabric.world_size),
        model.config.hand_size,
        (settings.seed, loop.fabric.global_rank),
    )
    schedule = Schedule(settings.steps, settings.rate, decay=1e-2, clip=5.0, seed=settings.seed)

    def report() -> dict[str, float]:
        return {} if validation is None else error_figures(model, validation)

    loop.run("hands", HandTask(model, settings.early_layers), weights, batches, schedule, log, report)


def random_hand_augmentation(rng: np.random.Generator, source: int, size: int, margin: float) -> Augmentation:
    """A random view of a hand: never mirrored, turned up to 25 degrees, near or far."""
    camera = random_augmentation(rng, source, size, margin, strength=1.8)
    turn, zoom = np.deg2rad(rng.uniform(-25, 25)), np.exp(rng.uniform(-0.22, 0.22))
    matrix = (
        zoom
        * size
        * margin
        / source
        * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    )
    centre = np.full(2, source / 2)
    shift = size / 2 - matrix @ centre + rng.uniform(-0.13, 0.13, 2) * size
    far = rng.random() < 0.6
    coarse = int(np.exp(rng.uniform(np.log(_COARSEST), np.log(size)))) if far else 0
    blur = float(rng.uniform(0.4, 2.0)) if rng.random() < 0.3 else 0.0
    return replace(
        camera, matrix=np.c_[matrix, shift], flip=False, coarse=coarse, blur=blur, noise=camera.noise * 0.7
    )


def hand_batches(
    sets: list[HandImages], batch: int, size: int, seed: tuple[int, ...]
) -> ImageBatches[HandImages]:
    """Pictures of hands as random cameras would show them.

    A batch is images (B, size, size, 3) uint8 BGR, landmarks (B, 21, 3), and which show a hand (B,), 1 or 0.

    Args:
        sets: pictures with landmarks.
        batch: pictures.
        size: of them, pixels.
        seed: of every random choice.
    """

    def sample(images: HandImages, i: int, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        image = images.images[i]
        source = image.shape[0]
        camera = random_hand_augmentation(rng, source, size, images.margin)
        landmarks = _moved(images.landmarks[i], camera, source)
        return camera.apply(image, rng), landmarks, np.asarray(images.present[i])

    return ImageBatches(sets, batch, seed, sample)


def _moved(landmarks: NDArray[np.float32], camera: Augmentation, source: int) -> NDArray[np.float32]:
    out: NDArray[np.float32] = landmarks.copy()
    out[:, :2] = (landmarks[:, :2] * source) @ camera.matrix[:, :2].T / camera.size
    out[:, :2] += camera.matrix[:, 2] / camera.size
    out[:, 2] *= np.sqrt(abs(np.linalg.det(camera.matrix[:, :2]))) * source / camera.size
    return out


class HandTask(Task):
    """Where the landmarks of a hand are, how it is held, and whether there is one."""

    def __init__(self, model: LRCN, early_layers: bool) -> None:
        """Args: model: is trained in place. early_layers: the gradient reaches the first layers too."""
        super().__init__()
        self.model = model
        self._early = early_layers

    def forward(self, images: Tensor, landmarks: Tensor, present: Tensor) -> Tensor:
        """The loss of a batch of `hand_batches`."""
        return _loss(self.model, images, landmarks, present, self._early)


def _loss(model: LRCN, images: Tensor, landmarks: Tensor, present: Tensor, early: bool) -> Tensor:
    pictures = model.normalise(images)
    with torch.set_grad_enabled(early):
        fine = model.hand_backbone.early(pictures)
    positions, values = model.hand_head(fine, model.hand_backbone.late(fine))
    known = torch.isfinite(landmarks).all(-1)
    truth = torch.nan_to_num(landmarks)
    apart = functional.smooth_l1_loss(positions, truth[..., :2], beta=_BETA, reduction="none").sum(-1)
    deep = functional.smooth_l1_loss(values[:, :HAND_LANDMARKS], truth[..., 2], beta=_BETA, reduction="none")
    count = known.sum().clamp(min=1)
    loss = ((apart + _DEPTH_WEIGHT * deep) * known).sum() / count
    shape = functional.smooth_l1_loss(
        values[:, HAND_LANDMARKS:-1], hand_shape(truth), beta=0.1, reduction="none"
    )
    loss = loss + _SHAPE_WEIGHT * (shape * known.all(-1, keepdim=True)).sum() / count
    presence = functional.binary_cross_entropy_with_logits(
        values[:, -1], torch.nan_to_num(present), torch.isfinite(present).float()
    )
    return 10.0 * loss + 10.0 * _PRESENCE_WEIGHT * presence


def hand_errors(model: LRCN, images: HandImages, coarse: int = 0) -> NDArray[np.float32]:
    """(N, 21) distances to the given landmarks in shares of the fovea; NaN where there is none.

    Args:
        model: whose hand CNN is tried.
        images: with landmarks.
        coarse: side in pixels to which every picture is brought first, as if from far; 0 for not.
    """
    source = images.images.shape[1]
    plain = replace(plain_augmentation(source, model.config.hand_size, images.margin), coarse=coarse)
    rng = np.random.default_rng(0)
    pictures = np.stack([plain.apply(image, rng) for image in images.images])
    truth = np.stack([_moved(landmarks, plain, source) for landmarks in images.landmarks])
    predicted = in_batches(model, model.hand_features, pictures, np.ones(len(pictures), np.float32))
    positions = predicted[:, : 3 * HAND_LANDMARKS].reshape(-1, HAND_LANDMARKS, 3)[..., :2] + 0.5
    return np.asarray(np.linalg.norm(positions - truth[..., :2], axis=-1), np.float32)


def error_figures(model: LRCN, images: HandImages) -> dict[str, float]:
    """Median distances of all landmarks and of the finger tips, near and as if from far."""
    figures = {}
    for name, coarse in (("near", 0), ("coarse_16", 16), ("coarse_8", 8)):
        apart = hand_errors(model, images, coarse)
        figures[f"{name}_median"] = round(float(np.nanmedian(apart)), 4)
        figures[f"{name}_tips"] = round(float(np.nanmedian(apart[:, 4::4])), 4)
    return figures
