"""The loop that every training stage uses: on one device, on several, on several machines (`torchrun`).

A stage brings a `Task` (what the loss is), its batches and a `Schedule`; the loop brings devices, mixed
precision on a GPU, gradient clipping, the learning rate, the log with its curves, and checkpoints, from
which a killed run goes on with the very batches and random numbers that it would have had.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gesturelrcn.training.errors import LossError
from gesturelrcn.training.loop import checkpoint
from gesturelrcn.training.loop.log import append_row, keep_rows_up_to
from gesturelrcn.training.loop.plot import draw_curves

if TYPE_CHECKING:
    from lightning_fabric import Fabric

logger = logging.getLogger(__name__)

TrainingProgress = Callable[[str, float, float], None]
"""Is told what is being done, how much of it is done, and how much there is to do."""

LOG_ROWS = 50
"""Rows of the log between first and last step."""

REPORTS = 5
"""How often figures on validation data are taken on the way."""


class Task(nn.Module):
    """What is trained: `forward` takes the tensors of a batch and gives the loss, one number."""

    def carried(self) -> dict[str, Tensor]:
        """What goes from this batch to the next beside the weights; part of a checkpoint."""
        return {}

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Put back what `carried` gave."""


class Batches(Protocol):
    """An endless sequence of batches that can be entered anywhere again."""

    def next(self) -> tuple[Tensor, ...]:
        """The tensors of the next batch."""
        ...

    def state(self) -> Any:
        """Where in the sequence this is, as JSON values."""
        ...

    def restore(self, state: Any) -> None:
        """Go to where `state` was taken."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        steps: optimiser steps.
        rate: highest learning rate; it rises to it over the first `warm_up` of the way and falls along
            a cosine to a twenty-fifth.
        decay: weight decay of AdamW.
        clip: longest gradient.
        warm_up: share of the steps.
        seed: of every random choice.
    """

    steps: int
    rate: float
    decay: float
    clip: float
    warm_up: float = 0.03
    seed: int = 0

    def rate_at(self, step: int) -> float:
        """The learning rate of step number `step`, the first is 0."""
        warm = min(1.0, (step + 1) / max(1.0, self.warm_up * self.steps))
        return float(self.rate * warm * (0.02 + 0.49 * (1 + np.cos(np.pi * step / self.steps))))


def make_fabric(device: str = "auto") -> "Fabric":
    """Fabric for one process, or for as many as `torchrun` started.

    Args:
        device: `auto`, `cpu`, or what else Fabric calls its accelerators (`cuda`, `mps`).
    """
    from lightning_fabric import Fabric

    processes = int(os.environ.get("WORLD_SIZE", "1")) if torch.distributed.is_torchelastic_launched() else 1
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if processes > 1 else 1
    gpu = device in ("auto", "cuda", "gpu") and torch.cuda.is_available()
    fabric = Fabric(
        accelerator=device,
        devices=here,
        num_nodes=processes // here,
        strategy="ddp" if processes > 1 else "auto",
        precision=("bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed") if gpu else "32-true",
    )
    fabric.launch()
    return fabric


@dataclass
class Loop:
    """Trains tasks, one after another.

    Attributes:
        fabric: devices and processes; default one process on the CPU.
        checkpoints: folder for the checkpoints, or None for no checkpoints.
        minutes: between two checkpoints.
        identity: text that differs where an old checkpoint must not be gone on from.
        progress: is told the step.
    """

    fabric: "Fabric" = field(default_factory=lambda: make_fabric("cpu"))
    checkpoints: Path | None = None
    minutes: float = 5.0
    identity: str = ""
    progress: TrainingProgress = field(default=lambda what, done, of: None)

    def run(
        self,
        name: str,
        task: Task,
        weights: Sequence[nn.Parameter],
        batches: Batches,
        schedule: Schedule,
        log: Path,
        report: Callable[[], dict[str, float]] | None = None,
    ) -> None:
        """Train `weights`, which belong to `task`, in place; afterwards `task` is on the CPU, in eval mode.

        Args:
            name: of the checkpoints, for messages and for the progress.
            task: gives the loss.
            weights: what is trained; everything else in `task` stays as it is.
            batches: those of this process.
            schedule: how long and how fast.
            log: CSV file; a PNG file with the curves comes beside it.
            report: figures on validation data, taken in the first process.

        Raises:
            LossError: the loss is no longer a number; the weights are the last with which it was one, and are
                written beside the log as `...-last-good.safetensors`.
        """
        torch.manual_seed(schedule.seed + self.fabric.global_rank)
        frozen = [p for p in task.parameters() if not any(p is weight for weight in weights)]
        required = [p.requires_grad for p in frozen]
        for parameter in frozen:
            parameter.requires_grad_(False)
        try:
            _Run(self, self.fabric, name, task, list(weights), batches, schedule, log, report).go()
        finally:
            for parameter, before in zip(frozen, required, strict=True):
                parameter.requires_grad_(before)
            task.cpu().eval()


