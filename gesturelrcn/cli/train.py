"""`gesturelrcn train`."""

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesturelrcn.cli.bars import progress_bars
from gesturelrcn.cli.console import say
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.processors import cores
from gesturelrcn.system.whole_files import make_folder

if TYPE_CHECKING:
    from gesturelrcn.training.loop.loop import TrainingProgress
    from gesturelrcn.training.run.run import Training

_EXTRA = ("torch", "safetensors", "onnx", "matplotlib", "lightning_fabric")
DATA_VARIABLE = "GESTURELRCN_DATA"


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="What to train on, and how.")],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the data sets; default that of the config.", envvar=DATA_VARIABLE
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the results; default runs/NAME. A killed run goes on."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="DATA_SET", help="Train without this data set; can be given several times."),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="RUN",
            help="Run of the config, as one --without some data, whose figures stand beside in the card.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Copy the model files there too.")] = None,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="For what runs share; default the folder cache beside the run."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes for what needs no gradient; default one for each core.")
    ] = cores(),
    threads: Annotated[int, typer.Option(min=1, help="Threads of the network on the CPU.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    minutes: Annotated[float, typer.Option(min=0.0, help="Between two checkpoints.")] = 5.0,
    again: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Do this stage, and what needs it, once more.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="STAGE", help="Stop after this stage.")] = None,
) -> None:
    """Train a model on your own clips, in stages that go on where they were.

    On several devices or machines: **torchrun --nproc-per-node 2 -m -- gesturelrcn train CONFIG.toml**, the
    run folder on a disk that all of them see. Needs the extra **train**.
    """
    _look_for_extra()
    _few_threads(threads)
    from gesturelrcn.training.config.file import read_config
    from gesturelrcn.training.loop.loop import make_fabric
    from gesturelrcn.training.run.folder import RunFolder
    from gesturelrcn.training.run.pipeline import run_stages
    from gesturelrcn.training.run.run import Training
    from gesturelrcn.training.stages import stages_of

    read = read_config(config)
    if out is not None:  # said before anything is learnt
        make_folder(out)
    left_out = tuple(without or ())
    folder = run or Path("runs") / "-without-".join((read.name, *left_out))
    with _bars() as progress:
        training = Training(
            config=read,
            data=data or config.parent,
            run=RunFolder(folder),
            cache=cache or folder.parent / "cache",
            fabric=make_fabric(device),
            without=left_out,
            beside=tuple(beside or ()),
            out=out,
            workers=workers,
            minutes=minutes,
            progress=progress,
        )
        if training.fabric.is_global_zero:
            with training.run.claimed(config):
                run_stages(training, stages_of(read), again, until)
        else:
            run_stages(training, stages_of(read), again, until)
    if training.fabric.is_global_zero:
        _tell(training)


def _look_for_extra() -> None:
    missing = [module for module in _EXTRA if importlib.util.find_spec(module) is None]
    if missing:
        names = ", ".join(name.replace("_", "-") for name in missing)
        raise GestureLrcnError(
            f"Training needs {names}: install the extra with `pip install 'gesturelrcn[train]'`."
        )


def _few_threads(threads: int) -> None:
    """Threads that wait for each other by spinning are slower than one, where something else runs too."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    import torch

    from gesturelrcn.system.opencv import cv2

    torch.set_num_threads(threads)
    cv2.setNumThreads(1)


@contextmanager
def _bars() -> "Iterator[TrainingProgress]":
    """One bar for whatever is being done, where somebody looks."""
    tasks = {}
    with progress_bars() as bars:

        def progress(what: str, done: float, of: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=int(done), total=int(of))

        yield progress


def _tell(training: "Training") -> None:
    figures = training.run.result("evaluation")
    for name, of_set in figures.items():
        say(f"{name}: " + ", ".join(f"{key} {value}" for key, value in of_set.items()))
    skipped = training.run.result("teacher").get("skipped_count", 0)
    if skipped:
        say(f"{skipped} clips were skipped; {training.run.path / 'log.txt'} names them.")
    model = training.run.path / "model" / f"{training.config.name}.json"
    locator = training.run.path / "locator" / f"{training.config.name}.json"
    if locator.exists():
        say(f"Network that finds people: {locator}.")
    if model.exists():
        say(f"Model: {model}. Try it: gesturelrcn run 0 --model {model}")
