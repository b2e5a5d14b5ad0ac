"""Has files read by a worker, notices when it dies or hangs, and starts another."""

import contextlib
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.kinds import KINDS

READ_TIMEOUT = 150.0
"""Seconds for an answer; the first of a kind loads libraries, on a busy machine for a minute."""


class Reading:
    """Reads files in a process that may die: `worker`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._errors = folder / "errors"
        self.worker: subprocess.Popen[str] | None = None

    def verdict(self, kind: str, content: bytes) -> str:
        """What the worker says to a file of this kind and content; `bug: ...` where it died or hung."""
        path = self._folder / f"input{KINDS[kind].suffix}"
        path.write_bytes(content)
        worker = self.worker or self._start()
        assert worker.stdin is not None
        assert worker.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            worker.stdin.write(f"{kind}\t{path}\n")
            worker.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            answered = selector.select(READ_TIMEOUT)
        line = worker.stdout.readline() if answered else ""
        if line:
            return line.rstrip("\n")
        self.close()
        what = f"the process died ({worker.returncode})" if answered else "the process hung"
        return f"bug: {what}: {self._errors.read_text(errors='replace')[-300:]}"

    def _start(self) -> subprocess.Popen[str]:
        with self._errors.open("w") as errors:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
                cwd=Path(__file__).parents[2],
            )
        return self.worker

    def close(self) -> None:
        """End the worker."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.communicate()
            self.worker = None


@contextlib.contextmanager
def reading() -> Iterator[Reading]:
    """A reader, and an end to it."""
    with tempfile.TemporaryDirectory() as folder:
        reader = Reading(Path(folder))
        try:
            yield reader
        finally:
            reader.close()
