"""A run is a folder: its config, versions, log, and for each stage a record and results.

config.toml  versions.json  log.txt
stages/keypoints.json        what the stage was made from (a fingerprint), when, and what it found
keypoints.csv  keypoints.png  keypoints.safetensors  ...
checkpoints/                 where a stage that was killed goes on
model/                       the model files
"""

import fcntl
import json
import logging
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from gesturelrcn.training.errors import TrainingError

_PACKAGES = (
    *("gesturelrcn", "torch", "lightning-fabric", "numpy", "opencv-contrib-python"),
    *("mediapipe", "onnx", "onnxruntime", "safetensors"),
)


@dataclass(frozen=True)
class RunFolder:
    """Where the results of one training lie."""

    path: Path

    @contextmanager
    def claimed(self, config: Path) -> Iterator[None]:
        """The folder is there, with config and versions, logs, and is nobody else's meanwhile.

        Raises:
            TrainingError: it cannot be written, or another run is at work in it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "lock").open("w") as claim:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.copyfile(config, self.path / "config.toml")
                self.write("versions.json", versions())
                with _logged(self.path / "log.txt"):
                    yield
        except BlockingIOError:
            raise TrainingError(
                f"{self.path}: another training is at work in this folder; wait for its end."
            ) from None
        except OSError as error:
            raise TrainingError(
                f"{error.filename or self.path}: {error.strerror or error}; choose a folder that"
                " can be written and has room."
            ) from error

    def write(self, name: str, values: Any) -> None:
        """Write JSON `values` into the file `name`, whole or not at all."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 - atomic on every platform

    def read(self, name: str) -> Any:
        """The JSON values in the file `name`, or None where there is none that can be read."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def is_done(self, stage: str, fingerprint: str) -> bool:
        """Whether `stage` has a result that was made from the same."""
        record = self.read(f"stages/{stage}.json")
        return record is not None and record.get("fingerprint") == fingerprint

    def record(self, stage: str, fingerprint: str, began: float, result: dict[str, Any]) -> None:
        """`stage`, which began at `began` on the monotonic clock, is done."""
        record = {
            "stage": stage,
            "fingerprint": fingerprint,
            "ended": time.strftime("%Y-%m-%d %H:%M:%S"),
            "seconds": round(time.monotonic() - began, 1),
            "result": result,
        }
        self.write(f"stages/{stage}.json", record)

    def result(self, stage: str) -> dict[str, Any]:
        """What `stage` found."""
        record = self.read(f"stages/{stage}.json") or {}
        return dict(record.get("result", {}))

    def forget(self, stage: str) -> None:
        """`stage` has to be done again, from its start."""
        (self.path / "stages" / f"{stage}.json").unlink(missing_ok=True)
        for folder in (self.path / "checkpoints").glob(f"{stage}*"):
            shutil.rmtree(folder, ignore_errors=True)


def versions() -> dict[str, str]:
    """Of the machine and of the packages that a result may depend on."""
    result = {
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": str(os.cpu_count()),
    }
    for package in _PACKAGES:
        try:
            result[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            result[package] = "not installed"
    return result


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """What the library says at level INFO goes into a file too."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.INFO)
    logger = logging.getLogger("gesturelrcn")
    before, others = logger.level, [other for other in logger.handlers if other.level == logging.NOTSET]
    for other in others:
        other.setLevel(logger.getEffectiveLevel())  # they shall hear no more than without the file
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        for other in others:
            other.setLevel(logging.NOTSET)
        handler.close()
