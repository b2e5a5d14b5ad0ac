"""The loop that all stages share: resumable to the bit, on one process and on two."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gesturelrcn.training.errors import LossError, TrainingError
from gesturelrcn.training.loop import checkpoint
from gesturelrcn.training.loop.log import append_row, keep_rows_up_to, read_rows
from gesturelrcn.training.loop.loop import Loop, Schedule, Task

STEPS = 24


class Line(Task):
    """A line through noisy points, with dropout and a carried number, so that all kinds of state matter."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.fit = torch.nn.Linear(2, 1)
        self.norm = torch.nn.BatchNorm1d(2)
        self.still = torch.nn.Linear(1, 1)
        self._last = torch.zeros(1)

    def forward(self, x, y):
        shaken = torch.nn.functional.dropout(self.norm(x), 0.2)
        off = self.fit(shaken).squeeze(-1) - y + 0.1 * self._last
        self._last = off.detach().mean()[None]
        return (off**2).mean() + 0 * self.still(off.mean()[None]).sum()

    def carried(self):
        return {"last": self._last}

    def carry(self, tensors):
        self._last = tensors["last"]


class Points:
    def __init__(self, seed, broken_at=None):
        self._rng = np.random.default_rng(seed)
        self._broken_at, self._number = broken_at, 0

    def next(self):
        x = torch.from_numpy(self._rng.normal(size=(16, 2)).astype(np.float32))
        self._number += 1
        if self._number == self._broken_at:
            x = x * torch.nan
        return x, x @ torch.tensor([2.0, -1.0])

    def state(self):
        return self._rng.bit_generator.state

    def restore(self, state):
        self._rng.bit_generator.state = state


class KilledError(Exception):
    pass


def train(folder, *, killed_at=None, minutes=0.0, schedule=None, identity="", broken_at=None, report=None):
    """Train, perhaps be killed after a step; returns the task."""

    def watch(name, done, of):
        if done == killed_at:
            raise KilledError

    task = Line()
    loop = Loop(checkpoints=folder / "checkpoints", minutes=minutes, identity=identity, progress=watch)
    weights = [*task.fit.parameters(), *task.norm.parameters()]
    schedule = schedule or Schedule(STEPS, 0.05, decay=0.01, clip=1.0)
    loop.run("line", task, weights, Points(5, broken_at), schedule, folder / "line.csv", report)
    return task


def without_seconds(log):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in read_rows(log)]


def test_a_killed_training_ends_with_the_very_weights_and_log_of_one_that_was_not(tmp_path):
    whole = train(tmp_path / "whole", report=lambda: {"figure": 1.0})
    with pytest.raises(KilledError):
        train(tmp_path / "killed", killed_at=9, report=lambda: {"figure": 1.0})
    with pytest.raises(KilledError):
        train(tmp_path / "killed", killed_at=17, report=lambda: {"figure": 1.0})
    resumed = train(tmp_path / "killed", report=lambda: {"figure": 1.0})
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name
    assert without_seconds(tmp_path / "whole/line.csv") == without_seconds(tmp_path / "killed/line.csv")
    assert [row["step"] for row in read_rows(tmp_path / "killed/line.csv")] == list(range(1, STEPS + 1))


def test_it_learns_and_leaves_alone_what_it_was_not_given(tmp_path):
    before = Line().still.weight.clone()
    task = train(tmp_path, schedule=Schedule(150, 0.05, decay=0.0, clip=1.0), minutes=10)
    rows = read_rows(tmp_path / "line.csv")
    assert rows[-1]["loss"] < 0.5 * rows[0]["loss"]
    assert torch.equal(task.still.weight, before)
    assert task.still.weight.requires_grad
    assert not task.training


def test_curves_are_drawn(tmp_path):
    cv2 = pytest.importorskip("cv2")
    train(tmp_path, report=lambda: {"recall": 0.5})
    picture = cv2.imread(str(tmp_path / "line.png"))
    assert picture.shape[1] > 600
    assert picture.std() > 5


def test_checkpoints_hold_no_pickle_and_only_the_newest_stays(tmp_path):
    train(tmp_path)
    (left,) = (tmp_path / "checkpoints/line").iterdir()
    assert left.name == f"step-{STEPS:07d}"
    assert {path.suffix for path in left.iterdir()} == {".safetensors", ".json"}
    held = checkpoint.read_weights(left)
    assert any(name.startswith("optimizer.0.exp_avg") for name in held)


