"""Teach the CNN where joints are: MediaPipe's answers on real pictures, exact joints of synthetic ones."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import KeypointSettings
from gesturelrcn.training.data.backgrounds import Backgrounds, replace_background
from gesturelrcn.training.data.keypoint_images import KeypointImages
from gesturelrcn.training.features.in_batches import in_batches
from gesturelrcn.training.loop.loop import Loop, Schedule, Task
from gesturelrcn.training.tasks.image_augmentation import plain_augmentation, random_augmentation
from gesturelrcn.training.tasks.image_batches import ImageBatches

_BETA = 0.02  # below this error (share of the picture) the loss is quadratic
_VISIBILITY_WEIGHT = 0.1
_FINGERTIPS = [i for i, name in enumerate(KEYPOINTS) if name.endswith("_tip")]


def train_keypoints(
    model: LRCN,
    sets: list[KeypointImages],
    settings: KeypointSettings,
    validation: KeypointImages | None,
    log: Path,
    loop: Loop | None = None,
    backgrounds: Backgrounds | None = None,
) -> None:
    """Train backbone and keypoint head of `model` in place; figures go to the CSV file `log`.

    Raises:
        LossError: the loss is no longer a number.
    """
    loop = loop or Loop()
    weights = [*model.backbone.stages[3:].parameters(), *model.keypoint_head.parameters()]
    if settings.early_layers:
        weights += [*model.backbone.stem.parameters(), *model.backbone.stages[:3].parameters()]
    batches = keypoint_batches(
        sets,
        max(1, settings.batch // loop.fabric.world_size),
        model.config.size,
        (settings.seed, loop.fabric.global_rank),
        settings.threads,
        backgrounds,
    )
    schedule = Schedule(settings.steps, settings.rate, decay=1e-2, clip=5.0, seed=settings.seed)

    def report() -> dict[str, float]:
        return {} if validation is None else error_figures(model, validation)

    loop.run("keypoints", KeypointTask(model, settings.early_layers), weights, batches, schedule, log, report)


def keypoint_batches(
    sets: list[KeypointImages],
    batch: int,
    size: int,
    seed: tuple[int, ...],
    threads: int = 1,
    backgrounds: Backgrounds | None = None,
) -> ImageBatches[KeypointImages]:
    """Pictures as random cameras would show them.

    A batch is images (B, size, size, 3) uint8 BGR, joints (B, J, 3), and which have exact joints (B,).

    Args:
        sets: pictures with joints.
        batch: pictures.
        size: of them, pixels.
        seed: of every random choice.
        threads: that make a batch.
        backgrounds: to put behind people, or None.
    """

    def sample(images: KeypointImages, i: int, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        image, silhouettes = images.images[i], images.silhouettes
        if backgrounds is not None and silhouettes is not None and rng.random() < backgrounds.share:
            background = backgrounds.images[rng.integers(len(backgrounds.images))]
            image = replace_background(image, silhouettes[i], background, rng)
        source = image.shape[0]
        camera = random_augmentation(rng, source, size, images.margin, strength=1.6)
        return camera.apply(image, rng), camera.move(images.keypoints[i], source), np.asarray(images.exact)

    return ImageBatches(sets, batch, seed, sample, threads)


class KeypointTask(Task):
    """Where joints are, and whether they can be seen."""

    def __init__(self, model: LRCN, early_layers: bool) -> None:
        """Args: model: is trained in place. early_layers: the gradient reaches the first layers too."""
        super().__init__()
        self.model = model
        self._early = early_layers

    def forward(self, images: torch.Tensor, joints: torch.Tensor, exact: torch.Tensor) -> torch.Tensor:
        """The loss of a batch of `keypoint_batches`."""
        model = self.model
        with torch.set_grad_enabled(self._early):
            fine = model.backbone.early(model.normalise(images))
        coarse = model.backbone.late(fine)
        positions, logits = model.keypoint_head(fine, coarse)
        visible = joints[..., 2]
        apart = functional.smooth_l1_loss(positions, joints[..., :2], beta=_BETA, reduction="none").sum(-1)
        place_loss = (apart * visible).sum() / visible.sum().clamp(min=1)
        known = torch.ones_like(visible)
        known[:, _FINGERTIPS] = (exact[:, None] | (visible[:, _FINGERTIPS] > 0)).float()
        visibility_loss = functional.binary_cross_entropy_with_logits(logits, visible, known)
        return 10.0 * place_loss + _VISIBILITY_WEIGHT * visibility_loss


def keypoint_errors(model: LRCN, images: KeypointImages) -> NDArray[np.float32]:
    """(N, J) distances to the given joints in shares of the picture; NaN where there is none."""
    source = images.images.shape[1]
    plain = plain_augmentation(source, model.config.size, images.margin)
    rng = np.random.default_rng(0)
    joints = plain.move(images.keypoints, source)
    pictures = np.stack([plain.apply(image, rng) for image in images.images])
    predicted = in_batches(model, model.body_features, pictures)
    apart = np.linalg.norm(predicted[..., :2] - joints[..., :2], axis=-1).astype(np.float32)
    apart[joints[..., 2] == 0] = np.nan
    return np.asarray(apart, np.float32)


def error_figures(model: LRCN, images: KeypointImages) -> dict[str, float]:
    """Of each kind of joint the median distance, and the share within 10 % of the picture."""
    apart = keypoint_errors(model, images)
    figures: dict[str, float] = {}
    for joint in ("wrist", "index_tip", "thumb_tip", "elbow", "shoulder"):
        columns = [i for i, name in enumerate(KEYPOINTS) if name.endswith(joint)]
        known = apart[:, columns][~np.isnan(apart[:, columns])]
        if known.size:
            figures[f"{joint}_median"] = round(float(np.median(known)), 4)
            figures[f"{joint}_within_10_percent"] = round(float(np.mean(known < 0.1)), 4)
    return figures
