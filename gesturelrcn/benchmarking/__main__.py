"""One measurement in this process: NAME, its arguments as JSON, and the file for what it finds."""

import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.stuck_threads import none_hangs

MEASUREMENTS = ("stages", "peers", "startup", "live", "growth", "operators", "injecting", "keys")
"""Modules of this package with a function `measure`, which takes plain values and returns such."""

USAGE = (
    "usage: python -m gesturelrcn.benchmarking NAME ARGUMENTS FILE, where NAME is one of"
    f" {', '.join(MEASUREMENTS)}, ARGUMENTS is a JSON object such as '{{}}', and FILE gets the figures"
)


def main(words: Sequence[str]) -> int:
    """Run it; returns the exit code."""
    if {"-h", "--help"} & set(words):
        sys.stdout.write(f"{USAGE}\n")
        return 0
    try:
        name, arguments, answer = words[0], json.loads(words[1]), Path(words[2])
    except (IndexError, ValueError):
        sys.stderr.write(f"{USAGE}\n")
        return 2
    if name not in MEASUREMENTS:
        sys.stderr.write(f"there is no measurement {name}\n")
        return 2
    try:
        figures = importlib.import_module(f"gesturelrcn.benchmarking.{name}").measure(**arguments)
    except GestureLrcnError as problem:
        sys.stderr.write(f"{' '.join(str(problem).split())}\n")
        return 2
    answer.write_text(json.dumps(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    exit_code = main(sys.argv[1:])
    sys.stderr.flush()
    if not none_hangs(5.0):  # the locator may still be in a call; it would abort the shut-down
        os._exit(exit_code)
    sys.exit(exit_code)
