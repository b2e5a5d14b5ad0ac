"""Teach the second CNN where the landmarks of a hand are: MediaPipe's on real pictures, else exact ones.

Far hands are a few pixels wide and no teacher finds their fingers; so near hands, whose landmarks are known,
are made as coarse as far ones, and keep their landmarks.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gesturelrcn.keypoints import HAND_LANDMARKS
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import HandSettings
from gesturelrcn.training.data.hand_images import HandPictures
from gesturelrcn.training.data.hand_shape import hand_shape
from gesturelrcn.training.loop.loop import Loop, Schedule, Task, make_fabric
from gesturelrcn.training.tasks.image_augmentation import PictureChange, random_change

_BETA = 0.02  # below this error (share of the picture) the loss is quadratic
_DEPTH_WEIGHT, _SHAPE_WEIGHT, _PRESENCE_WEIGHT = 0.3, 0.6, 0.05

_COARSEST = 7
"""Pixels across the picture of the hand when somebody stands six metres from a 640 pixel wide camera."""


def train_hands(
    model: LRCN,
    sets: list[HandPictures],
    settings: HandSettings,
    validation: HandPictures | None,
    log: Path,
    loop: Loop | None = None,
) -> None:
    """Train hand backbone and hand head of `model` in place; figures go to the CSV file `log`.

    Raises:
        LossError: the loss is no longer a number.
    """
    loop = loop or Loop()
    loop.fabric = loop.fabric or make_fabric("cpu")
    backbone = model.hand_backbone
    weights = [*backbone.stages[3:].parameters(), *model.hand_head.parameters()]
    if settings.early_layers:
        weights += [*backbone.stem.parameters(), *backbone.stages[:3].parameters()]
    batches = HandBatches(
        sets,
        max(1, settings.batch // loop.fabric.world_size),
        model.config.hand_size,
        (settings.seed, loop.fabric.global_rank),
    )
    schedule = Schedule(settings.steps, settings.rate, decay=1e-2, clip=5.0, seed=settings.seed)

    def report() -> dict[str, float]:
        return {} if validation is None else error_figures(model, validation)

    loop.run("hands", HandTask(model, settings.early_layers), weights, batches, schedule, log, report)


def hand_change(rng: np.random.Generator, source: int, size: int, margin: float) -> PictureChange:
    """A random view of a hand: never mirrored, turned up to 25 degrees, near or far."""
    change = random_change(rng, source, size, margin, strength=1.8)
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
        change, matrix=np.c_[matrix, shift], flip=False, coarse=coarse, blur=blur, noise=change.noise * 0.7
    )


class HandBatches:
    """Random pictures of hands of several sets; every picture has its own random numbers."""

    def __init__(self, sets: list[HandPictures], batch: int, size: int, seed: tuple[int, ...]) -> None:
        """Args: sets: to draw from. batch: pictures. size: of them, pixels. seed: of every random choice."""
        self._sets, self._batch, self._size, self._seed = sets, batch, size, seed
        self._shares = np.array([s.share for s in sets]) / sum(s.share for s in sets)
        self._number = 0

    def next(self) -> tuple[Tensor, Tensor, Tensor]:
        """Images (B, P, P, 3) uint8 BGR, landmarks (B, 21, 3), and which show a hand (B,)."""
        images, landmarks, present = zip(*map(self._picture, range(self._batch)), strict=True)
        self._number += 1
        return (
            torch.from_numpy(np.stack(images)),
            torch.from_numpy(np.stack(landmarks)),
            torch.from_numpy(np.array(present, np.float32)),
        )

    def _picture(self, place: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
        rng = np.random.default_rng((*self._seed, self._number, place))
        pictures = self._sets[rng.choice(len(self._sets), p=self._shares)]
        i = rng.integers(len(pictures.images))
        source = pictures.images.shape[1]
        change = hand_change(rng, source, self._size, pictures.margin)
        return (
            change.apply(pictures.images[i], rng),
            _moved(pictures.landmarks[i], change, source),
            float(pictures.present[i]),
        )

    def state(self) -> int:
        """The number of the next batch."""
        return self._number

    def restore(self, state: int) -> None:
        """Go to batch number `state`."""
        self._number = state


def _moved(landmarks: NDArray[np.float32], change: PictureChange, source: int) -> NDArray[np.float32]:
    out = landmarks.copy()
    out[:, :2] = (landmarks[:, :2] * source) @ change.matrix[:, :2].T / change.size
    out[:, :2] += change.matrix[:, 2] / change.size
    out[:, 2] *= np.sqrt(abs(np.linalg.det(change.matrix[:, :2]))) * source / change.size
    return out


class HandTask(Task):
    """Where the landmarks of a hand are, how it is held, and whether there is one."""

    def __init__(self, model: LRCN, early_layers: bool) -> None:
        """Args: model: is trained in place. early_layers: the gradient reaches the first layers too."""
        super().__init__()
        self.model = model
        self._early = early_layers

    def forward(self, images: Tensor, landmarks: Tensor, present: Tensor) -> Tensor:
        """The loss of a batch of `HandBatches`."""
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
    where = ((apart + _DEPTH_WEIGHT * deep) * known).sum() / count
    held = functional.smooth_l1_loss(
        values[:, HAND_LANDMARKS:-1], hand_shape(truth), beta=0.1, reduction="none"
    )
    where = where + _SHAPE_WEIGHT * (held * known.all(-1, keepdim=True)).sum() / count
    told = torch.isfinite(present)
    sight = functional.binary_cross_entropy_with_logits(
        values[:, -1], torch.nan_to_num(present), told.float()
    )
    return 10.0 * where + 10.0 * _PRESENCE_WEIGHT * sight


def hand_errors(model: LRCN, pictures: HandPictures, coarse: int = 0) -> NDArray[np.float32]:
    """(N, 21) distances to the given landmarks in shares of the fovea; NaN where there is none.

    Args:
        model: whose hand CNN is tried.
        pictures: with landmarks.
        coarse: side in pixels to which every picture is brought first, as if from far; 0 for not.
    """
    source, size = pictures.images.shape[1], model.config.hand_size
    scale = size * pictures.margin / source
    matrix = np.array(
        [[scale, 0.0, size / 2 * (1 - pictures.margin)], [0.0, scale, size / 2 * (1 - pictures.margin)]]
    )
    ones = np.ones(3, np.float32)
    plain = PictureChange(matrix, size, False, ones, 1.0, 0.0, 0.0, 0.0, coarse, 0, 0.0)
    rng = np.random.default_rng(0)
    images = np.stack([plain.apply(image, rng) for image in pictures.images])
    truth = np.stack([_moved(marks, plain, source) for marks in pictures.landmarks])
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [
            model.hand_features(torch.from_numpy(images[i : i + 64]), torch.ones(len(images[i : i + 64])))
            for i in range(0, len(images), 64)
        ]
    model.train(was_training)
    found = torch.cat(parts)[:, : 3 * HAND_LANDMARKS].numpy().reshape(-1, HAND_LANDMARKS, 3)
    return np.asarray(np.linalg.norm(found[..., :2] + 0.5 - truth[..., :2], axis=-1), np.float32)


def error_figures(model: LRCN, pictures: HandPictures) -> dict[str, float]:
    """Median distances of all landmarks and of the finger tips, near and as if from far."""
    figures = {}
    for name, coarse in (("near", 0), ("coarse_16", 16), ("coarse_8", 8)):
        apart = hand_errors(model, pictures, coarse)
        figures[f"{name}_median"] = round(float(np.nanmedian(apart)), 4)
        figures[f"{name}_tips"] = round(float(np.nanmedian(apart[:, 4::4])), 4)
    return figures
