"""Measure in a process of its own, with its threads fixed before any library loads."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gesturelrcn.errors import GestureLrcnError

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
TIME_LIMIT = 3600.0
"""Seconds for one measurement."""


def environment(threads: int = 1, **more: str) -> dict[str, str]:
    """That of this process, with libraries kept to so many threads that wait without spinning."""
    fixed = {name: str(threads) for name in _THREADS}
    quiet = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "GLOG_minloglevel": "3"}
    return {**os.environ, **fixed, **quiet, "TF_CPP_MIN_LOG_LEVEL": "3", **more}


def command(name: str, arguments: dict[str, Any], answer: Path) -> list[str]:
    """Measure `name` and write what is found to `answer`."""
    return [sys.executable, "-m", "gesturelrcn.benchmarking", name, json.dumps(arguments), str(answer)]


def measured(
    name: str,
    arguments: dict[str, Any],
    *,
    threads: int = 1,
    environ: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the measurement `name` (see `gesturelrcn.benchmarking.__main__`) finds.

    Args:
        name: of the measurement.
        arguments: for it; plain values.
        threads: that libraries may use.
        environ: further environment variables.

    Raises:
        GestureLrcnError: it failed; what it said on stderr is in the log.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        process = subprocess.run(
            command(name, arguments, answer),
            env=environment(threads, **(environ or {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
        if process.returncode != 0 or not answer.is_file():
            raise GestureLrcnError(failure_of(name, process.stderr))
        figures: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return figures


def failure_of(name: str, stderr: str) -> str:
    """One sentence about a measurement that failed."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    why = lines[-1].strip() if lines else "it said nothing"
    return f"The measurement {name} failed ({why}); gesturelrcn doctor shows what works here."
