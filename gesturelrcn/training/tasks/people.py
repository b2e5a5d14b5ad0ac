"""Teach the network where people are: what it should answer for a scene, the loss, and how well it does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gesturelrcn.region.people_network import CELL, HEIGHT, WIDTH, letter_boxed, people_of
from gesturelrcn.training.config.config import PeopleSettings
from gesturelrcn.training.data.people_frames import HAND, KNOWN, PeopleFrames, middles, units
from gesturelrcn.training.loop.loop import Loop, Schedule, Task
from gesturelrcn.training.tasks.image_batches import ImageBatches
from gesturelrcn.training.tasks.people_network import PeopleNetwork
from gesturelrcn.training.tasks.people_scenes import SMALLEST, Scenes

ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL

_BLUR = 0.16  # standard deviation of a person's place, in shoulder widths
_SHARPEST, _SOFTEST = 0.55, 2.2  # the same, in cells
_AROUND = 0.35  # of the presence that shall be told; cells above it tell place and size too
_OFFSET_WEIGHT, _SIZE_WEIGHT, _HAND_WEIGHT = 1.0, 1.0, 0.2


def targets(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the network should answer.

    Args:
        people: rows of people in pixels of its picture, NaN for nobody; see `Scene`.

    Returns:
        (9, ROWS, COLUMNS) float32: presence 0 to 1 (exactly 1 in the cell of each person), how much that
        counts, x and y in cells from the cell's middle, logarithm of the shoulder width in pixels, how much
        those three count, the scale of x and y's error in cells, raised hand, and how much that counts.
    """
    out = np.zeros((9, ROWS, COLUMNS), np.float32)
    out[1], out[6] = 1.0, 1.0
    people = people[np.isfinite(people[:, 0])]
    down, across = np.mgrid[:ROWS, :COLUMNS] + 0.5
    # Nearest last: where two are, the nearer one is told.
    for row, middle, unit in sorted(
        zip(people, middles(people) / CELL, units(people), strict=True), key=lambda one: float(one[2])
    ):
        apart = np.hypot(across - middle[0], down - middle[1])
        if row[KNOWN] != 1 or unit < SMALLEST:
            hidden = (apart < max(1.5, 0.7 * unit / CELL)) & (out[0] < 1)
            out[1][hidden], out[5][hidden], out[8][hidden] = 0, 0, 0
            continue
        x, y = int(np.clip(middle[0], 0, COLUMNS - 1)), int(np.clip(middle[1], 0, ROWS - 1))
        blur = float(np.clip(_BLUR * unit / CELL, _SHARPEST, _SOFTEST))
        # The cell of a person is exactly right, wherever in the cell, or beyond the edge, the middle lies.
        soft = np.exp(-((across - x - 0.5) ** 2 + (down - y - 0.5) ** 2) / (2 * blur**2)).astype(np.float32)
        mine = (soft > _AROUND) & (soft >= out[0] * 0.999)
        out[0] = np.maximum(out[0], soft)
        out[1][y, x] = 1.0
        out[2][mine], out[3][mine] = (middle[0] - across)[mine], (middle[1] - down)[mine]
        out[4][mine], out[5][mine] = np.log(unit), soft[mine]
        out[6][mine] = max(0.4, 0.25 * unit / CELL)
        out[7][mine] = float(np.isfinite(row[HAND]).all())
        out[8][mine] = 0.0 if np.isinf(row[HAND]).any() else soft[mine]
    return out


