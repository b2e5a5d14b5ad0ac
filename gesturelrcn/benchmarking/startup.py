"""From nothing to the first score: what importing costs, and how long it takes until a frame is scored."""

import subprocess
import sys
import time
from typing import Any

import numpy as np

from gesturelrcn.benchmarking.child import environment, failure_of
from gesturelrcn.benchmarking.pictures import recording
from gesturelrcn.benchmarking.timing import rounded
from gesturelrcn.errors import GestureLrcnError

_IMPORT = """
import time
began, busy = time.perf_counter(), time.process_time()
import gesturelrcn
print(time.perf_counter() - began, time.process_time() - busy)
"""

_FIRST_SCORE = """
import sys, time
from gesturelrcn.capture import open_source
from gesturelrcn.recognizer import Recognizer
recognizer = Recognizer(sys.argv[1])
for frame in open_source(sys.argv[2]):
    recognizer.process(frame)
    if recognizer.view.scores is not None:
        break
print(0, time.process_time())
"""


def measure(model: str = "default", source: str = "sample", rounds: int = 5) -> dict[str, Any]:
    """Start programs of their own, again and again.

    Returns:
        Seconds, medians over `rounds` after a first one that fills the caches: `import_s`, inside Python, and
        `first_score_s`, from the start of the program, Python itself included, to the first frame's scores;
        and the same in processor time, which is what they take where nobody else works.
    """
    imports = np.array([_run(_IMPORT) for _ in range(rounds + 1)][1:])
    scores = np.array([_run(_FIRST_SCORE, model, str(recording(source))) for _ in range(rounds + 1)][1:])
    return {
        "import_s": rounded(float(np.median(imports[:, 0]))),
        "import_cpu_s": rounded(float(np.median(imports[:, 1]))),
        "first_score_s": rounded(float(np.median(scores[:, 2]))),
        "first_score_cpu_s": rounded(float(np.median(scores[:, 1]))),
    }


def _run(program: str, *arguments: str) -> tuple[float, float, float]:
    """The two numbers that the program prints, and seconds from its start until it does."""
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        took = time.monotonic() - began
        process.stdout.read()
        complaint = process.stderr.read()
    numbers = line.split()
    if len(numbers) != 2:
        raise GestureLrcnError(failure_of("startup", complaint))
    return float(numbers[0]), float(numbers[1]), took
