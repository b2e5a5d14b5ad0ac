"""Where a training stands, on disk: tensors as safetensors, everything else as JSON. No pickle.

A checkpoint is a folder `step-0000120` with `weights.safetensors` (network and optimizer) and, for every
process, `process-0.safetensors` (random states, what is carried from batch to batch) and `process-0.json`
(where in the sequence of batches it is). The folder gets its name when it is whole.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

_WEIGHTS = "weights.safetensors"


@dataclass(frozen=True)
class Standing:
    """What one process knows at the end of a step.

    Attributes:
        tensors: its own: random states, carried state.
        values: JSON values of its own.
    """

    tensors: dict[str, Tensor]
    values: dict[str, Any]


def unfinished(folder: Path, step: int) -> Path:
    """Where the files of a checkpoint are gathered until all are there."""
    return folder / f"step-{step:07d}.part"


def write_part(part: Path, process: int, standing: Standing, weights: dict[str, Tensor] | None) -> None:
    """Write the files of one process into `part`; `weights` come from one process only."""
    part.mkdir(parents=True, exist_ok=True)
    if weights is not None:
        save_file(_plain(weights), part / _WEIGHTS)
    save_file(_plain(standing.tensors), part / f"process-{process}.safetensors")
    (part / f"process-{process}.json").write_text(json.dumps(standing.values))


def finish(part: Path) -> None:
    """All parts are written: the checkpoint gets its name, older ones go."""
    done = part.with_suffix("")
    if done.exists():
        shutil.rmtree(done)
    part.rename(done)
    for other in part.parent.glob("step-*"):
        if other != done:
            shutil.rmtree(other)


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint below `folder`."""
    return max((path for path in folder.glob("step-*") if not path.suffix), default=None)


def read_weights(checkpoint: Path) -> dict[str, Tensor] | None:
    """The tensors of the network and the optimizer, or None where they cannot be read."""
    return _read(checkpoint / _WEIGHTS)


def read_standing(checkpoint: Path, process: int) -> Standing | None:
    """What process number `process` wrote, or None where it wrote nothing that can be read."""
    tensors = _read(checkpoint / f"process-{process}.safetensors")
    try:
        values = json.loads((checkpoint / f"process-{process}.json").read_text())
    except (OSError, ValueError):
        return None
    return None if tensors is None else Standing(tensors, values)


def flat_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The tensors of an optimizer by flat names: `optimizer.3.exp_avg`. Rates are set anew at every step."""
    state = optimizer.state_dict()["state"]
    return {
        f"optimizer.{number}.{name}": torch.as_tensor(value)
        for number, values in state.items()
        for name, value in values.items()
    }


def fill_optimizer(optimizer: torch.optim.Optimizer, flat: dict[str, Tensor]) -> None:
    """Put back what `flat_optimizer` took out."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in flat.items():
        kind, _, rest = key.partition(".")
        if kind == "optimizer":
            number, _, name = rest.partition(".")
            state.setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    # Tensors that share memory cannot be written by safetensors as they are.
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def _read(path: Path) -> dict[str, Tensor] | None:
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError):
        return None