@pytest.mark.parametrize(
    "change", [{"identity": "other data"}, {"schedule": Schedule(STEPS, 0.01, 0.01, 1.0)}]
)
def test_a_checkpoint_of_other_settings_is_not_gone_on_from(tmp_path, change, caplog):
    with pytest.raises(KilledError):
        train(tmp_path, killed_at=20)
    steps = []
    loop_steps = train(tmp_path, **change, report=lambda: steps.append(1) or {})
    fresh = train(tmp_path / "fresh", **change)
    assert torch.equal(loop_steps.fit.weight, fresh.fit.weight)
    assert "from the start" in caplog.text


def test_a_damaged_checkpoint_is_not_gone_on_from(tmp_path, caplog):
    with pytest.raises(KilledError):
        train(tmp_path, killed_at=20)
    (left,) = (tmp_path / "checkpoints/line").glob("step-*")
    (left / "weights.safetensors").write_bytes(b"nothing")
    task = train(tmp_path)
    assert torch.equal(task.fit.weight, train(tmp_path / "fresh").fit.weight)
    assert "damaged" in caplog.text


def test_a_loss_that_is_no_number_stops_with_the_weights_of_the_step_before(tmp_path):
    good = train(tmp_path / "good", killed_at=None, schedule=Schedule(STEPS, 0.05, 0.01, 1.0))
    with pytest.raises(LossError, match=r"loss is nan at step 6.*last-good") as caught:
        train(tmp_path, broken_at=7)
    assert isinstance(caught.value, TrainingError)
    kept = load_file(tmp_path / "line-last-good.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in kept.values())
    assert set(kept) == set(good.state_dict())
    with pytest.raises(KilledError):
        train(tmp_path / "other", killed_at=6)
    before = checkpoint.read_weights(checkpoint.newest(tmp_path / "other/checkpoints/line"))
    assert torch.equal(before["task.fit.weight"], kept["fit.weight"])


def test_new_columns_and_dropped_rows_of_a_log(tmp_path):
    log = tmp_path / "log.csv"
    append_row(log, {"step": 1, "loss": 0.5})
    append_row(log, {"step": 2, "loss": 0.4, "recall": 0.3})
    append_row(log, {"step": 3, "loss": 0.2})
    assert read_rows(log) == [
        {"step": 1, "loss": 0.5},
        {"step": 2, "loss": 0.4, "recall": 0.3},
        {"step": 3, "loss": 0.2},
    ]
    keep_rows_up_to(log, 2)
    assert [row["step"] for row in read_rows(log)] == [1, 2]


PROGRAM = """
import sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from gesturelrcn.training.loop.loop import Loop, Schedule, make_fabric
from tests.training.loop.test_loop import KilledError, Line, Points

torch.set_num_threads(1)
fabric = make_fabric("cpu")
assert fabric.world_size == 2


def train(folder, killed_at=None):
    def watch(name, done, of):
        if done == killed_at:
            raise KilledError

    task = Line()
    loop = Loop(fabric, folder / "checkpoints", minutes=0.0, progress=watch)
    weights = [*task.fit.parameters(), *task.norm.parameters()]
    schedule = Schedule(12, 0.05, 0.01, 1.0)
    loop.run("line", task, weights, Points(fabric.global_rank), schedule, folder / "line.csv")
    save_file(task.state_dict(), folder / f"process-{fabric.global_rank}.safetensors")


whole, killed = Path(sys.argv[1]) / "whole", Path(sys.argv[1]) / "killed"
train(whole)
try:
    train(killed, killed_at=7)
except KilledError:
    train(killed)
"""


def test_two_processes_train_one_network_and_go_on_where_they_were(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launch, str(program), str(tmp_path)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    ends = [
        load_file(tmp_path / f"{run}/process-{n}.safetensors")
        for run in ("whole", "killed")
        for n in range(2)
    ]
    for name, tensor in ends[0].items():
        assert all(
            torch.equal(tensor, end[name]) for end in ends if "running" not in name or end is ends[2]
        ), name
    assert [row["step"] for row in read_rows(tmp_path / "killed/line.csv")] == list(range(1, 13))