def people_batches(
    sets: Sequence[PeopleFrames], batch: int, seed: tuple[int, ...]
) -> ImageBatches[PeopleFrames]:
    """Random scenes: pictures (B, HEIGHT, WIDTH, 3) uint8 BGR, and `targets` of them.

    Args:
        sets: frames with people.
        batch: pictures.
        seed: of every random choice.
    """
    scenes = Scenes(sets)

    def sample(frames: PeopleFrames, number: int, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        scene = scenes.scene(frames, number, rng)
        return scene.image, targets(scene.people)

    return ImageBatches(list(sets), batch, seed, sample)


class PeopleTask(Task):
    """Who is where."""

    def __init__(self, network: PeopleNetwork) -> None:
        """Args: network: is trained in place."""
        super().__init__()
        self.network = network

    def forward(self, frames: Tensor, wanted: Tensor) -> Tensor:
        """The loss of a batch of `people_batches`."""
        return people_loss(self.network(frames), wanted)


def people_loss(told: Tensor, wanted: Tensor) -> Tensor:
    """CenterNet's focal loss of the presence, and absolute errors of what is told where people are."""
    presence, counts, x, y, size, here, scale, hand, hand_counts = wanted.unbind(1)
    logit = told[:, 0]
    exact = (presence >= 1).to(logit.dtype)
    likely = logit.sigmoid()
    right = exact * (1 - likely) ** 2 * functional.logsigmoid(logit)
    wrong = (1 - exact) * (1 - presence) ** 4 * likely**2 * functional.logsigmoid(-logit)
    people = exact.sum().clamp(min=1)
    loss = -((right + wrong) * counts).sum() / people
    weight = here.sum().clamp(min=1)
    offset = ((told[:, 1] - x).abs() + (told[:, 2] - y).abs()) / scale
    loss = loss + _OFFSET_WEIGHT * (offset * here).sum() / weight
    loss = loss + _SIZE_WEIGHT * ((told[:, 3] - size).abs() * here).sum() / weight
    raised = functional.binary_cross_entropy_with_logits(told[:, 4], hand, reduction="none")
    return loss + _HAND_WEIGHT * (raised * hand_counts).sum() / hand_counts.sum().clamp(min=1)


def train_people(
    network: PeopleNetwork,
    sets: Sequence[PeopleFrames],
    settings: PeopleSettings,
    validation: PeopleFrames | None,
    log: Path,
    loop: Loop | None = None,
) -> None:
    """Train `network` in place; figures go to the CSV file `log`.

    Raises:
        LossError: the loss is no longer a number.
    """
    loop = loop or Loop()
    batches = people_batches(
        sets, max(1, settings.batch // loop.fabric.world_size), (settings.seed, loop.fabric.global_rank)
    )
    schedule = Schedule(settings.steps, settings.rate, decay=1e-2, clip=10.0, seed=settings.seed)
    for weight in network.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)

    def report() -> dict[str, float]:
        return {} if validation is None else error_figures(network, validation)

    loop.run("people", PeopleTask(network), list(network.parameters()), batches, schedule, log, report)


@torch.inference_mode()
def error_figures(network: PeopleNetwork, frames: PeopleFrames) -> dict[str, float]:
    """Share of the known people found, medians of the errors of place and size in shares of the region.

    A place is right within a quarter of the region; `false` is how many more are found in a frame.
    """
    places, sizes, known, more, hands = list[float](), list[float](), 0, 0, list[bool]()
    device = next(network.parameters()).device
    for image, people in zip(frames.images, frames.people, strict=True):
        picture, scale = letter_boxed(image)
        raw = network(torch.from_numpy(picture)[None].to(device))[0].float().cpu().numpy()
        raw[[0, 4]] = 1 / (1 + np.exp(-raw[[0, 4]]))
        found = people_of(raw, scale)
        for row, middle, unit in zip(people, middles(people), units(people), strict=True):
            near = [one for one in found if np.hypot(one.x - middle[0], one.y - middle[1]) < unit]
            found = [one for one in found if one not in near]
            if row[KNOWN] != 1:
                continue
            known += 1
            if near:
                places.append(float(np.hypot(near[0].x - middle[0], near[0].y - middle[1]) / unit / 4.2))
                sizes.append(float(abs(np.log(near[0].unit / unit))))
                hands.append((near[0].raised > 0.5) == bool(np.isfinite(row[HAND]).all()))
        more += len(found)
    if not known:
        return {"false": round(more / max(1, len(frames.images)), 4)}
    return {
        "found": round(len(places) / known, 4),
        "place_median": round(float(np.median(places)), 4) if places else 1.0,
        "size_median": round(float(np.median(sizes)), 4) if sizes else 1.0,
        "hand_right": round(float(np.mean(hands)), 4) if hands else 0.0,
        "false": round(more / max(1, len(frames.images)), 4),
    }