class _Run:
    """One training."""

    def __init__(
        self,
        loop: Loop,
        fabric: "Fabric",
        name: str,
        task: Task,
        weights: list[nn.Parameter],
        batches: Batches,
        schedule: Schedule,
        log: Path,
        report: Callable[[], dict[str, float]] | None,
    ) -> None:
        self.loop, self.fabric, self.name, self.task = loop, fabric, name, task
        self.weights, self.batches, self.schedule = weights, batches, schedule
        self.log, self.report = log, report
        task.to(fabric.device)
        optimizer = torch.optim.AdamW(weights, schedule.rate, weight_decay=schedule.decay)
        self.module, self.optimizer = fabric.setup(task, optimizer)
        self.folder = None if loop.checkpoints is None else loop.checkpoints / name
        self.step, self.seconds = 0, 0.0
        self.losses: list[float] = []
        self.good_weights = [weight.detach().clone() for weight in weights]
        self.buffers = list(task.buffers())
        self.good_buffers = [buffer.clone() for buffer in self.buffers]

    def go(self) -> None:
        self._resume()
        began = saved = time.monotonic() - self.seconds
        saved += self.seconds
        self.task.train()
        while self.step < self.schedule.steps:
            due = time.monotonic() - saved >= 60 * self.loop.minutes
            save = self._one_step(due)
            self.step += 1
            self.seconds = time.monotonic() - began
            self._tell()
            if save and self.folder is not None:
                self._save(self.folder)
                saved = time.monotonic()
        if self.folder is not None:
            self._save(self.folder)

    def _one_step(self, due: bool) -> bool:
        """One optimiser step; returns whether the processes agree that a checkpoint is due."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate_at(self.step)
        # The averages of a batch norm take in a batch before its loss is known.
        _copy(self.buffers, self.good_buffers)
        loss = self.module(*(tensor.to(self.fabric.device) for tensor in self.batches.next()))
        # One exchange for both, so that all processes stop, or save, at the same step.
        shared = torch.stack([loss.detach().float(), torch.full_like(loss.detach(), float(due)).float()])
        if self.fabric.world_size > 1:
            shared = cast(Tensor, self.fabric.all_reduce(shared, reduce_op="mean"))
        mean, votes = map(float, shared)
        if not np.isfinite(mean):
            self._give_up("loss", mean)
        _copy(self.weights, self.good_weights)
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        length = self.fabric.clip_gradients(
            self.module, self.optimizer, max_norm=self.schedule.clip, error_if_nonfinite=False
        )
        # With 16 bits an infinite gradient is normal now and then: its scaler skips that step.
        if (
            length is not None
            and not torch.isfinite(length)
            and self.fabric.strategy.precision.precision != "16-mixed"
        ):
            self._give_up("gradient", float(length))
        self.optimizer.step()
        self.losses.append(mean)
        return votes > 0

    def _give_up(self, what: str, value: float) -> NoReturn:
        _copy(self.good_weights, self.weights)
        _copy(self.good_buffers, self.buffers)
        good = self.log.with_name(f"{self.log.stem}-last-good.safetensors")
        if self.fabric.is_global_zero:
            weights = {name: tensor.detach().cpu().clone() for name, tensor in self.task.state_dict().items()}
            save_file(weights, good)
        raise LossError(
            f"{self.name} training: the {what} is {value} at step {self.step}, so it stopped; the last good"
            f" weights are in {good}: lower the rate in the config, or look for broken data."
        )

    def _tell(self) -> None:
        self.loop.progress(self.name, self.step, self.schedule.steps)
        last = self.step == self.schedule.steps
        figures: dict[str, float] = {}
        if not self.fabric.is_global_zero:
            if self.step % max(1, self.schedule.steps // LOG_ROWS) == 0 or last:
                self.losses.clear()
            return
        if self.report is not None and (self.step % max(1, self.schedule.steps // REPORTS) == 0 or last):
            self.task.eval()
            figures = self.report()
            self.task.train()
        if figures or last or self.step % max(1, self.schedule.steps // LOG_ROWS) == 0:
            row = {
                "step": self.step,
                "seconds": round(self.seconds, 1),
                "loss": round(float(np.mean(self.losses)), 5),
                "rate": self.schedule.rate_at(self.step - 1),
            }
            self.losses.clear()
            append_row(self.log, row | figures)
            if figures or last:
                logger.info("%s %s", self.name, row | figures)
                draw_curves(self.log, self.log.with_suffix(".png"))

    def _identity(self) -> dict[str, Any]:
        shapes = [list(weight.shape) for weight in self.weights]
        return {"identity": self.loop.identity, "schedule": asdict(self.schedule), "shapes": shapes}

    def _save(self, folder: Path) -> None:
        if not all(torch.isfinite(weight).all() for weight in self.weights):
            return  # the next loss will say so
        part = checkpoint.unfinished(folder, self.step)
        tensors = {f"carried.{name}": tensor for name, tensor in self.task.carried().items()}
        tensors["random.cpu"] = torch.get_rng_state()
        if self.fabric.device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self.fabric.device)
        values = {
            **self._identity(),
            "step": self.step,
            "seconds": self.seconds,
            "losses": self.losses,
            "batches": self.batches.state(),
            "precision": self.fabric.strategy.precision.state_dict(),
        }
        weights = None
        if self.fabric.is_global_zero:
            weights = {f"task.{name}": tensor for name, tensor in self.task.state_dict().items()}
            weights |= checkpoint.flat_optimizer(self.optimizer)
        checkpoint.write_part(part, self.fabric.global_rank, checkpoint.Standing(tensors, values), weights)
        self.fabric.barrier()
        if self.fabric.is_global_zero:
            checkpoint.finish(part)

    def _resume(self) -> None:
        # The first process names a checkpoint: another one that asks sooner would still see the one before.
        newest = None if self.folder is None else self.fabric.broadcast(checkpoint.newest(self.folder))
        if newest is None:
            self._begin_log(0)
            return
        weights, first = checkpoint.read_weights(newest), checkpoint.read_standing(newest, 0)
        mine = checkpoint.read_standing(newest, self.fabric.global_rank)
        self.fabric.barrier()  # nobody deletes what another still reads
        if weights is None or first is None or any(first.values[k] != v for k, v in self._identity().items()):
            logger.warning(
                "%s: the checkpoint in %s is of other settings or damaged; from the start", self.name, newest
            )
            if self.fabric.is_global_zero:
                shutil.rmtree(newest)
            self._begin_log(0)
            return
        self.task.load_state_dict(
            {key.removeprefix("task."): value for key, value in weights.items() if key.startswith("task.")}
        )
        checkpoint.fill_optimizer(self.optimizer, weights)
        self.step, self.seconds = first.values["step"], first.values["seconds"]
        self.losses = list(first.values["losses"])
        self.fabric.strategy.precision.load_state_dict(first.values["precision"])
        if mine is not None:
            self._take_place(mine)
        self._begin_log(self.step)
        logger.info("%s: goes on from step %d", self.name, self.step)

    def _take_place(self, mine: checkpoint.Standing) -> None:
        """Batches and random numbers go on where they were; a process that is new begins with its own."""
        self.batches.restore(mine.values["batches"])
        carried = {
            key.removeprefix("carried."): tensor
            for key, tensor in mine.tensors.items()
            if key.startswith("carried.")
        }
        self.task.carry(carried)
        torch.set_rng_state(mine.tensors["random.cpu"])
        if "random.cuda" in mine.tensors and self.fabric.device.type == "cuda":
            torch.cuda.set_rng_state(mine.tensors["random.cuda"], self.fabric.device)

    def _begin_log(self, step: int) -> None:
        if self.fabric.is_global_zero:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if step:
                keep_rows_up_to(self.log, step)
            else:
                self.log.unlink(missing_ok=True)


def _copy(source: Iterable[Tensor], target: Iterable[Tensor]) -> None:
    with torch.no_grad():
        for new, old in zip(source, target, strict=True):
            old.copy_(new)
