"""Reads one file after the other in a process of its own, under limits; what crashes it crashes nothing else.

Usage (by `tests.fuzz.reading`): python -m tests.fuzz.worker; kinds and paths come in, verdicts go out.
"""

import faulthandler
import os
import resource
import sys
import traceback
from pathlib import Path

from gesturelrcn.errors import GestureLrcnError
from tests.fuzz.kinds import KINDS

MEMORY = 6 * 2**30
"""Bytes of address space; torch alone maps a few GiB."""
WRITTEN = 64 * 2**20
"""Bytes of the largest file that may be written."""


def main() -> None:
    """Answer each path with `read`, `refused: why` or `bug: what`."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    answers = sys.stdout
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as strict as a terminal
    for line in sys.stdin:
        kind, _, path = line.rstrip("\n").partition("\t")
        print(_verdict(KINDS[kind].read, Path(path)), file=answers, flush=True)


def _verdict(read: object, path: Path) -> str:
    try:
        read(path)
    except GestureLrcnError as refusal:
        sentence = str(refusal)
        if not sentence.strip():
            return "bug: refused without a word"
        if len(sentence) > 2000:
            return f"bug: refused with {len(sentence)} characters"
        return "refused: " + " ".join(sentence.split()).encode("ascii", "replace").decode()
    except BaseException as problem:
        place = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        own = [p for p in traceback.extract_tb(problem.__traceback__) if "gesturelrcn/" in p.filename]
        by = f" from {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
        text = " ".join(str(problem).split())[:200].encode("ascii", "replace").decode()
        return f"bug: {type(problem).__name__} at {where}{by}: {text}"
    return "read"


if __name__ == "__main__":
    main()
