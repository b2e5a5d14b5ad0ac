"""Try every fault of the catalogue and print the table of docs/reliability.md.

Usage: python -m tests.faults.table [--trials 10] [--only WORD] [--beside 4]
"""

import argparse
import logging
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tests.faults.catalogue import CATALOGUE, Fault, Outcome

COLUMNS = (
    *("fault", "where", "tried", "what was told", "keys up, s (p95)"),
    *("recovered, s (p95)", "gestures lost", "keys stuck"),
)


def main() -> None:
    """Print one row a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.table", description=__doc__)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--only", default="", help="faults whose name or place contains this word")
    parser.add_argument("--beside", type=int, default=3, help="trials at the same time")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    threads = threading.active_count()
    chosen = [one for one in CATALOGUE if options.only in one.name or options.only in one.where]
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    failures = 0
    for one in chosen:
        # What changes something of the whole process is done alone.
        beside = 1 if one.where in ("program", "pipe") else options.beside
        with ThreadPoolExecutor(beside) as pool:
            trials = list(pool.map(lambda _, one=one: _try(one), range(options.trials)))
        outcomes = [trial for trial in trials if isinstance(trial, Outcome)]
        failures += len(trials) - len(outcomes)
        print(row(one, outcomes, [trial for trial in trials if isinstance(trial, str)]), flush=True)
    left = threading.active_count() - threads
    print(f"\n{len(chosen)} faults; {failures} trials without an outcome; {left} threads left")
    sys.exit(1 if failures else 0)


def _try(one: Fault) -> Outcome | str:
    try:
        return one.trial()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


def row(one: Fault, outcomes: list[Outcome], problems: list[str]) -> str:
    """One row of the table."""
    told = Counter(" ".join(outcome.told) or "nothing" for outcome in outcomes)
    released = [outcome.released for outcome in outcomes if outcome.released is not None]
    cells = (
        *(one.name, one.where, str(len(outcomes) + len(problems))),
        "; ".join([states for states, _ in told.most_common(2)] + problems[:1]),
        f"{np.percentile(released, 95):.2f}" if released else "–",
        f"{np.percentile([o.recovered for o in outcomes], 95):.2f}" if outcomes else "never",
        str(sum(outcome.lost for outcome in outcomes)),
        str(sum(outcome.stuck for outcome in outcomes)),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
