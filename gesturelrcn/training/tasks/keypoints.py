"""Teach the CNN where joints are: MediaPipe's answers on real pictures, exact joints of synthetic ones."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import KeypointSettings
from gesturelrcn.training.data.backgrounds import Rooms, other_room
from gesturelrcn.training.data.keypoint_images import Pictures
from gesturelrcn.training.loop.loop import Loop, Schedule, Task, make_fabric
from gesturelrcn.training.tasks.image_augmentation import plain_change, random_change

_BETA = 0.02  # below this error (share of the picture) the loss is quadratic
_VISIBILITY_WEIGHT = 0.1
_FINGERTIPS = [i for i, name in enumerate(KEYPOINTS) if name.endswith("_tip")]


def train_keypoints(
    model: LRCN,
    sets: list[Pictures],
    settings: KeypointSettings,
    validation: Pictures | None,
    log: Path,
    loop: Loop | None = None,
    rooms: Rooms | None = None,
) -> None:
    """Train backbone and keypoint head of `model` in place; figures go to the CSV file `log`.

    Raises:
        LossError: the loss is no longer a number.
    """
    loop = loop or Loop()
    loop.fabric = loop.fabric or make_fabric("cpu")
    weights = [*model.backbone.stages[3:].parameters(), *model.keypoint_head.parameters()]
    if settings.early_layers:
        weights += [*model.backbone.stem.parameters(), *model.backbone.stages[:3].parameters()]
    batches = PictureBatches(
        sets,
        max(1, settings.batch // loop.fabric.world_size),
        model.config.size,
        (settings.seed, loop.fabric.global_rank),
        settings.threads,
        rooms,
    )
    schedule = Schedule(settings.steps, settings.rate, decay=1e-2, clip=5.0, seed=settings.seed)

    def report() -> dict[str, float]:
        return {} if validation is None else error_figures(model, validation)

    loop.run("keypoints", KeypointTask(model, settings.early_layers), weights, batches, schedule, log, report)


class PictureBatches:
    """Random pictures of several sets, each as a random camera would show it.

    Every picture has its own random numbers, from the seed, the number of the batch and its place in it:
    so any batch can be made without the ones before it, and several threads make the same as one.
    """

    def __init__(
        self,
        sets: list[Pictures],
        batch: int,
        size: int,
        seed: tuple[int, ...],
        threads: int = 1,
        rooms: Rooms | None = None,
    ) -> None:
        """What to draw from.

        Args:
            sets: pictures with joints.
            batch: pictures.
            size: of them, pixels.
            seed: of every random choice.
            threads: that make a batch.
            rooms: to put behind people, or None.
        """
        self._sets, self._batch, self._size, self._seed = sets, batch, size, seed
        self._shares = np.array([s.share for s in sets]) / sum(s.share for s in sets)
        self._map = ThreadPoolExecutor(threads).map if threads > 1 else map
        self._rooms = rooms
        self._number = 0

    def next(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Images (B, S, S, 3) uint8 BGR, joints (B, J, 3), and which pictures have exact joints (B,)."""
        made = list(self._map(self._picture, range(self._batch)))
        self._number += 1
        images, joints, exact = zip(*made, strict=True)
        return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(joints)), torch.tensor(exact)

    def _picture(self, place: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], bool]:
        rng = np.random.default_rng((*self._seed, self._number, place))
        pictures = self._sets[rng.choice(len(self._sets), p=self._shares)]
        i = rng.integers(len(pictures.images))
        source = pictures.images.shape[1]
        image = pictures.images[i]
        rooms, silhouettes = self._rooms, pictures.silhouettes
        if rooms is not None and silhouettes is not None and rng.random() < rooms.share:
            room = rooms.pictures[rng.integers(len(rooms.pictures))]
            image = other_room(image, silhouettes[i], room, rng)
        change = random_change(rng, source, self._size, pictures.margin, strength=1.6)
        return (
            change.apply(image, rng),
            change.move(pictures.keypoints[i], source),
            pictures.exact,
        )

    def state(self) -> int:
        """The number of the next batch."""
        return self._number

    def restore(self, state: int) -> None:
        """Go to batch number `state`."""
        self._number = state


class KeypointTask(Task):
    """Where joints are, and whether they can be seen."""

    def __init__(self, model: LRCN, early_layers: bool) -> None:
        """Args: model: is trained in place. early_layers: the gradient reaches the first layers too."""
        super().__init__()
        self.model = model
        self._early = early_layers

    def forward(self, images: torch.Tensor, joints: torch.Tensor, exact: torch.Tensor) -> torch.Tensor:
        """The loss of a batch of `PictureBatches`."""
        model = self.model
        with torch.set_grad_enabled(self._early):
            fine = model.backbone.early(model.normalise(images))
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
        device = next(model.parameters()).device
        parts = [
            model.body_features(torch.from_numpy(images[i : i + 64]).to(device))
            for i in range(0, len(images), 64)
        ]
    model.train(was_training)
    found = torch.cat(parts).cpu().numpy()
    apart = np.linalg.norm(found[..., :2] - joints[..., :2], axis=-1).astype(np.float32)
    apart[joints[..., 2] == 0] = np.nan
    return np.asarray(apart, np.float32)


def error_figures(model: LRCN, pictures: Pictures) -> dict[str, float]:
    """Of each kind of joint the median distance, and the share within 10 % of the picture."""
    apart = keypoint_errors(model, pictures)
    figures: dict[str, float] = {}
    for joint in ("wrist", "index_tip", "thumb_tip", "elbow", "shoulder"):
        columns = [i for i, name in enumerate(KEYPOINTS) if name.endswith(joint)]
        known = apart[:, columns][~np.isnan(apart[:, columns])]
        if known.size:
            figures[f"{joint}_median"] = round(float(np.median(known)), 4)
            figures[f"{joint}_within_10_percent"] = round(float(np.mean(known < 0.1)), 4)
    return figures
